package capabilities

import (
	"cmp"
	"maps"
	"slices"

	"batten/profiles"
)

// Set is what a service needs of capabilities, and why.
type Set struct {
	// Drop is always ["ALL"].
	Drop []string
	// Add are the capabilities to give back, sorted, as compose writes them:
	// "CHOWN".
	Add []string
	// Evidence has one entry for each of Add, in its order.
	Evidence []Evidence
	// Wanted were asked for and refused although the operation may have depended on
	// them; the service lived without. Sorted by name; a decision for the user.
	Wanted []Evidence
	// Beyond were used although the service is not said to have had them: the
	// profile was recorded under other conditions. Never added.
	Beyond []Evidence
	// Noise are the names of capabilities that were only asked about without
	// consequence, sorted.
	Noise []string
	Notes []Note
}

// Evidence says why one capability is needed.
type Evidence struct {
	Name string // "CAP_CHOWN"
	// What it permits, one line.
	Meaning string
	Uses    []Use // distinct, most often seen first
	// Runs is in how many of OfRuns runs it was seen.
	Runs, OfRuns int
	// StartupOnly tells that it was used before the service was ready and not
	// afterwards; UnknownOnly that no check of it could be classified.
	StartupOnly, UnknownOnly bool
}

// Use is one way in which a capability was used.
type Use struct {
	Caller  string // kernel function that asked, "" when it could not be read
	Syscall string
	Program string // file of the process that was first seen
	Part    profiles.Part
	Entry   string // of a health check or an executed command
	Phases  []profiles.Phase
	Runs    int
}

// Options are the decisions that [Generate] does not take itself.
type Options struct {
	// Had is the bounding set that the service had, with or without "CAP_"; nil
	// means what it was seen to use it may keep.
	Had []string
	// IncludeExec also counts what commands executed by hand used. Health checks
	// always count.
	IncludeExec bool
}

// Generate makes the set of a profile. The runtime's own checks do not count: it
// drops its capabilities before the program starts. A capability whose checks
// could not be classified is counted as needed and noted.
func Generate(p profiles.Profile, o Options) Set {
	s := Set{Drop: []string{"ALL"}, Add: []string{}}
	g := gather(p, o)
	had := map[string]bool{}
	for _, name := range o.Had {
		if n, ok := profiles.CapabilityNumber(name); ok {
			had[profiles.CapabilityName(n)] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.needed)) {
		e := g.needed[name].evidence(p)
		if o.Had != nil && !had[name] {
			s.Beyond = append(s.Beyond, e)
			continue
		}
		s.Add = append(s.Add, name[len("CAP_"):])
		s.Evidence = append(s.Evidence, e)
	}
	for _, name := range slices.Sorted(maps.Keys(g.wanted)) {
		// For a read the kernel asks for DAC_READ_SEARCH first and is content with
		// DAC_OVERRIDE.
		answered := name == "CAP_DAC_READ_SEARCH" && g.needed["CAP_DAC_OVERRIDE"] != nil
		if g.needed[name] == nil && !answered {
			s.Wanted = append(s.Wanted, g.wanted[name].evidence(p))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.noise)) {
		if g.needed[name] == nil && g.wanted[name] == nil {
			s.Noise = append(s.Noise, name)
		}
	}
	s.Notes = notes(s, p, g)
	return s
}

// rows are the checks of one capability that have one meaning.
type rows struct {
	name string
	list []profiles.Capability
}

type gathered struct {
	needed, wanted, noise map[string]*rows
	execLeft              map[string]bool // capabilities used only by commands executed by hand
	unknownNames          bool
}

func gather(p profiles.Profile, o Options) gathered {
	g := gathered{map[string]*rows{}, map[string]*rows{}, map[string]*rows{}, map[string]bool{}, false}
	kinds := map[string]profiles.EntryKind{}
	for _, e := range p.Entries {
		kinds[e.ID] = e.Kind
	}
	for _, c := range p.Capabilities {
		n, ok := profiles.CapabilityNumber(c.Name)
		if !ok {
			g.unknownNames = true
			continue
		}
		c.Name = profiles.CapabilityName(n)
		if c.Part == profiles.PartRuntime {
			continue
		}
		into := g.needed
		switch {
		case c.Class == profiles.ClassNoise:
			into = g.noise
		case !c.Granted:
			into = g.wanted
		}
		byHand := c.Part == profiles.PartExec && kinds[c.Entry] != profiles.EntryHealthCheck
		if byHand && !o.IncludeExec {
			if c.Granted && c.Class != profiles.ClassNoise {
				g.execLeft[c.Name] = true
			}
			continue
		}
		if into[c.Name] == nil {
			into[c.Name] = &rows{name: c.Name}
		}
		into[c.Name].list = append(into[c.Name].list, c)
	}
	return g
}

// evidence unites the rows. Rows of one capability may come from the same run, so
// that the largest number of runs is what is certain.
func (r *rows) evidence(p profiles.Profile) Evidence {
	e := Evidence{Name: r.name, Meaning: profiles.DescribeCapability(r.name), OfRuns: len(p.Runs), StartupOnly: true, UnknownOnly: true}
	for _, c := range r.list {
		u := Use{Caller: c.Caller, Syscall: c.Syscall, Part: c.Part, Entry: c.Entry, Phases: slices.Clone(c.Phases), Runs: c.Runs}
		if c.First != nil {
			u.Program = c.First.Program
		}
		e.Uses = append(e.Uses, u)
		e.Runs = max(e.Runs, c.Runs)
		if c.Class != profiles.ClassUnknown {
			e.UnknownOnly = false
		}
		if len(c.Phases) != 1 || c.Phases[0] != profiles.PhaseStartup {
			e.StartupOnly = false
		}
	}
	slices.SortFunc(e.Uses, func(a, b Use) int {
		return cmp.Or(-cmp.Compare(a.Runs, b.Runs), compareUse(a, b))
	})
	return e
}

// compareUse orders uses by what they are; those of the service itself come first.
func compareUse(a, b Use) int {
	return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Syscall, b.Syscall), cmp.Compare(a.Caller, b.Caller),
		cmp.Compare(a.Program, b.Program), cmp.Compare(a.Entry, b.Entry), slices.Compare(a.Phases, b.Phases))
}
