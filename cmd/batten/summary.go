package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"batten/internal/engine"
	"batten/internal/terminal"
	"batten/profiles"
)

func itoa(n int) string { return strconv.Itoa(n) }

// printService prints what a trace found out about one service.
func (a *app) printService(s engine.ServiceResult) {
	st := a.style()
	fmt.Fprintf(a.stdout, "\n%s", st.Bold(terminal.Safe(s.Service.Name)))
	if s.Service.Image != "" {
		fmt.Fprintf(a.stdout, "  %s", st.Muted(terminal.Safe(s.Service.Image)))
	}
	fmt.Fprintln(a.stdout)
	a.printSummary(s.Summary)
	t := table{paint: []func(string) string{st.Muted}}
	t.add("recording", terminal.Safe(s.Recording))
	if s.Seccomp != "" {
		t.add("seccomp", terminal.Safe(s.Seccomp))
	}
	t.add("next", a.next(s))
	t.write(a.stdout, "  ")
}

// printSummary prints the facts of a profile.
func (a *app) printSummary(s engine.Summary) {
	st := a.style()
	width := a.width()
	t := table{paint: []func(string) string{st.Muted}}
	calls := plural(s.Calls.Application, "call", "calls") + " of its own"
	if s.Calls.Exec > 0 {
		calls += fmt.Sprintf(", %d of commands executed into it", s.Calls.Exec)
	}
	if s.Calls.Runtime > 0 {
		calls += fmt.Sprintf(", %d of its runtime", s.Calls.Runtime)
	}
	t.add("seen", calls+", in "+plural(s.Runs, "run", "runs"))
	if c := s.Seccomp; c != nil {
		text := fmt.Sprintf("%d calls allowed; of the %d that Docker allows, %s removed",
			c.Allowed, c.DockerDefault, st.Ok(itoa(c.Removed)))
		t.add("filter", text)
	}
	t.add("capabilities", a.capabilityLine(s))
	if s.Files != nil {
		t.add("files", fileLine(*s.Files))
		t.add("sockets", socketLine(*s.Files))
	}
	t.write(a.stdout, "  ")
	for _, n := range s.Needs {
		line := fmt.Sprintf("%-22s %s", terminal.Safe(n.Name), n.Meaning)
		fmt.Fprintln(a.stdout, "    "+terminal.Cut(line, width-4))
		fmt.Fprintln(a.stdout, "    "+strings.Repeat(" ", 23)+st.Muted(terminal.Cut(terminal.Safe(n.Reason), width-27)))
	}
	a.printRisky(s)
	for _, g := range s.Gaps {
		mark := st.Muted("note")
		switch g.Severity {
		case profiles.SeverityBlocking:
			mark = st.Danger("not ready")
		case profiles.SeverityWarning:
			mark = st.Warn("warning")
		}
		a.remark(mark, g.Text+" ("+g.Hint+")")
	}
	for _, w := range s.Warnings {
		a.remark(st.Warn("warning"), w)
	}
	for _, n := range slices.Concat(s.Advice, s.Notes) {
		a.remark(st.Muted("note"), n)
	}
}

// fileLine counts files, and what is missing of them.
func fileLine(c engine.FileCounts) string {
	text := fmt.Sprintf("%d read, %d changed, %s, %s, by %s", c.Read, c.Written,
		plural(c.Executed, "program", "programs"), plural(c.Mapped, "library", "libraries"), plural(c.Programs, "program", "programs"))
	if c.Lost > 0 {
		text += fmt.Sprintf("; %d lost", c.Lost)
	}
	if c.Guessed > 0 {
		text += fmt.Sprintf("; %d by the name that was used", c.Guessed)
	}
	return text
}

func socketLine(c engine.FileCounts) string {
	return fmt.Sprintf("%d listened on, %s connected to, %s sent", c.Listens, plural(c.Peers, "peer", "peers"), plural(c.Signals, "kind of signal", "kinds of signals"))
}

// remark prints a sentence in as many lines as it needs.
func (a *app) remark(mark, text string) {
	const indent, first = 4, 13 // of the longest mark, with the line's indent
	for i, line := range wrap(strings.Fields(terminal.Safe(text)), "", a.width()-first) {
		if i == 0 {
			fmt.Fprintf(a.stdout, "  %s: %s\n", mark, line)
		} else {
			fmt.Fprintf(a.stdout, "%*s%s\n", indent, "", line)
		}
	}
}

func (a *app) printRisky(s engine.Summary) {
	st := a.style()
	if len(s.Security) > 0 {
		fmt.Fprintf(a.stdout, "  %s\n", st.Warn("security-relevant calls that it made"))
		t := table{width: a.width()}
		for _, c := range s.Security {
			t.add(terminal.Safe(c.Name), c.Reason)
		}
		t.write(a.stdout, "    ")
	}
	if len(s.Beyond) > 0 {
		fmt.Fprintf(a.stdout, "  %s: %s\n", st.Warn("left out, because it was refused before"), strings.Join(safeAll(s.Beyond), ", "))
	}
	if len(s.Denied) > 0 {
		fmt.Fprintf(a.stdout, "  %s: %s\n", st.Warn("denied while it was recorded"), strings.Join(safeAll(s.Denied), ", "))
	}
}

func (a *app) capabilityLine(s engine.Summary) string {
	switch {
	case len(s.Needs) > 0:
		return plural(len(s.Needs), "capability", "capabilities") + " needed"
	case !s.SeesCapabilities:
		return "not seen by this backend"
	}
	return "none needed"
}

// next is the command to run after a trace.
func (a *app) next(s engine.ServiceResult) string {
	if s.Seccomp == "" {
		return "batten profile show " + terminal.Safe(s.Recording)
	}
	if s.Service.Kind == profiles.KindCommand && len(s.Service.Command) > 0 {
		return "batten verify --profile " + terminal.Safe(s.Seccomp) + " -- " + terminal.SafeArgs(s.Service.Command)
	}
	return "batten profile show " + terminal.Safe(s.Service.Name)
}
