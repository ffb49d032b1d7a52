package tui

import "strings"

// prose is a pane's text that is scrolled and searched. The zero value is empty.
type prose struct {
	text   []line
	top    int
	height int
	wanted string
	hits   []int // lines that the search found
	hit    int
}

// set replaces the text; what is visible stays in place where it can.
func (p *prose) set(text []line) {
	p.text = text
	p.search()
	p.clamp()
}

func (p *prose) clamp() { p.top = max(min(p.top, len(p.text)-max(p.height, 1)), 0) }

func (p *prose) move(by int) { p.top += by; p.clamp() }
func (p *prose) page(by int) { p.move(by * max(p.height/2, 1)) }

func (p *prose) end(last bool) {
	p.top = 0
	if last {
		p.top = len(p.text)
	}
	p.clamp()
}

func (p *prose) click(int, int)   {}
func (p *prose) filtered() string { return p.wanted }

// filter searches: the text stays whole, and what is found is marked.
func (p *prose) filter(text string) {
	p.wanted = text
	p.search()
	if len(p.hits) > 0 {
		p.show()
	}
}

func (p *prose) search() {
	p.hits, p.hit = nil, 0
	if p.wanted == "" {
		return
	}
	fits := matcher(p.wanted)
	for i, l := range p.text {
		if fits(l.text()) {
			p.hits = append(p.hits, i)
		}
	}
}

func (p *prose) show() {
	p.top = p.hits[p.hit] - p.height/2
	p.clamp()
}

func (p *prose) next(by int) {
	if len(p.hits) == 0 {
		return
	}
	p.hit = (p.hit + by + len(p.hits)) % len(p.hits)
	p.show()
}

func (p *prose) position() (at, of int) {
	if len(p.text) <= p.height {
		return 0, 0
	}
	return min(p.top+p.height, len(p.text)), len(p.text)
}

func (p *prose) copied() string {
	var b strings.Builder
	for _, l := range p.text {
		b.WriteString(strings.TrimRight(l.text(), " ") + "\n")
	}
	return b.String()
}

// draw are the visible lines.
func (p *prose) draw(w, h int) []line {
	p.height = max(h, 1)
	p.clamp()
	out := make([]line, 0, h)
	for i := p.top; i < min(p.top+h, len(p.text)); i++ {
		l := p.text[i]
		if len(p.hits) > 0 && p.hits[p.hit] == i {
			l = l.fit(w, "…").pick()
		}
		out = append(out, l)
	}
	return out
}
