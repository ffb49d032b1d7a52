package engine

import (
	"cmp"
	"slices"
	"strings"

	"batten/generators/seccomp"
	"batten/profiles"
)

// CallGroup are system calls of a service's seccomp profile that are there for the
// same reason. The last group are those that Docker's default allows and the profile
// refuses.
type CallGroup struct {
	Title   string
	Refused bool
	Calls   []CallLine // sorted by name
}

// CallLine is one call of a profile.
type CallLine struct {
	Name     string
	Why      string // "startup, by /usr/sbin/nginx", "same privilege as openat"
	Args     string // how its arguments are judged, "" when they are not
	Docker   string // Docker's default: "allowed", "refused", "for some arguments"; "" of another architecture's call
	Security bool   // refusing it is a protection
}

// The groups of calls in their order.
const (
	groupServing  = "its own calls, while it served or ended"
	groupStarting = "its own calls, at startup only"
	groupRefused  = "refused, and allowed by Docker's default"
)

// callTitles are the groups of the other sources, in their order.
var callTitles = []struct {
	source seccomp.Source
	title  string
}{
	{seccomp.SourceHealthCheck, "its health check"},
	{seccomp.SourceExec, "commands executed into it"},
	{seccomp.SourceWrapper, "the shell that reads its secrets"},
	{seccomp.SourceRuntime, "what starts it, before its program"},
	{seccomp.SourceProcess, "any process, at moments that a recording may not have"},
	{seccomp.SourceClone3, "what libraries fall back to"},
	{seccomp.SourceFamily, "no more privileged than a call that was seen"},
}

// Calls explains the seccomp profile of a service; none when none was made.
func (h *Hardening) Calls(service string) []CallGroup {
	made := h.survey.policies[service]
	if made == nil {
		return nil
	}
	d, err := h.survey.dockerFor(service, made)
	if err != nil {
		return nil // its policy was compared with the same default when it was made
	}
	by := map[string][]CallLine{}
	for name, why := range made.Why {
		if why.Allowed {
			title := callTitle(why)
			by[title] = append(by[title], d.line(name, whyCall(why), why.Arguments))
		}
	}
	titles := []string{groupServing, groupStarting}
	for _, t := range callTitles {
		titles = append(titles, t.title)
	}
	for _, r := range d.gone {
		by[groupRefused] = append(by[groupRefused], d.line(r.Name, whyRefused(r, made), ""))
	}
	var out []CallGroup
	for _, title := range append(titles, groupRefused) {
		if lines := by[title]; len(lines) > 0 {
			slices.SortFunc(lines, func(a, b CallLine) int { return cmp.Compare(a.Name, b.Name) })
			out = append(out, CallGroup{Title: title, Refused: title == groupRefused, Calls: lines})
		}
	}
	return out
}

func callTitle(why seccomp.Reason) string {
	for _, t := range callTitles {
		if t.source == why.Source {
			return t.title
		}
	}
	startsOnly := len(why.Phases) > 0 && !slices.ContainsFunc(why.Phases, func(p profiles.Phase) bool {
		return p == profiles.PhaseSteady || p == profiles.PhaseShutdown
	})
	if startsOnly {
		return groupStarting
	}
	return groupServing
}

// whyCall says of a call that was seen when, and by which program; of others what the
// generator says.
func whyCall(why seccomp.Reason) string {
	if why.Source == seccomp.SourceFamily {
		return "same privilege as " + strings.Join(why.Of, ", ")
	}
	if why.Runs == 0 || why.First == nil {
		return why.Text
	}
	var words []string
	for _, p := range why.Phases {
		words = append(words, string(p))
	}
	text := strings.Join(words, ", ")
	if by := cmp.Or(why.First.Program, why.First.Comm); by != "" {
		text = strings.TrimPrefix(text+", by "+by, ", ")
	}
	return cmp.Or(text, why.Text)
}

func whyRefused(r seccomp.Removed, made *seccomp.Result) string {
	switch i := slices.IndexFunc(made.Beyond, func(b seccomp.Beyond) bool { return b.Name == r.Name && b.Arguments == "" }); {
	case i >= 0:
		return "seen, and refused before: not allowed by default"
	case r.Risk != "":
		return "not seen; " + r.Risk
	case made.Why[r.Name].Source == seccomp.SourceFallback:
		return made.Why[r.Name].Text
	}
	return "not seen"
}

// dockerSaid is what Docker's default does with the calls of an architecture.
type dockerSaid struct {
	arch            profiles.Arch
	refused, partly map[string]bool
	gone            []seccomp.Removed // allowed by it and refused by the profile
}

// dockerFor compares a service's profile with Docker's default, as its statistics do.
func (s *survey) dockerFor(name string, made *seccomp.Result) (*dockerSaid, error) {
	service, _ := s.project.Service(name)
	caps := s.engine.formerOfService(service).caps
	base, err := seccomp.DockerDefault(made.Arch, caps)
	if err != nil {
		return nil, err
	}
	all, err := seccomp.Compare(seccomp.Unconfined(), base, made.Arch)
	if err != nil {
		return nil, err
	}
	flat, err := made.Policy.Flatten(made.Arch, caps, "")
	if err != nil {
		return nil, err
	}
	now, err := seccomp.Compare(base, flat, made.Arch)
	if err != nil {
		return nil, err
	}
	d := &dockerSaid{arch: made.Arch, refused: map[string]bool{}, partly: map[string]bool{}, gone: now.Removed}
	for _, r := range all.Removed {
		d.refused[r.Name] = true
	}
	for _, name := range all.Narrowed {
		d.partly[name] = true
	}
	return d, nil
}

func (d *dockerSaid) line(name, why, args string) CallLine {
	out := CallLine{Name: name, Why: why, Args: args}
	_, out.Security = profiles.Security(name)
	switch _, native := profiles.SyscallNumber(d.arch, name); {
	case !native:
	case d.refused[name]:
		out.Docker = "refused"
	case d.partly[name]:
		out.Docker = "for some arguments"
	default:
		out.Docker = "allowed"
	}
	return out
}
