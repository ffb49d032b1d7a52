package seccomp

import (
	"fmt"
	"slices"
	"strings"

	"batten/profiles"
)

// sighting is what was seen of one call on behalf of those parts that the policy
// is for.
type sighting struct {
	source Source
	entry  string
	runs   int
	phases []profiles.Phase
	first  *profiles.Origin
	// args are the recorded tuples, nil unless complete in every row.
	args     *profiles.Arguments
	complete bool
}

// observed allows the calls that were seen, as far as the service could make them
// before.
func (g *generator) observed() {
	g.seen = g.sightings()
	for _, name := range sortedNames(g.seen) {
		if !g.exists(name) {
			g.note("%s has no name that a profile could carry, it is left out", name)
			continue
		}
		if name == "clone3" && !g.o.AllowClone3 {
			continue // see clone
		}
		s := g.seen[name]
		r := Reason{
			Source: s.source, Allowed: true, Runs: s.runs, OfRuns: len(g.profile.Runs), Entry: s.entry,
			Phases: s.phases, First: s.first, Comment: "seen " + s.where(),
		}
		counts := fmt.Sprintf(", %d of %d runs", s.runs, len(g.profile.Runs))
		r.Text = r.Comment + counts
		rules := g.argumentRules(name, s)
		if rules != nil && g.o.Mode == Portable && (name == "socket" || name == "personality") {
			const wider = ", or no more privileged"
			r.Text, r.Comment = "as "+r.Text+wider, "as "+r.Comment+wider
		}
		g.admit(name, r, rules)
	}
}

// sightings unites the rows of each call. The application's own come first: they
// give the reason.
func (g *generator) sightings() map[string]*sighting {
	kinds := map[string]profiles.EntryKind{}
	for _, e := range g.profile.Entries {
		kinds[e.ID] = e.Kind
	}
	out := map[string]*sighting{}
	left := map[string]bool{}
	rows := slices.Clone(g.profile.Syscalls)
	slices.SortStableFunc(rows, func(a, b profiles.Syscall) int { return strings.Compare(string(a.Part), string(b.Part)) })
	for _, row := range rows {
		source := SourceApplication
		switch {
		case row.Part == profiles.PartRuntime:
			continue
		case row.Part == profiles.PartExec && kinds[row.Entry] == profiles.EntryHealthCheck:
			source = SourceHealthCheck
		case row.Part == profiles.PartExec:
			source = SourceExec
			if !g.o.IncludeExec {
				left[row.Entry] = true
				continue
			}
		}
		if row.Arch != g.native {
			if !slices.Contains(g.native.Subs(), row.Arch) {
				continue
			}
			if !slices.Contains(g.second, row.Arch) {
				g.second = append(g.second, row.Arch)
			}
		}
		s := out[row.Name]
		if s == nil {
			s = &sighting{source: source, entry: row.Entry, first: row.First, complete: g.profile.Loss.Complete()}
			out[row.Name] = s
		}
		s.add(row, source)
	}
	slices.Sort(g.second)
	if len(left) > 0 {
		g.note("calls of commands executed by hand (%d) are left out; they can be included on request", len(left))
	}
	return out
}

func (s *sighting) add(row profiles.Syscall, source Source) {
	if rank(source) < rank(s.source) {
		s.source, s.entry, s.first, s.runs = source, row.Entry, row.First, 0
	}
	if source == s.source {
		s.runs = max(s.runs, row.Runs)
	}
	for _, ph := range row.Phases {
		if !slices.Contains(s.phases, ph) {
			s.phases = append(s.phases, ph)
		}
	}
	switch {
	case row.Args == nil || !row.Args.Complete:
		s.complete = false
	case s.args == nil:
		s.args = &profiles.Arguments{Index: row.Args.Index, Values: slices.Clone(row.Args.Values), Complete: true}
	case !slices.Equal(s.args.Index, row.Args.Index):
		s.complete = false
	default:
		s.args.Values = append(s.args.Values, row.Args.Values...)
	}
}

func (s *sighting) where() string {
	switch s.source {
	case SourceHealthCheck:
		return "in the health check"
	case SourceExec:
		return "in commands executed into the service"
	}
	return "in the application"
}

// rank orders the sources: the first that gives a reason is the one that is told.
func rank(s Source) int {
	return slices.Index([]Source{SourceApplication, SourceHealthCheck, SourceExec, SourceClone3,
		SourceRuntime, SourceWrapper, SourceProcess, SourceFamily, SourceFallback, SourceSecurity}, s)
}

// admit allows a call under the given argument rules (nil: all), as far as the
// ceiling does.
func (g *generator) admit(name string, r Reason, rules [][]Arg) {
	asked := slices.Contains(g.o.AllowBeyond, name)
	b := Beyond{Name: name, Source: r.Source, Entry: r.Entry, Runs: r.Runs, First: r.First, Admitted: asked}
	b.Risk, _ = profiles.Security(name)
	if !g.ceiling.allows(name) {
		if !(name == "clone3" && g.o.AllowClone3) {
			g.beyond = append(g.beyond, b)
			if !asked {
				return
			}
		}
	} else {
		keep, lost := g.ceiling.bound(name, rules)
		if beyond := append(lost, newlyZero(rules, keep)...); len(beyond) > 0 {
			b.Arguments = describeRules(name, beyond)
			g.beyond = append(g.beyond, b)
		}
		if !asked {
			if rules != nil && len(keep) == 0 {
				return
			}
			if g.ceiling.deniesSome(name) && rules == nil {
				g.note("the former policy refuses some arguments of %s, which an allow-list cannot repeat", name)
			}
			rules = keep
		}
	}
	r.Arguments = describeRules(name, rules)
	g.allowed[name] = &grant{reason: r, rules: rules}
}

// newlyZero returns, as rules, the flags that were seen and that the ceiling takes
// away: bits that must be zero now and need not have been.
func newlyZero(want, keep [][]Arg) [][]Arg {
	if len(want) != 1 || len(want[0]) != 1 || !want[0][0].mustBeZero() {
		return nil
	}
	var out [][]Arg
	for _, k := range keep {
		if len(k) == 1 && k[0].mustBeZero() && k[0].Value != want[0][0].Value {
			a := k[0]
			a.Value &^= want[0][0].Value
			a.ValueTwo = a.Value
			out = append(out, []Arg{a})
		}
	}
	return out
}
