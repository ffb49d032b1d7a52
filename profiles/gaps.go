package profiles

import (
	"fmt"
	"slices"
	"strings"
)

// Severity tells how much a gap matters.
type Severity string

const (
	SeverityBlocking Severity = "blocking" // a filter made from this breaks the service
	SeverityWarning  Severity = "warning"  // it may break it, or the filter judges less than it seems
	SeverityNote     Severity = "note"     // more evidence would be better
)

// Gap is one reason why a profile is not, or not fully, ready to be enforced.
type Gap struct {
	Severity Severity `json:"severity"`
	Text     string   `json:"text"` // what is missing, one line
	Hint     string   `json:"hint"` // what to do about it, one line
}

// quietEnough is how long, in seconds, a recording should have seen nothing new
// before it ends.
const quietEnough = 10

// Ready tells whether a profile can be enforced: it has no blocking gap.
func (p Profile) Ready() bool {
	return !slices.ContainsFunc(p.Gaps(), func(g Gap) bool { return g.Severity == SeverityBlocking })
}

// Gaps returns why the profile is not fully ready, the gravest first. A thing
// that one run could not see is no gap when another run saw it.
func (p Profile) Gaps() []Gap {
	var out []Gap
	add := func(when bool, s Severity, text, hint string) {
		if when {
			out = append(out, Gap{s, text, hint})
		}
	}
	all := func(f func(Run) bool) bool {
		return !slices.ContainsFunc(p.Runs, func(r Run) bool { return !f(r) })
	}
	const again = "record it again"
	add(len(p.Runs) == 0, SeverityBlocking, "no run was recorded", "record the service with batten trace")
	add(len(p.Runs) > 0 && len(p.calls(func(s Syscall) bool { return s.Part != PartRuntime })) == 0,
		SeverityBlocking, "no system call of the service was seen", "check that the service started while it was recorded")
	add(p.Loss.MapFull > 0, SeverityBlocking,
		fmt.Sprintf("%d calls or capabilities did not fit the tracer's tables", p.Loss.MapFull), again+", with fewer services at once")
	add(p.Loss.Unattributed > 0, SeverityBlocking,
		fmt.Sprintf("%d calls could not be told to belong to a service", p.Loss.Unattributed), again+" from the start of the service")
	add(p.Loss.Partial, SeverityBlocking, "what was recorded is only a part: the other tool left calls out",
		"record all calls, without a filter")
	add(len(p.Runs) > 0 && all(func(r Run) bool { return !r.StartupSeen }), SeverityBlocking,
		"the start of the service was not seen", "restart the service while it is recorded")
	for _, unknown := range p.unknownCalls() {
		add(true, unknown.severity, unknown.text(), "update batten, or find out which program makes them; a filter cannot allow them")
	}
	hidden := func(r Run) bool { return r.Seccomp == SeccompDefault || r.Seccomp == SeccompCustom }
	add(len(p.Runs) > 0 && all(hidden), SeverityWarning,
		"recorded under a filter: calls that it refused, and what would have followed them, were not seen",
		"record under batten's recording profile")
	add(len(p.Denied) > 0, SeverityWarning,
		fmt.Sprintf("%d kinds of calls were refused while it was recorded", len(p.Denied)), "look at what was refused and decide about it")
	add(len(p.Runs) > 0 && all(func(r Run) bool { return r.Seccomp == SeccompUnknown || r.Seccomp == "" }), SeverityWarning,
		"it is not known under which filter it was recorded", "record under batten's recording profile")
	add(p.Loss.IOURing, SeverityWarning,
		"the service uses io_uring: its operations are no system calls, and no filter judges them",
		"refuse io_uring_setup if the service can do without it")
	add(p.Loss.SecondArch, SeverityWarning,
		"calls of a second architecture were seen: a filter has to allow it too", "find out which program is not native")
	add(len(p.Runs) > 0 && all(func(r Run) bool { return r.Interrupted }), SeverityWarning,
		"the recording was interrupted", "let a recording end by itself")
	// A command that ran to its end had nothing more to show, an import has no clock.
	unsettled := func(r Run) bool {
		ended := p.Service.Kind == KindCommand && !r.Interrupted
		return r.QuietFor < quietEnough && !ended && !strings.HasPrefix(r.Backend, importBackend)
	}
	add(len(p.Runs) > 0 && all(unsettled), SeverityNote,
		fmt.Sprintf("new things were still seen in the last %d seconds", quietEnough), "record longer, or drive it with a workload")
	seesFiles := slices.ContainsFunc(p.Runs, Run.SeesFiles)
	add(seesFiles && p.Loss.Paths > 0, SeverityWarning,
		fmt.Sprintf("%d files or sockets are missing: no AppArmor profile made of this is complete", p.Loss.Paths), again)
	add(seesFiles && p.Loss.Guessed > 0, SeverityNote,
		fmt.Sprintf("the links in %d paths could not be followed: the processes were gone", p.Loss.Guessed), again)
	add(len(p.Runs) == 1, SeverityNote, "it was recorded once", "record it twice or more: what is seen in one run only is shown then")
	return out
}

// unknownCalls are calls that no filter can name, so that it leaves them out.
type unknownCalls struct {
	severity Severity
	names    []string
}

// unknownCalls returns the calls of the application and, apart from those, of
// commands executed into it that no architecture's table names.
func (p Profile) unknownCalls() []unknownCalls {
	unknown := func(parts ...Part) []string {
		return p.calls(func(s Syscall) bool { return slices.Contains(parts, s.Part) && !KnownSyscall(s.Name) })
	}
	var out []unknownCalls
	app := unknown(PartApplication)
	if len(app) > 0 {
		out = append(out, unknownCalls{SeverityBlocking, app})
	}
	exec := slices.DeleteFunc(unknown(PartExec), func(n string) bool { return slices.Contains(app, n) })
	if len(exec) > 0 {
		out = append(out, unknownCalls{SeverityWarning, exec})
	}
	return out
}

// text names the first few of them.
func (u unknownCalls) text() string {
	const shown = 5
	list := strings.Join(u.names[:min(shown, len(u.names))], ", ")
	if more := len(u.names) - shown; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	if u.severity == SeverityBlocking {
		return "calls that batten has no name for are left out of a filter: " + list
	}
	return "calls of executed commands that batten has no name for are left out of a filter: " + list
}
