package tui

import (
	"path"

	"batten/internal/engine"
)

// arrange makes the rows: the files that the filter lets through, under headings.
func (p *artifactsPane) arrange() {
	p.rows, p.names, p.stateWidth = nil, 0, 0
	fits := func(string) bool { return true }
	if p.wanted != "" {
		fits = matcher(p.wanted)
	}
	folder := ""
	for i := range p.files {
		f := &p.files[i]
		if !fits(f.Path + " " + f.What + " " + string(f.State)) {
			continue
		}
		if at := folderName(f.Path); at != folder {
			folder = at
			p.rows = append(p.rows, artifactRow{folder: at})
		}
		p.rows = append(p.rows, artifactRow{folder: folder, file: f})
		p.names = max(p.names, width(clean(path.Base(f.Path))))
		p.stateWidth = max(p.stateWidth, len(f.State))
	}
	p.set(len(p.rows))
	p.settle(1)
}

// folderName is how the folder of a file is named above its files.
func folderName(at string) string {
	if dir := path.Dir(at); dir != "." {
		return dir + "/"
	}
	return "the project's folder"
}

// settle moves the cursor from a heading to a file, in the direction of the last move
// where there is one.
func (p *artifactsPane) settle(by int) {
	at := p.cursor
	for at >= 0 && at < len(p.rows) && p.rows[at].file == nil {
		at += by
	}
	if at < 0 || at >= len(p.rows) {
		at = p.cursor - by
	}
	p.cursor = at
	p.clamp()
	if p.cursor == 1 && len(p.rows) > 0 {
		p.top = 0 // with its heading
	}
}

// direction is one step the way of a move.
func direction(by int) int {
	if by < 0 {
		return -1
	}
	return 1
}

func (p *artifactsPane) move(by int) { p.list.move(by); p.settle(direction(by)) }
func (p *artifactsPane) next(by int) { p.move(by) }
func (p *artifactsPane) page(by int) { p.list.page(by); p.settle(direction(by)) }

func (p *artifactsPane) end(last bool) {
	p.list.end(last)
	p.settle(1)
}

func (p *artifactsPane) click(x, y int) { p.list.click(x, y); p.settle(1) }

// filter shows the files that fit, with the headings of their folders.
func (p *artifactsPane) filter(text string) {
	p.wanted, p.made.wanted = text, text
	p.arrange()
}

// position counts files alone.
func (p *artifactsPane) position() (at, of int) {
	for i, r := range p.rows {
		if r.file == nil {
			continue
		}
		of++
		if i <= p.cursor {
			at++
		}
	}
	return at, of
}

func (p *artifactsPane) chosen() *engine.FileChange {
	if i := p.current(); i >= 0 && i < len(p.rows) {
		return p.rows[i].file
	}
	return nil
}

func (p *artifactsPane) copied() string {
	if f := p.chosen(); f != nil {
		return f.Path
	}
	return ""
}

// open goes to what the file says.
func (p *artifactsPane) open(m *model) work {
	if p.chosen() == nil {
		m.tell(muted, p.empty)
		return m.expire()
	}
	m.focus[m.at] = 1
	return nil
}

func (p *artifactsPane) command(m *model) string { return p.of.commandOf(m) }
