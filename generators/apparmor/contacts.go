package apparmor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"batten/profiles"
)

// signals are the names of AppArmor where they are not the kernel's in small letters.
var signalNames = map[string]string{"TSTP": "stp", "POLL": "io", "IOT": "abrt", "CLD": "chld", "UNUSED": "sys"}

// knownSignals are those that apparmor_parser 3.0 knows.
var knownSignals = strings.Fields("hup int quit ill trap abrt bus fpe kill usr1 segv usr2 pipe alrm term stkflt chld " +
	"cont stop stp ttin ttou urg xcpu xfsz vtalrm prof winch io pwr sys emt exists")

// signalSet is a set= of one recorded signal, "" when it has no name. Tracers count
// real-time signals as the kernel and AppArmor do: from 32, which is RT0.
func signalSet(signal string) string {
	if n, ok := strings.CutPrefix(signal, "RT"); ok {
		if i, err := strconv.Atoi(n); err == nil && i >= 0 && i <= 32 {
			return fmt.Sprintf("rtmin+%d", i)
		}
		return ""
	}
	lower := strings.ToLower(signal)
	if s, ok := signalNames[signal]; ok {
		lower = s
	}
	if !slices.Contains(knownSignals, lower) {
		return ""
	}
	return lower
}

// unconfined and the runtimes' profiles send the signals with which a container is
// stopped. A rule for a profile that the host does not have does no harm.
var senders = []struct{ peer, why string }{
	{"unconfined", "the engine stops the container, the host may"},
	{"runc", "where runc has a profile of its own"},
	{"crun", "where crun has a profile of its own"},
}

// contactRules allow signals and tracing among the service's own processes, as
// docker-default does, signals from the engine, and what was seen beyond.
func (g *generator) contactRules(p profiles.Profile, own []string) []Rule {
	var out []Rule
	put := func(group Group, text, why, comment string) {
		if slices.ContainsFunc(out, func(r Rule) bool { return r.Text == text }) {
			return
		}
		out = append(out, Rule{Text: text, Group: group, Why: why})
		g.comments[commentKey{group, text}] = comment
	}
	for _, s := range senders {
		put(GroupSignals, "signal (receive) peer="+s.peer+",", s.why, s.why)
	}
	if d := g.o.DaemonProfile; d != "" {
		const why = "the engine's daemon has a profile of its own"
		put(GroupSignals, `signal (receive) peer="`+d+`",`, why, why)
	}
	for _, peer := range own {
		const why = "among the service's own processes"
		put(GroupSignals, `signal (send, receive) peer="`+peer+`",`, why, why)
		put(GroupPtrace, `ptrace (trace, read, tracedby, readby) peer="`+peer+`",`, why, why)
	}
	for _, c := range p.Contacts {
		if c.Peer == "" || !g.sel.holds(c.Part, c.Entry) {
			continue
		}
		peer, comment := "unconfined", "outside of all traced services"
		if c.Peer != profiles.Outside {
			name, err := Name(p.Service.Project, c.Peer)
			if err != nil {
				g.refuse("", fmt.Sprintf("%s to service %s: its profile has no name", c.Kind, printable(c.Peer)))
				continue
			}
			peer, comment = `"`+name+`"`, "to service "+c.Peer
			g.note(NoteIncomplete, "%s is sent to service %s, whose own profile must receive it too", c.Kind, c.Peer)
		}
		why := fmt.Sprintf("%s by %s; %d of %d runs", comment, printable(c.Program), c.Runs, g.runs)
		if c.Kind == profiles.ContactPtrace {
			put(GroupPtrace, "ptrace (trace, read) peer="+peer+",", why, comment)
			continue
		}
		set := signalSet(c.Signal)
		if set == "" {
			g.refuse("", "signal "+printable(c.Signal)+": AppArmor has no name for it")
			continue
		}
		put(GroupSignals, "signal (send) set=("+set+") peer="+peer+",", why, comment)
	}
	return out
}
