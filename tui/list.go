package tui

import (
	"fmt"
	"slices"
	"strings"
)

// list is a pane's list of items, of which only the visible ones are drawn. The zero
// value is an empty list.
type list struct {
	items  int
	key    func(i int) string  // what tells items apart, to stay on one when others come; nil: its place
	words  func(i int) string  // what filters look at, lower case not needed
	row    func(i, w int) line // how item i looks in w cells
	empty  string              // what is said when there are none
	head   func(w int) line    // a row above that stays; nil for none
	cursor int                 // index into shown
	top    int                 // first visible one
	height int                 // visible rows at the last drawing
	shown  []int               // items that the filter lets through; nil: all
	wanted string              // filter
	at     string              // key of the item with the cursor
}

// set tells the list that there are n items now; the cursor stays on its item.
func (l *list) set(n int) {
	l.items = n
	l.refilter()
	if l.key != nil && l.at != "" {
		for i := range l.count() {
			if l.key(l.item(i)) == l.at {
				l.cursor = i
				l.clamp()
				return
			}
		}
	}
	l.clamp()
}

func (l *list) count() int {
	if l.shown != nil {
		return len(l.shown)
	}
	return l.items
}

func (l *list) item(i int) int {
	if l.shown != nil {
		return l.shown[i]
	}
	return i
}

// current is the item with the cursor, -1 when there is none.
func (l *list) current() int {
	if l.cursor < 0 || l.cursor >= l.count() {
		return -1
	}
	return l.item(l.cursor)
}

// selectKey puts the cursor on the item with a key, if it is shown.
func (l *list) selectKey(key string) bool {
	for i := range l.count() {
		if l.key != nil && l.key(l.item(i)) == key {
			l.cursor = i
			l.clamp()
			return true
		}
	}
	return false
}

func (l *list) clamp() {
	l.cursor = max(min(l.cursor, l.count()-1), 0)
	h := max(l.height, 1)
	l.top = max(min(l.top, l.count()-h), 0)
	if l.cursor < l.top {
		l.top = l.cursor
	}
	if l.cursor >= l.top+h {
		l.top = l.cursor - h + 1
	}
	if i := l.current(); i >= 0 && l.key != nil {
		l.at = l.key(i)
	}
}

func (l *list) move(by int) { l.cursor += by; l.clamp() }
func (l *list) next(by int) { l.move(by) }
func (l *list) page(by int) { l.move(by * max(l.height/2, 1)) }

func (l *list) end(last bool) {
	l.cursor = 0
	if last {
		l.cursor = l.count() - 1
	}
	l.clamp()
}

func (l *list) click(_, y int) {
	if l.head != nil {
		y--
	}
	if y >= 0 && l.top+y < l.count() {
		l.cursor = l.top + y
		l.clamp()
	}
}

func (l *list) filtered() string { return l.wanted }

func (l *list) filter(text string) {
	l.wanted = text
	l.refilter()
	if l.key != nil && l.at != "" && l.selectKey(l.at) {
		return
	}
	l.clamp()
}

func (l *list) refilter() {
	l.shown = nil
	if l.wanted == "" || l.words == nil {
		return
	}
	fits := matcher(l.wanted)
	l.shown = []int{}
	for i := range l.items {
		if fits(l.words(i)) {
			l.shown = append(l.shown, i)
		}
	}
}

// matcher is a filter: all words of it have to be there, in any case of letters; with
// "!" before it, not.
func matcher(filter string) func(text string) bool {
	filter, inverse := strings.CutPrefix(filter, "!")
	words := strings.Fields(strings.ToLower(filter))
	return func(text string) bool {
		text = strings.ToLower(text)
		all := !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
		return all != inverse
	}
}

func (l *list) position() (at, of int) { return min(l.cursor+1, l.count()), l.count() }

func (l *list) copied() string {
	if i := l.current(); i >= 0 {
		return strings.TrimSpace(l.row(i, 400).text())
	}
	return ""
}

// draw are the visible rows in w times h cells, the one with the cursor marked.
func (l *list) draw(w, h int, focused bool) []line {
	var out []line
	if l.head != nil && h > 1 {
		out, h = append(out, joined(said("  "), l.head(max(w-2, 0)))), h-1
	}
	l.height = max(h, 1)
	l.clamp()
	if l.count() == 0 {
		text := l.empty
		if l.wanted != "" {
			text = fmt.Sprintf("nothing fits %q: esc shows all", l.wanted)
		}
		return append(out, wrap(muted, text, w)...)
	}
	for i := l.top; i < min(l.top+h, l.count()); i++ {
		row := l.row(l.item(i), max(w-2, 0))
		switch {
		case i == l.cursor && focused:
			row = joined(said("▸ "), row).fit(w, "…").pick()
		case i == l.cursor:
			row = joined(as(accent, "▸ "), row)
		default:
			row = joined(said("  "), row)
		}
		out = append(out, row)
	}
	return out
}
