package tui

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
)

// spokenWidth is how wide text is laid out, in cells.
const spokenWidth = 78

// readLines hands on lines until the input or ctx ends. A read that hangs then stays: it
// is of the process's input, which nobody else reads.
func readLines(ctx context.Context, in io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(in); s.Scan(); {
			select {
			case lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// say writes a line. All text is made safe for a terminal.
func (t *interview) say(text string) { t.lines(said(text)) }

func (t *interview) lines(lines ...line) {
	for _, l := range lines {
		text := strings.TrimRight(clean(l.text()), " ")
		if t.m.theme.ascii {
			text = toASCII(text)
		}
		if _, err := fmt.Fprintln(t.out, text); err != nil && t.broken == nil {
			t.broken = err
		}
	}
}

// ask asks a question and waits for an answer. It comes back without one when the user
// leaves.
func (t *interview) ask(question string) (string, error) {
	for {
		text, err := t.question(question)
		if err != nil || text != "q" {
			return text, err
		}
		n := t.m.decisions.open()
		if n == 0 {
			return "", errLeft
		}
		text, err = t.question(counted(n, "decision is", "decisions are") + " not written; leave all the same? y or n:")
		if err != nil || isYes(text) {
			return "", cmp.Or(err, errLeft)
		}
	}
}

// question writes a question and waits for a line.
func (t *interview) question(text string) (string, error) {
	text = clean(text)
	if t.m.theme.ascii {
		text = toASCII(text)
	}
	if _, err := fmt.Fprint(t.out, text+" "); err != nil || t.broken != nil {
		return "", errLeft // nobody reads it
	}
	select {
	case text, ok := <-t.answers:
		if ok {
			return strings.TrimSpace(text), nil
		}
		t.say("")
		return "", errLeft
	case <-t.signals:
	case <-t.ctx.Done():
	}
	t.say("")
	return "", errInterrupted
}

// yes asks for y; everything else is no.
func (t *interview) yes(question string) (bool, error) {
	text, err := t.ask(question + " y or n:")
	return isYes(text), err
}

func isYes(text string) bool { return text == "y" || text == "yes" }
