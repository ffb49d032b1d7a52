package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"batten/internal/engine"
	"batten/internal/terminal"
	"batten/profiles"
)

const (
	// plainEvery is how often news is told where there is no status line.
	plainEvery = 2 * time.Second
	// plainQuiet is how often "nothing new" is told there.
	plainQuiet = 15 * time.Second
	// namesShown is how many new names one line has at most.
	namesShown = 8
)

// progress shows the events of the engine on stderr: as one status line that is
// updated on a terminal, else as lines when something changes.
type progress struct {
	w       io.Writer
	style   terminal.Style
	quiet   bool
	live    bool // status line
	waiting string
	fresh   map[string][]engine.Sighting // by service, not told yet
	told    time.Duration
	shown   bool // a status line is on the screen
}

func newProgress(w io.Writer, quiet, noColor bool) *progress {
	return &progress{
		w: w, style: terminal.NewStyle(w, noColor), quiet: quiet, live: terminal.IsTerminal(w),
		fresh: map[string][]engine.Sighting{},
	}
}

// plain switches the status line off, for commands that write to the same
// terminal.
func (p *progress) plain() { p.live = false }

func (p *progress) handle(ev engine.Event) {
	switch ev := ev.(type) {
	case engine.Note:
		p.note(ev)
	case engine.Output:
		p.line("%s %s", p.style.Muted(terminal.Safe(ev.From)+":"), terminal.Safe(ev.Line))
	case engine.Waiting:
		p.waiting = terminal.Safe(ev.For)
		if !p.live {
			p.line("waiting for %s", p.waiting)
		}
	case engine.Wrote:
		what := ""
		if ev.What != "" {
			what = " (" + ev.What + ")"
		}
		p.line("wrote %s%s", terminal.Safe(ev.Path), what)
	case engine.Progress:
		p.progress(ev)
	}
}

// note prints warnings even when progress is not wanted.
func (p *progress) note(n engine.Note) {
	if n.Level == engine.Info {
		p.line("%s", terminal.Safe(n.Text))
		return
	}
	p.end()
	fmt.Fprintf(p.w, "%s %s\n", p.style.Warn("warning:"), terminal.Safe(n.Text))
	if n.Hint != "" {
		fmt.Fprintf(p.w, "%s %s\n", p.style.Accent("hint:"), terminal.Safe(n.Hint))
	}
}

func (p *progress) line(format string, args ...any) {
	if p.quiet {
		return
	}
	p.end()
	fmt.Fprintf(p.w, format+"\n", args...)
}

func (p *progress) progress(ev engine.Progress) {
	if p.quiet {
		return
	}
	news := false
	for _, s := range ev.Services {
		for _, one := range s.New {
			if told(one.Kind) {
				p.fresh[s.Service] = append(p.fresh[s.Service], one)
			}
		}
		news = news || len(p.fresh[s.Service]) > 0
	}
	if p.live {
		p.status(ev)
		return
	}
	since := ev.Elapsed - p.told
	switch {
	case news && since >= plainEvery:
		for _, s := range ev.Services {
			if fresh := p.fresh[s.Service]; len(fresh) > 0 {
				p.line("%4s  %s: %s; new: %s", clock(ev.Elapsed), terminal.Safe(s.Service), counts(s), names(fresh))
			}
		}
		p.told = ev.Elapsed
		clear(p.fresh)
	case !news && since >= plainQuiet:
		p.line("%4s  nothing new for %s", clock(ev.Elapsed), clock(ev.Quiet))
		p.told = ev.Elapsed
	}
}

// told tells whether a kind of news has room in a line: files come in thousands.
func told(k engine.Kind) bool {
	switch k {
	case engine.KindFile, engine.KindSocket, engine.KindSignal:
		return false
	}
	return true
}

// status draws the status line anew.
func (p *progress) status(ev engine.Progress) {
	var parts []string
	for _, s := range ev.Services {
		part := terminal.Safe(s.Service) + " " + counts(s)
		if fresh := p.fresh[s.Service]; len(fresh) > 0 && ev.Quiet < 3*time.Second {
			part += " (new: " + names(fresh[max(0, len(fresh)-3):]) + ")"
		} else {
			delete(p.fresh, s.Service)
		}
		parts = append(parts, part)
	}
	dot := terminal.Symbol(" · ", " - ")
	text := fmt.Sprintf("%s  %s%squiet %s", clock(ev.Elapsed), strings.Join(parts, dot), dot, clock(ev.Quiet))
	if p.waiting != "" {
		text += dot + "until " + p.waiting + ", ctrl-c stops and keeps"
	}
	p.shown = true
	fmt.Fprintf(p.w, "\r\x1b[2K%s", terminal.Cut(text, terminal.Columns(p.w)-1))
}

// end takes the status line away.
func (p *progress) end() {
	if p.shown {
		p.shown = false
		fmt.Fprint(p.w, "\r\x1b[2K")
	}
}

func counts(s engine.ServiceProgress) string {
	text := plural(s.Calls, "call", "calls")
	if s.Capabilities > 0 {
		text += ", " + plural(s.Capabilities, "capability", "capabilities")
	}
	if s.Denied > 0 {
		text += ", " + fmt.Sprintf("%d denied", s.Denied)
	}
	if s.Lost {
		text += ", incomplete"
	}
	if s.Phase == profiles.PhaseStartup || s.Phase == profiles.PhaseShutdown {
		text += ", " + string(s.Phase)
	}
	return text
}

// names lists what is new: the security-relevant first, because not all fit.
func names(fresh []engine.Sighting) string {
	rank := func(s engine.Sighting) int {
		_, relevant := profiles.Security(s.Name)
		switch {
		case s.Kind == engine.KindDenial:
			return 0
		case s.Kind == engine.KindCapability:
			return 1
		case relevant:
			return 2
		case s.Kind == engine.KindCall:
			return 3
		}
		return 4
	}
	sorted := slices.Clone(fresh)
	slices.SortStableFunc(sorted, func(a, b engine.Sighting) int { return rank(a) - rank(b) })
	var out []string
	for _, s := range sorted {
		name := terminal.Safe(s.Name)
		if s.Kind == engine.KindDenial {
			name += " denied"
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	if more := len(out) - namesShown; more > 0 {
		out = append(out[:namesShown], fmt.Sprintf("%d more", more))
	}
	return strings.Join(out, ", ")
}

func clock(d time.Duration) string { return d.Round(time.Second).String() }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
