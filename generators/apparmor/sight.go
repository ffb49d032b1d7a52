package apparmor

import (
	"fmt"
	"slices"
	"strings"

	"batten/profiles"
)

// sight is what was seen of one path, by all programs together.
type sight struct {
	path     string
	folder   bool
	perms    perms
	access   []profiles.Access
	programs []string
	phases   []profiles.Phase
	runs     int
	// changed: something was done to it that a read-only file system refuses.
	changed bool
	mount   profiles.MountKind
	device  bool // a character or block device
	targets []string
}

// fixed tells whether the path is part of the image, so that its name is the same in
// every run.
func (s *sight) fixed() bool { return s.mount == profiles.MountRoot && !s.changed }

// why is the evidence in one line, with n the number of runs that there were.
func (s *sight) why(n int) string { return s.comment() + fmt.Sprintf("; %d of %d runs", s.runs, n) }

// comment is the part of the evidence that another run which shows nothing new does
// not change.
func (s *sight) comment() string {
	out := verbs(s.access)
	if len(s.programs) > 0 {
		out += " by " + printable(s.programs[0])
		if n := len(s.programs) - 1; n > 0 {
			out += fmt.Sprintf(" and %d more", n)
		}
	}
	if len(s.phases) > 0 && !slices.Contains(s.phases, profiles.PhaseSteady) {
		words := make([]string, 0, len(s.phases))
		for _, p := range s.phases {
			words = append(words, string(p))
		}
		out += ", at " + strings.Join(words, " and ")
	}
	return out
}

func (s *sight) add(o *sight) {
	s.perms |= o.perms
	s.access = union(s.access, o.access)
	s.programs = union(s.programs, o.programs)
	s.phases = union(s.phases, o.phases)
	s.targets = union(s.targets, o.targets)
	s.runs = max(s.runs, o.runs)
	s.changed = s.changed || o.changed
	s.device = s.device || o.device
	if s.mount != o.mount {
		s.mount = ""
	}
}

func union[T ~string](a, b []T) []T {
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

type sightKey struct {
	path   string
	folder bool
}

// sights unites the rows of each path. Rows that cannot be expressed are refused.
func (g *generator) sights(rows []profiles.File) []*sight {
	byKey := map[sightKey]*sight{}
	var out []*sight
	for _, f := range rows {
		if f.Kind == profiles.FileSocket {
			f.Folder = false
		}
		if f.Path == "/" {
			f.Folder = true
		}
		s := &sight{
			path: f.Path, folder: f.Folder, perms: permsOf(f.Access, f.Folder), access: slices.Clone(f.Access),
			phases: slices.Clone(f.Phases), runs: f.Runs, changed: f.Changes(), mount: f.Mount,
			device: f.Kind == profiles.FileChar || f.Kind == profiles.FileBlock,
		}
		slices.Sort(s.access)
		slices.Sort(s.phases)
		if f.Program != "" {
			s.programs = []string{f.Program}
		}
		if f.Target != "" {
			s.targets = []string{f.Target}
		}
		if s.perms.has(permExec) && !g.executed(f) {
			s.perms &^= permExec
		}
		key := sightKey{f.Path, f.Folder}
		if have := byKey[key]; have != nil {
			have.add(s)
			continue
		}
		byKey[key] = s
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *sight) int {
		if c := strings.Compare(a.path, b.path); c != 0 {
			return c
		}
		if a.folder {
			return -1
		}
		return 1
	})
	return out
}

// executed tells whether a row of an executed file means an exec under this profile.
// The runtime's exec of an entry's own program is not: it enters the profile.
func (g *generator) executed(f profiles.File) bool {
	inside := slices.ContainsFunc(g.executedBy[f.Path], func(by string) bool { return by != "" })
	return !g.entries[f.Path] || inside || f.Program != "" && f.Program != f.Path
}

// programRows turns the programs that were executed into rows of files, so that they
// count also where no row of a file tells.
func (g *generator) programRows(p profiles.Profile) []profiles.File {
	var out []profiles.File
	mounts := map[string]profiles.MountKind{}
	for _, f := range p.Files {
		if f.Part != "" {
			mounts[f.Path] = f.Mount
		}
	}
	for _, x := range p.Programs {
		if !g.sel.holds(x.Part, x.Entry) || !strings.HasPrefix(x.Path, "/") {
			continue
		}
		out = append(out, profiles.File{Path: x.Path, Access: []profiles.Access{profiles.AccessExecute}, Program: x.By,
			Mount: mounts[x.Path], Part: x.Part, Entry: x.Entry, Runs: x.Runs})
	}
	return out
}
