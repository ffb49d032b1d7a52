package tui

import (
	"fmt"
	"strconv"
	"strings"
)

// dialogs asks what dialogs would ask, until none is open.
func (t *interview) dialogs() error {
	for d := t.m.dialog(); d != nil; d = t.m.dialog() {
		var w work
		var err error
		switch d := d.(type) {
		case *question:
			w, err = t.askQuestion(d)
		case *prompt:
			w, err = t.askPrompt(d)
		case *chooser:
			w, err = t.askValue(d)
		case *reader:
			t.heading(d.head)
			t.lines(spoken(d.body(spokenWidth))...)
		}
		t.m.close(d)
		if err == nil {
			err = t.do(w)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *interview) heading(text string) { t.lines(nil, said(text)) }

// spoken leaves out what is only drawn.
func spoken(lines []line) []line {
	var out []line
	for _, l := range lines {
		if strings.Trim(l.text(), "─ ") == "" {
			l = nil
		}
		if l == nil && (len(out) == 0 || out[len(out)-1] == nil) {
			continue
		}
		out = append(out, l)
	}
	return out
}

func (t *interview) askQuestion(q *question) (work, error) {
	t.heading(q.head)
	t.lines(spoken(q.body(spokenWidth))...)
	var keys []string
	for _, a := range q.answers {
		keys = append(keys, a.key+" "+a.does)
	}
	text, err := t.ask(strings.Join(keys, ", ") + ", enter leaves it:")
	for _, a := range q.answers {
		if err == nil && a.key == text {
			t.m.close(q)
			return a.do(t.m), nil
		}
	}
	return nil, err
}

func (t *interview) askPrompt(p *prompt) (work, error) {
	t.heading(p.what)
	if p.note != "" {
		t.lines(wrap(normal, p.note, spokenWidth)...)
	}
	before := p.field.value()
	how := "enter leaves it:"
	if before != "" {
		how = "now " + before + "; enter keeps it, - takes it away:"
	}
	text, err := t.ask(how)
	if text == "-" && before != "" {
		text = ""
	} else if text == "" {
		return nil, err // left as it is
	}
	if p.refuse != nil {
		if why := p.refuse(text); why != "" {
			t.say(why)
			return nil, err
		}
	}
	t.m.close(p)
	return p.done(t.m, text), err
}

func (t *interview) askValue(c *chooser) (work, error) {
	t.heading(c.head)
	if c.note != "" {
		t.lines(wrap(normal, c.note, spokenWidth)...)
	}
	for i, v := range c.values {
		text := fmt.Sprintf("%d. %s", i+1, v)
		if v == c.now {
			text += ", as it is now"
		}
		t.say(text)
	}
	how := "a value, enter leaves it:"
	if len(c.values) > 0 {
		how = "the number and a dot for one of these, such as 1., or another value; enter leaves it:"
	}
	text, err := t.ask(how)
	if text == "" || err != nil {
		return nil, err
	}
	if number, ok := strings.CutSuffix(text, "."); ok {
		if n, err := strconv.Atoi(number); err == nil && n >= 1 && n <= len(c.values) {
			text = c.values[n-1]
		}
	}
	t.m.close(c)
	return c.done(t.m, text), nil
}
