package apparmor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"batten/profiles"
)

// Generate makes the profile of a service. It is an error when no run recorded files
// ([ErrNoFiles]), and when an option makes no sense ([ErrName], [ErrInvalid]). What
// the recording lacks, and what was left out, is told in the notes.
func Generate(p profiles.Profile, o Options) (Result, error) {
	if err := o.validate(); err != nil {
		return Result{}, fmt.Errorf("generate AppArmor profile: %w", err)
	}
	g := newGenerator(p, o)
	rows := g.rows(p)
	if g.runs == 0 || len(rows) == 0 {
		return Result{}, fmt.Errorf("generate AppArmor profile: %w", ErrNoFiles)
	}
	all := g.sights(rows)
	sections := g.sections(p, all)
	r := Result{Text: g.text(p.Service, sections)}
	for _, s := range sections {
		for _, rule := range s.rules {
			rule.Profile = s.name
			r.Rules = append(r.Rules, rule)
		}
	}
	g.sizeNote(len(r.Rules), r.Text)
	g.allNotes(p)
	r.Refused, r.Notes = g.refusals(), g.notes
	return r, nil
}

// generator gathers what a profile will hold.
type generator struct {
	o       Options
	sel     *selection
	runs    int // that recorded files
	entries map[string]bool
	// executedBy has, for each program, the programs that executed it; "" for the
	// runtime and for one that is not known.
	executedBy map[string][]string
	helpers    map[string]bool   // programs with a profile of their own
	unknown    map[sightKey]bool // paths of which a row does not name the program
	comments   map[commentKey]string
	variables  map[string]string
	running    []string // generalised names that may be mapped or executed
	notes      []Note
	refused    []Refused
	long       int // bytes of long names so far
}

func newGenerator(p profiles.Profile, o Options) *generator {
	g := &generator{o: o, sel: newSelection(p, o), executedBy: map[string][]string{}, unknown: map[sightKey]bool{}, helpers: map[string]bool{},
		comments: map[commentKey]string{}, variables: map[string]string{}}
	g.entries = g.sel.entries(p)
	for _, r := range p.Runs {
		if r.SeesFiles() {
			g.runs++
		}
	}
	for _, x := range p.Programs {
		if g.sel.holds(x.Part, x.Entry) {
			g.executedBy[x.Path] = append(g.executedBy[x.Path], x.By)
		}
	}
	return g
}

// longName is the length from which names count towards longBudget, in bytes: what the
// parser needs grows with the square of what they have together.
const (
	longName   = 256
	longBudget = 8 << 10
)

// rows are the files and programs that the profile is for and that can be expressed.
func (g *generator) rows(p profiles.Profile) []profiles.File {
	var out []profiles.File
	outside := 0
	traced := map[string]bool{}
	long := map[string]bool{}
	candidates := append(slices.Clone(p.Files), g.programRows(p)...)
	for _, f := range candidates {
		if f.Part != "" && g.sel.holds(f.Part, f.Entry) {
			traced[f.Path] = true
		}
	}
	for _, f := range candidates {
		if f.Part == "" {
			// Found in the container's layer afterwards: no tracer saw who did it.
			if !traced[f.Path] {
				outside++
			}
			continue
		}
		if !g.sel.holds(f.Part, f.Entry) {
			continue
		}
		if why := expressible(f.Path); why != "" {
			g.refuse(f.Path, why)
			continue
		}
		if len(f.Path) > longName && !long[f.Path] {
			if g.long += len(f.Path); g.long > longBudget {
				g.refuse(f.Path, fmt.Sprintf("there are more than %d KiB of long names", longBudget>>10))
				continue
			}
			long[f.Path] = true
		}
		if f.Program == "" {
			g.unknown[sightKey{f.Path, f.Folder}] = true
		}
		out = append(out, f)
	}
	if outside > 0 {
		g.note(NoteIncomplete, "%d paths changed in the container's layer without a tracer having seen who did it; they have no rule", outside)
	}
	return out
}

// sections are the rules of the service's profile and of its children.
func (g *generator) sections(p profiles.Profile, all []*sight) []section {
	names := g.o.Capabilities
	if names == nil {
		names = g.sel.capabilities(p)
	}
	children := g.children(p, all, names)
	own := []string{g.o.Name}
	only := map[*sight]bool{}
	into := map[string]string{}
	kept := slices.Clone(names)
	for _, c := range children {
		own = append(own, g.o.Name+"//"+c.name)
		into[c.program] = "cx -> " + c.name
		g.helpers[c.program] = true
		for _, s := range c.own {
			only[s] = true
		}
		kept = slices.DeleteFunc(kept, func(n string) bool { return slices.Contains(c.capabilities, n) })
	}
	shared := slices.DeleteFunc(slices.Clone(all), func(s *sight) bool { return only[s] })
	common := slices.Concat(g.networkRules(p), g.contactRules(p, own), g.mountRules(p), inherited())
	for _, r := range inherited() {
		g.comments[commentKey{r.Group, r.Text}] = r.Why
	}
	enter := func(path string) string { return cmp.Or(into[path], "ix") }
	g.variables["int"] = number(0).value() // of the terminals in inherited
	out := []section{{rules: g.packed(order(slices.Concat(common, g.fileRules(shared, enter), g.linkRules(shared), g.capabilityRules(p, kept))))}}
	for _, c := range children {
		held := append(slices.Clone(shared), c.own...)
		rules := slices.Concat(common, g.fileRules(held, g.leave(c, into)), g.linkRules(held),
			g.capabilityRules(p, append(slices.Clone(kept), c.capabilities...)))
		out = append(out, section{name: c.name, about: "the helper " + printable(c.program) + ": " + c.why, rules: g.packed(order(rules))})
	}
	return out
}

var inheritedPaths = []string{`"/dev/null"`, `"/dev/console"`, `"/dev/pts/@{int}"`}

// inherited are the files that the engine opens before it executes the program, and
// that programs open again by name: /dev/stdout leads there.
func inherited() []Rule {
	const why = "the engine hands it over as standard input or output"
	var out []Rule
	for _, path := range inheritedPaths {
		out = append(out, Rule{Text: path + " rw,", Group: GroupInherited, Why: why})
	}
	return out
}

// linkRules allow hard links one by one: which new name, to which file.
// linkTarget is how the old name of a hard link is written: a file that had none is
// called by its inode, which is another one each time.
func linkTarget(path string) pattern {
	p := literalPattern(path, false)
	if n := len(p.segments); n > 0 {
		if s, ok := nameless(place{name: split(path)[n-1]}); ok {
			p.segments[n-1] = s
		}
	}
	return p
}

func (g *generator) linkRules(all []*sight) []Rule {
	var out []Rule
	for _, s := range all {
		for _, target := range s.targets {
			if why := expressible(target); why != "" {
				g.refuse(s.path, "of the file that it links to: "+why)
				continue
			}
			to := linkTarget(target)
			g.useVariables(to)
			text := "link " + quoted(s.path) + " -> " + to.rule() + ","
			g.comments[commentKey{GroupLinks, text}] = s.comment()
			out = append(out, Rule{Text: text, Group: GroupLinks, Why: s.why(g.runs), Paths: []string{s.path}})
		}
	}
	return out
}

func (g *generator) refuse(path, why string) {
	g.refused = append(g.refused, Refused{path, why})
}

func (g *generator) refusals() []Refused {
	slices.SortFunc(g.refused, func(a, b Refused) int {
		if a.Path != b.Path {
			return strings.Compare(a.Path, b.Path)
		}
		return strings.Compare(a.Why, b.Why)
	})
	return slices.Compact(g.refused)
}

// useVariables remembers the variables that a pattern is spelled with.
func (g *generator) useVariables(p pattern) {
	p.classes(func(c class) {
		if v := c.variable(); v != "" {
			g.variables[v] = c.value()
		}
	})
}
