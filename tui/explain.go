package tui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"batten/internal/engine"
)

// explain asks what names mean and who needed them here, and shows the answer. A name is
// all that batten explain takes: calls, capabilities, rules, findings, paths, ports.
func (m *model) explain(names ...string) work {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return strings.TrimSpace(name) == "" })
	if len(names) == 0 {
		m.tell(warning, "nothing to explain here")
		return m.expire()
	}
	what := "explaining " + strings.Join(names, ", ")
	m.tell(muted, what)
	p, n := m.options.Project, m.toast.n
	return m.aside(func(ctx context.Context) tea.Msg {
		answer, err := p.Explain(ctx, names)
		return explained{what, n, answer, err}
	})
}

// explainCommand is the command line that explains the same.
func (m *model) explainCommand(names ...string) string {
	return m.cli(append([]string{"explain"}, names...)...)
}

// explained is an answer of the engine.
type explained struct {
	what   string
	toast  int // the one that said so
	answer *engine.Explanations
	err    error
}

func (x explained) arrive(m *model) work {
	if m.toast.n == x.toast {
		m.toast.text = ""
	}
	if x.err != nil {
		m.report(x.what, x.err)
		return m.expire()
	}
	head := explainedHead(x.answer)
	if r, ok := m.dialog().(*reader); ok && r.head == head {
		return nil // asked for twice
	}
	items := x.answer.Items
	m.open(read(head, func(w int) []line { return m.explanations(items, w) }))
	return nil
}

// explainedHead is the title of the dialog.
func explainedHead(x *engine.Explanations) string {
	names := make([]string, len(x.Items))
	for i, one := range x.Items {
		names[i] = one.Name
	}
	if len(names) == 1 {
		return x.Items[0].Kind + " " + names[0]
	}
	return strings.Join(names, ", ")
}

// explanations lays out answers, one below the other.
func (m *model) explanations(items []engine.Explanation, w int) []line {
	var out []line
	for i, x := range items {
		if i > 0 {
			out = append(out, nil, as(muted, repeated("─", w)), nil)
		}
		if len(items) > 1 {
			out = append(out, as(heading, x.Name).and(muted, "  "+x.Kind))
		}
		switch {
		case x.Rule != nil:
			out = append(out, m.explainedRule(x, w)...)
		case x.Use != nil:
			out = append(out, trimmed(explainedUse(x, w))...)
		default:
			out = append(out, explainedName(x, w)...)
		}
	}
	return out
}

// trimmed leaves out an empty line at the beginning.
func trimmed(lines []line) []line {
	if len(lines) > 0 && lines[0] == nil {
		return lines[1:]
	}
	return lines
}

// explainedName lays out a system call or a capability.
func explainedName(x engine.Explanation, w int) []line {
	var out []line
	say := func(label string, r role, text string) {
		if text != "" {
			out = append(out, labelled(label, r, text, w)...)
		}
	}
	say("what", normal, x.Meaning)
	switch {
	case x.Risk != "":
		say("risk", warning, x.Risk)
	case x.Caution != "":
		say("risk", normal, x.Caution)
	case x.Kind == "syscall":
		say("risk", normal, "an ordinary call: refusing it takes little from an intruder")
	}
	if x.Docker != "" {
		say("docker", normal, x.Docker+" by default")
	}
	if len(x.Family) > 0 {
		say("family", normal, "same privilege as "+strings.Join(x.Family, ", "))
	}
	seen := wrap(muted, "not seen in the recordings of this project", w)
	if len(x.Seen) > 0 {
		seen = nil
	}
	for _, s := range x.Seen {
		seen = append(seen, explainedSeen(s, w)...)
	}
	return append(out, section("who needed it", seen)...)
}

// labelWidth is the room of a label before its text.
const labelWidth = 10

// labelled is text behind a muted label.
func labelled(label string, r role, text string, w int) []line {
	return indented(as(muted, label), r, text, labelWidth, w)
}

// explains is a pane that knows the command line of e.
type explains interface{ explains(m *model) string }

// explainLine is the command that explains what the cursor is on.
func (m *model) explainLine() string {
	if p, ok := m.pane().(explains); ok {
		return p.explains(m)
	}
	return m.sameCommand()
}
