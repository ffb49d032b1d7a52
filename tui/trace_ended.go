package tui

import (
	"fmt"

	"batten/internal/engine"
	"batten/profiles"
)

// traced says that a trace or a replay is over.
type traced struct {
	result *engine.TraceResult // nil of a replay, and when nothing was recorded
	replay bool
	failed bool // the error is shown already
}

func (x traced) arrive(m *model) work {
	m.trace.end(x.result)
	if x.failed && len(m.trace.progress.Services) == 0 {
		m.trace.begun = false // nothing came of it: what to do is of more use
	}
	switch {
	case x.replay && !x.failed:
		m.tell(good, fmt.Sprintf("the replay is over: %s seen; 3 shows the plan that follows from it", counted(m.trace.seen.len(), "thing was", "things were")))
		return m.expire()
	case x.result == nil || len(x.result.Services) == 0:
		return nil
	}
	r := x.result
	m.open(read("the trace is over", func(w int) []line { return summaryLines(r, w) }))
	return m.load() // the plan follows what was recorded
}

// summaryLines say what a trace found, and what to do next.
func summaryLines(r *engine.TraceResult, w int) []line {
	var out []line
	ready := true
	for _, s := range r.Services {
		ready = ready && s.Summary.Ready
		out = append(out, serviceSummary(s, w)...)
		out = append(out, nil)
	}
	if wl := r.Workload; wl != nil && wl.ExitCode != 0 {
		out = append(out, labelled("workload", warning, fmt.Sprintf("failed with exit code %d: what it did not do was not seen", wl.ExitCode), w)...)
	}
	if r.ExitCode != nil && *r.ExitCode != 0 && !r.Stopped && !r.Interrupted {
		out = append(out, labelled("command", warning, fmt.Sprintf("ended with exit code %d", *r.ExitCode), w)...)
	}
	return append(out, labelled("next", accent, nextStep(r, ready), w)...)
}

// nextStep says what to do with what was recorded.
func nextStep(r *engine.TraceResult, ready bool) string {
	s := r.Services[0].Service
	switch {
	case s.Kind == profiles.KindCommand:
		return "batten profile show " + quoted([]string{s.Name}) + " shows the profile; it is not a service of this project, so that the plan stays as it is"
	case !ready:
		return "w sets a workload that uses more, s traces again: recordings are merged; 3 shows the plan as it is"
	}
	return "3 shows the plan that follows from this, W writes it"
}

func serviceSummary(s engine.ServiceResult, w int) []line {
	sum := s.Summary
	out := []line{as(strong, s.Service.Name).and(muted, "  "+s.Service.Image)}
	text := counted(sum.Calls.Application, "call", "calls") + " of its own"
	if sum.Calls.Exec > 0 {
		text += fmt.Sprintf(", %d of commands executed into it", sum.Calls.Exec)
	}
	out = append(out, labelled("seen", normal, text+", in "+counted(sum.Runs, "run", "runs"), w)...)
	if c := sum.Seccomp; c != nil {
		out = append(out, labelled("filter", good, fmt.Sprintf("%d of the %d calls that Docker allows are taken away", c.Removed, c.DockerDefault), w)...)
	}
	out = append(out, labelled("needs", normal, needWords(sum), w)...)
	if f := sum.Files; f != nil {
		out = append(out, labelled("files", normal, fmt.Sprintf("%d read, %d changed; %s, %s", f.Read, f.Written, counted(f.Listens, "socket listened on", "sockets listened on"), counted(f.Peers, "peer", "peers")), w)...)
	}
	if sum.Ready {
		out = append(out, labelled("ready", good, "✓ it can be enforced", w)...)
	} else {
		out = append(out, labelled("ready", danger, "✗ it cannot be enforced yet", w)...)
	}
	for _, g := range sum.Gaps {
		out = append(out, labelled(gapLabels[g.Severity].word, gapLabels[g.Severity].role, g.Text+": "+g.Hint, w)...)
	}
	for _, text := range sum.Warnings {
		out = append(out, labelled("warning", warning, text, w)...)
	}
	return append(out, labelled("kept in", muted, s.Recording, w)...)
}

func needWords(s engine.Summary) string {
	switch {
	case len(s.Needs) > 0:
		text := ""
		for i, n := range s.Needs {
			if i > 0 {
				text += ", "
			}
			text += n.Name
		}
		return counted(len(s.Needs), "capability", "capabilities") + ": " + text
	case !s.SeesCapabilities:
		return "capabilities were not seen by this way of tracing"
	}
	return "no capability"
}

// gapLabels name how much a gap matters.
var gapLabels = map[profiles.Severity]struct {
	word string
	role role
}{
	profiles.SeverityBlocking: {"missing", danger}, profiles.SeverityWarning: {"warning", warning}, profiles.SeverityNote: {"note", muted},
}
