package tui

import tea "charm.land/bubbletea/v2"

// answer is one of the keys that a question takes.
type answer struct {
	key, does string
	do        func(m *model) work
}

// question asks before something that cannot be taken back. Enter is never an answer.
type question struct {
	reader
	answers []answer
}

func ask(head string, body func(w int) []line, answers ...answer) *question {
	return &question{reader: reader{head: head, body: body}, answers: answers}
}

func (q *question) hints(*model) []hint {
	out := make([]hint, 0, len(q.answers)+1)
	for _, a := range q.answers {
		out = append(out, hint{a.key, a.does})
	}
	return append(out, hint{"esc", "leave it"})
}

// size has room for the answers below the text.
func (q *question) size(m *model, w, h int) (int, int) {
	w, n := q.reader.size(m, min(w, 78), h)
	return w, min(n+2, h)
}

func (q *question) lines(m *model, w, h int) []line {
	out := fitted(q.reader.lines(m, w, max(h-2, 0)), w, max(h-2, 0))
	row := line{}
	for _, x := range q.hints(m) {
		row = row.and(accent, x.key).and(normal, " "+x.does+"   ")
	}
	return append(out, nil, row)
}

func (q *question) press(m *model, key tea.KeyPressMsg) (work, bool) {
	k := key.String()
	for _, a := range q.answers {
		if a.key == k {
			m.close(q)
			return a.do(m), true
		}
	}
	if k == "esc" || k == "q" {
		return nil, true
	}
	scroll(&q.reader, k)
	return nil, false
}
