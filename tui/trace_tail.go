package tui

import (
	"slices"
	"sort"
	"strings"
)

// tail is a list that grows at its end and forgets its beginning, and that is too long to
// be looked through anew whenever something comes. Its cursor stays at the end until the
// user looks at something above.
type tail struct {
	list
	update func()                 // lets it grow by what came; may be nil
	away   bool                   // from the end
	first  int                    // how many items were forgotten before item 0
	fits   func(text string) bool // the filter, nil without one
}

// catchUp is done before anything that looks at items: what came since the last frame
// may have taken some away.
func (t *tail) catchUp() {
	if t.update != nil {
		t.update()
	}
}

// grow tells that there are n items now, before which first were forgotten.
func (t *tail) grow(first, n int) {
	if first > t.first {
		t.forget(min(first-t.first, t.items))
	}
	t.first = first
	if n < t.items {
		t.items = n
		t.refilter()
	}
	if t.fits != nil {
		for i := t.items; i < n; i++ {
			if t.fits(t.words(i)) {
				t.shown = append(t.shown, i)
			}
		}
	}
	t.items = n
	t.settle()
}

func (t *tail) forget(n int) {
	gone := n
	if t.shown != nil {
		gone = sort.SearchInts(t.shown, n)
		t.shown = t.shown[gone:]
		for i := range t.shown {
			t.shown[i] -= n
		}
	}
	t.items -= n
	t.cursor, t.top = t.cursor-gone, t.top-gone
}

// settle puts the cursor where it belongs.
func (t *tail) settle() {
	if !t.away {
		t.cursor = t.count() - 1
	}
	t.clamp()
}

// follow keeps the cursor at the end, or where it is.
func (t *tail) follow(on bool) {
	t.catchUp()
	t.away = !on
	t.settle()
}

func (t *tail) filter(text string) {
	t.catchUp()
	at := t.current()
	narrower := t.shown != nil && strings.HasPrefix(text, t.wanted) && !strings.HasPrefix(text, "!")
	t.wanted, t.fits = text, nil
	if text != "" {
		t.fits = matcher(text)
	}
	if narrower && text != "" {
		t.shown = slices.DeleteFunc(t.shown, func(i int) bool { return !t.fits(t.words(i)) })
	} else {
		t.refilter()
	}
	t.cursor = at
	if t.shown != nil {
		t.cursor = sort.SearchInts(t.shown, at)
	}
	t.settle()
}

func (t *tail) move(by int) { t.lookUp(by); t.list.move(by) }
func (t *tail) next(by int) { t.lookUp(by); t.list.next(by) }
func (t *tail) page(by int) { t.lookUp(by); t.list.page(by) }

// lookUp notes that the user leaves the end.
func (t *tail) lookUp(by int) {
	t.catchUp()
	t.away = t.away || by < 0
}

func (t *tail) end(last bool) {
	t.catchUp()
	t.away = !last
	t.list.end(last)
}

func (t *tail) click(x, y int) {
	t.catchUp()
	t.away = true
	t.list.click(x, y)
}

func (t *tail) copied() string {
	t.catchUp()
	return t.list.copied()
}
