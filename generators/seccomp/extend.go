package seccomp

import (
	"fmt"
	"slices"
	"strings"

	"batten/profiles"
)

// runtime allows what the container runtime calls under the filter before the
// program starts, from its calibrated set: what it happened to call while it was
// recorded belongs to that machine and that day. A call that both make is not
// judged by arguments, because the runtime's are not known.
func (g *generator) runtime() {
	text := "needed to start the command"
	if source := plain(g.needs.Source); source != "" {
		text = source // a calibrated or widened set says itself what is in it
	}
	if g.needs.Runtime != "" {
		text = "container runtime " + plain(strings.TrimSpace(g.needs.Runtime+" "+g.needs.Version)) + " before the program starts"
	}
	for _, name := range slices.Sorted(slices.Values(g.needs.Syscalls)) {
		if !callName.MatchString(name) || !g.exists(name) {
			continue
		}
		if have := g.allowed[name]; have != nil {
			if have.rules != nil {
				g.admit(name, have.reason, nil)
			}
			continue
		}
		g.admit(name, Reason{Source: SourceRuntime, Allowed: true, Text: text}, nil)
	}
}

// processCalls are what the kernel itself makes a process call, at moments that a
// recording may not have: when a signal handler returns, when a sleep was
// interrupted, when a thread or the process ends.
var processCalls = []string{"exit", "exit_group", "restart_syscall", "rt_sigreturn"}

func (g *generator) process() {
	for _, name := range processCalls {
		if g.allowed[name] == nil && g.exists(name) && g.ceiling.allows(name) {
			g.admit(name, Reason{Source: SourceProcess, Allowed: true, Text: "any process may come to call it: signals, exit"}, nil)
		}
	}
}

// families adds the calls of equal privilege in portable mode, as far as the
// service could make them before: one that it could not is no finding, because
// nobody made it.
func (g *generator) families() {
	if g.o.Mode == Tight {
		return
	}
	of := map[string][]string{}
	for _, name := range sortedNames(g.allowed) {
		for _, member := range profiles.Family(name) {
			if g.allowed[member] == nil && g.exists(member) && g.ceiling.allows(member) && member != "clone3" {
				of[member] = append(of[member], name)
			}
		}
	}
	for _, name := range sortedNames(of) {
		var rules [][]Arg
		if name == "clone" {
			rules = g.plainClone()
		}
		g.admit(name, Reason{
			Source: SourceFamily, Allowed: true, Of: of[name], Text: "same privilege as a call that was seen",
		}, rules)
	}
	for _, a := range g.o.ExtraArch {
		g.missingOn(a)
	}
}

// missingOn notes calls that were seen, do not exist on another architecture and
// have no equal there.
func (g *generator) missingOn(a profiles.Arch) {
	var lost []string
	for _, name := range sortedNames(g.allowed) {
		equal := slices.ContainsFunc(profiles.Family(name), func(m string) bool {
			_, ok := number(a, m)
			return ok && g.allowed[m] != nil
		})
		if r := g.allowed[name].reason; r.Runs > 0 && !equal {
			lost = append(lost, name)
		}
	}
	if len(lost) > 0 {
		g.note("not recorded on %s, and these calls have no equal there: %s", a, strings.Join(lost, ", "))
	}
}

// clone answers clone3 with "no such call": its flags lie in memory, where no
// filter can judge them. Libraries then use clone, which is allowed wherever
// clone3 was seen.
func (g *generator) clone() {
	if g.o.AllowClone3 {
		if g.allowed["clone3"] == nil && g.exists("clone3") {
			g.admit("clone3", Reason{Source: SourceApplication, Allowed: true, Text: "asked for: this program does not fall back to clone"}, nil)
		}
		g.note("clone3 is allowed, so that new namespaces cannot be refused by this policy")
		return
	}
	seen := g.seen["clone3"]
	if seen == nil {
		return
	}
	g.note("clone3 was seen; it is answered with ENOSYS so that the library falls back to clone")
	if g.allowed["clone"] != nil && g.allowed["clone"].reason.Source != SourceFamily {
		return
	}
	delete(g.allowed, "clone")
	g.admit("clone", Reason{
		Source: SourceClone3, Allowed: true, Runs: seen.runs, OfRuns: len(g.profile.Runs), Phases: seen.phases, First: seen.first,
		Text: "libraries fall back to it from clone3, which was seen",
	}, g.plainClone())
}

// plainClone allows clone without new namespaces.
func (g *generator) plainClone() [][]Arg {
	if g.o.WithoutArguments {
		return nil
	}
	return cloneRules(0, g.o.Mode == Tight)
}

// refusals gives the right error to calls that are not allowed: libraries fall
// back only when they hear that a call does not exist, and a protection should say
// that it is one. Everything else gets the default answer.
func (g *generator) refusals() {
	add := func(name string, s Source, text string) {
		if g.allowed[name] == nil && g.exists(name) {
			if _, ok := g.refused[name]; !ok {
				g.refused[name] = grant{reason: Reason{Source: s, Text: text}}
			}
		}
	}
	for _, name := range append([]string{"clone3"}, profiles.FallbackCalls()...) {
		add(name, SourceFallback, "answer ENOSYS so that libraries fall back to an older call")
	}
	for _, c := range profiles.SecurityCalls() {
		add(c.Name, SourceSecurity, "refused: security relevant")
	}
}

// plain keeps words that come from outside readable and harmless in a comment.
func plain(s string) string {
	out := strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && r != '"' && r != '\\' || r == ' ' {
			return r
		}
		return -1
	}, s)
	return fmt.Sprintf("%.120s", out)
}
