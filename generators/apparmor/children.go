package apparmor

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"batten/profiles"
)

// manyOwn is how many paths a helper program must change that nothing else touches
// before it gets a profile of its own. One capability of its own is enough.
const manyOwn = 20

// maxChildren bounds the profiles of helpers: each repeats the rules of the service.
const maxChildren = 4

// child is the profile of one helper program that needs far more than the service.
//
// It holds what the service may do and what the helper alone does; the service's own
// profile then lacks the latter. A profile that held less than the service's would be
// tighter, and wrong: a helper also uses the files and sockets that it inherits open,
// which the kernel judges again under the new profile, and of which no recording
// tells. So no helper gets less than the program that started it.
//
// What a helper executes is under the service's profile again: of gosu and its like
// only the capabilities are kept apart, their files stay with all the others, because
// the program that they become may use them open.
type child struct {
	name, program string
	capabilities  []string
	own           []*sight // in no other profile
	why           string
}

// children decides which helpers get a profile of their own.
func (g *generator) children(p profiles.Profile, all []*sight, capabilities []string) []child {
	starts := map[string]bool{} // programs that execute others
	for path, by := range g.executedBy {
		for _, starter := range by {
			if starter != path {
				starts[starter] = true
			}
		}
	}
	var out []child
	service := busiest(all)
	for _, s := range all {
		if s.path == service || !g.helper(s, all) {
			continue
		}
		c := child{program: s.path}
		for _, name := range capabilities {
			if g.onlyFor(p, name, s.path) {
				c.capabilities = append(c.capabilities, name)
			}
		}
		if !starts[s.path] {
			c.own = g.ownedBy(s.path, all)
		}
		changed := 0
		for _, o := range c.own {
			if o.perms.has(permWrite) {
				changed++
			}
		}
		switch {
		case len(c.capabilities) > 0:
			c.why = "it alone needs " + strings.Join(c.capabilities, ", ")
		case changed >= manyOwn:
			c.why = fmt.Sprintf("it alone changes at least %d paths", manyOwn)
		default:
			continue
		}
		out = append(out, c)
	}
	return g.named(p, out)
}

// helper tells whether a program always runs because another program of the service
// executed it. The interpreter of a script does not: the profile stays as it was when
// the kernel turns to it. It is known by reading the script.
func (g *generator) helper(s *sight, all []*sight) bool {
	by := g.executedBy[s.path]
	other := slices.ContainsFunc(by, func(starter string) bool { return starter != s.path })
	if !s.perms.has(permExec) || g.entries[s.path] || slices.Contains(by, "") || !other {
		return false
	}
	return !slices.ContainsFunc(all, func(o *sight) bool {
		return (g.entries[o.path] || o.perms.has(permExec)) && o.path != s.path &&
			slices.Contains(o.access, profiles.AccessRead) && slices.Contains(o.programs, s.path)
	})
}

// busiest is the program that touches the most paths: the service itself, which is
// nobody's helper even where a script starts it.
func busiest(all []*sight) string {
	count := map[string]int{}
	for _, s := range all {
		for _, p := range s.programs {
			count[p]++
		}
	}
	best := ""
	for _, p := range slices.Sorted(maps.Keys(count)) {
		if best == "" || count[p] > count[best] {
			best = p
		}
	}
	return best
}

// ownedBy are the sights that one program alone is behind, and that are not executed.
func (g *generator) ownedBy(program string, all []*sight) []*sight {
	var out []*sight
	for _, s := range all {
		if len(s.programs) == 1 && s.programs[0] == program && !g.unknown[sightKey{s.path, s.folder}] && !s.perms.has(permExec) {
			out = append(out, s)
		}
	}
	return out
}

// named names the children that may be, and notes what was decided.
func (g *generator) named(p profiles.Profile, all []child) []child {
	why := ""
	switch {
	case g.o.NoNewPrivileges:
		why = "with no-new-privileges the kernel refuses to change the profile at an exec"
	case g.o.WithoutChildren:
		why = "profiles for helpers were not wanted"
	case slices.ContainsFunc(p.Runs, func(r profiles.Run) bool { return !kernelOpens(r) }):
		why = "the interpreters that the kernel opens were not recorded, and a new profile must allow them"
	}
	slices.SortStableFunc(all, func(a, b child) int { return len(b.capabilities) - len(a.capabilities) })
	var out []child
	for _, c := range all {
		reason := why
		if reason == "" && len(out) == maxChildren {
			reason = fmt.Sprintf("there are %d such profiles already", maxChildren)
		}
		if reason != "" {
			g.note(NoteChild, "%s stays under the service's profile although %s: %s", printable(c.program), c.why, reason)
			continue
		}
		c.name = childName(out, c.program)
		g.note(NoteChild, "%s has a profile of its own: %s", printable(c.program), c.why)
		out = append(out, c)
	}
	return out
}

// kernelOpens tells whether a run shows what the kernel itself opens: the dynamic
// linker, the interpreters of scripts.
func kernelOpens(r profiles.Run) bool { return r.Files != profiles.FilesCalls }

// leave says how a helper executes: itself as it is, another helper under that one's
// profile, what it was seen to execute under the service's, nothing else at all.
func (g *generator) leave(c child, into map[string]string) transition {
	return func(path string) string {
		other, by := into[path], g.executedBy[path]
		switch {
		case path == c.program:
			return "ix"
		case !slices.Contains(by, c.program) && (!slices.Contains(by, "") || g.entries[path]):
			return ""
		case other != "":
			return `px -> "` + g.o.Name + "//" + strings.TrimPrefix(other, "cx -> ") + `"`
		}
		return `px -> "` + g.o.Name + `"`
	}
}

// onlyFor tells whether all checks of a capability were made for one program.
func (g *generator) onlyFor(p profiles.Profile, name, program string) bool {
	seen := false
	for _, c := range p.Capabilities {
		if c.Name != name || !c.Granted || c.Class == profiles.ClassNoise || !g.sel.holds(c.Part, c.Entry) {
			continue
		}
		if len(c.Programs) != 1 || c.Programs[0] != program {
			return false
		}
		seen = true
	}
	return seen
}

var childPattern = regexp.MustCompile(`\A[A-Za-z][A-Za-z0-9._-]{0,39}\z`)

// childName is the name of the program, or a number where that is no fit name.
func childName(before []child, program string) string {
	name := path.Base(program)
	taken := func(c child) bool { return c.name == name }
	if childPattern.MatchString(name) && !slices.ContainsFunc(before, taken) {
		return name
	}
	for i := len(before) + 1; ; i++ {
		name = fmt.Sprintf("helper-%d", i)
		if !slices.ContainsFunc(before, taken) {
			return name
		}
	}
}
