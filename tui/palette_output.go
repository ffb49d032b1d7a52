package tui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"batten/internal/fault"
)

// printed runs a command and shows what it printed.
func (m *model) printed(args []string, changes bool) work {
	line := quoted(append([]string{"batten"}, args...))
	run := m.options.Run
	return m.start("running "+head(line), false, func(ctx context.Context, _ <-chan struct{}) (message, error) {
		text, err := run(ctx, args)
		r := ranCommand{line, text, err, changes}
		if strings.TrimSpace(text) == "" || err != nil && fault.KindOf(err) == fault.Interrupted {
			r.text = ""
			return r, err
		}
		return r, nil
	})
}

// ranCommand is what a command came to.
type ranCommand struct {
	line, text string
	err        error
	changes    bool
}

func (r ranCommand) arrive(m *model) work {
	switch {
	case r.text != "":
		m.open(read(head(r.line), r.lines))
	case r.err == nil:
		m.tell(good, "done: "+head(r.line))
	}
	next := m.expire()
	if r.changes {
		next = tea.Batch(next, m.load())
	}
	return next
}

func (r ranCommand) lines(w int) []line {
	var out []line
	for text := range strings.SplitSeq(strings.TrimRight(r.text, "\n"), "\n") {
		out = append(out, folded(text, w)...)
	}
	if r.err != nil {
		out = append(append(out, nil), wrap(warning, r.err.Error(), w)...)
		if hint := fault.Hint(r.err); hint != "" {
			out = append(out, wrap(normal, hint, w)...)
		}
	}
	return out
}

// folded breaks a line of output where it does not fit. What stands below each other in
// it stays so.
func folded(text string, w int) []line {
	text = clean(strings.ReplaceAll(text, "\t", "    "))
	var out []line
	for w = max(w, 2); width(text) > w; {
		first := cut(text, w)
		out = append(out, said(first))
		text = text[len(first):]
	}
	return append(out, said(text))
}

// withFlags adds the flags that this session was started with, but those that are given.
func (m *model) withFlags(words []string) []string {
	end := slices.Index(words, "--")
	if end < 0 {
		end = len(words)
	}
	flags := m.options.Flags
	var more []string
	for i := 0; i+1 < len(flags); i += 2 {
		if !hasFlag(words, flags[i]) && !hasFlag(words, longFlags[flags[i]]) {
			more = append(more, flags[i], flags[i+1])
		}
	}
	return slices.Concat(words[:end], more, words[end:])
}

// longFlags are the other names of flags that sessions are started with.
var longFlags = map[string]string{"-C": "--directory", "-f": "--file", "--dir": "--dir"}
