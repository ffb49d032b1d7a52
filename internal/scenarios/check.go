package scenarios

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"batten/profiles"
)

// Check fails for each thing that a recording lacks, and for each that was not done.
func Check(t testing.TB, s Scenario, p Place, r profiles.Recording) {
	t.Helper()
	for _, d := range Differences(s, p, r) {
		t.Errorf("%s: %s", s.Name, d)
	}
}

// Differences compares what a recording says that the service's own processes did
// with what the scenario does. The recording may have been written to a file and
// read again or not.
func Differences(s Scenario, p Place, r profiles.Recording) []string {
	var out []string
	if !r.Run.SeesFiles() {
		out = append(out, "the run does not see files")
	}
	c := comparison{Scenario: s, Place: p, tracing: r.Run.Files, cut: r.Loss.Paths > 0 || r.Loss.Strings > 0}
	switch {
	case s.Deep && r.Loss.Paths == 0:
		out = append(out, "loss: what no path names was not counted")
	case !s.Deep && s.Name != "hostile" && r.Loss.Paths != 0:
		out = append(out, fmt.Sprintf("loss: %d paths", r.Loss.Paths))
	}
	out = append(out, c.files(r.Files)...)
	out = append(out, c.sockets(r.Sockets)...)
	out = append(out, c.contacts(r.Contacts)...)
	return append(out, c.programs(r.Programs)...)
}

type comparison struct {
	Scenario
	Place
	tracing profiles.FileTracing
	cut     bool // some names did not fit the format
}

// row is what makes two rows of files one.
type row struct {
	path, target, program string
	folder                bool
}

type touched struct {
	access map[profiles.Access]bool
	kinds  map[profiles.FileKind]bool
}

func (r row) String() string {
	s := fmt.Sprintf("%q by %q", r.path, r.program)
	if r.folder {
		s += " (folder)"
	}
	if r.target != "" {
		s += fmt.Sprintf(" target %q", r.target)
	}
	return s
}

func rows(files []profiles.File) map[row]touched {
	out := make(map[row]touched)
	for _, f := range files {
		key := row{f.Path, f.Target, f.Program, f.Folder}
		if out[key].access == nil {
			out[key] = touched{make(map[profiles.Access]bool), make(map[profiles.FileKind]bool)}
		}
		for _, a := range f.Access {
			out[key].access[a] = true
		}
		out[key].kinds[f.Kind] = true
	}
	return out
}

// files compares files. Wanted names that are no valid text may be cut off, as the
// format demands, when that is counted.
func (c comparison) files(files []profiles.File) []string {
	files = slices.DeleteFunc(slices.Clone(files), func(f profiles.File) bool { return f.Part != profiles.PartApplication })
	got := rows(files)
	var out []string
	want := rows(c.Files(c.Place))
	for _, key := range sorted(want) {
		t := want[key]
		g, known := got[key], key
		if strings.Contains(key.path+key.target, Number) {
			for k := range got {
				if key.matches(k) {
					g, known = got[k], k
				}
			}
		}
		miss := c.miss(key.path)
		if g.access == nil {
			if !utf8.ValidString(key.path) && c.cut || !slices.ContainsFunc(slices.Collect(maps.Keys(t.access)), func(a profiles.Access) bool {
				return !slices.Contains(miss.Lacks, a)
			}) {
				continue
			}
			out = append(out, fmt.Sprintf("missing: %s %v", key, names(t.access)))
			continue
		}
		delete(got, known)
		for _, a := range names(t.access) {
			if !g.access[a] && !slices.Contains(miss.Lacks, a) {
				out = append(out, fmt.Sprintf("missing: %s %s", key, a))
			}
		}
		for _, a := range names(g.access) {
			if !t.access[a] && !slices.Contains(miss.Adds, a) && !c.base(known, a) {
				out = append(out, fmt.Sprintf("not done: %s %s", key, a))
			}
		}
		for kind := range t.kinds {
			if kind != "" && !g.kinds[kind] {
				out = append(out, fmt.Sprintf("missing: %s is a %s", key, kind))
			}
		}
	}
	for _, key := range sorted(got) {
		if c.Deep && strings.HasPrefix(key.path, c.Work+"/") {
			continue
		}
		for _, a := range names(got[key].access) {
			if !c.base(key, a) && !slices.Contains(c.miss(key.path).Adds, a) {
				out = append(out, fmt.Sprintf("not done: %s %s", key, a))
			}
		}
	}
	return out
}

func sorted(m map[row]touched) []row {
	return slices.SortedFunc(maps.Keys(m), func(a, b row) int { return strings.Compare(a.String(), b.String()) })
}

func names(m map[profiles.Access]bool) []profiles.Access { return slices.Sorted(maps.Keys(m)) }

// matches tells whether a recorded row is the wanted one, whose paths hold [Number].
func (r row) matches(got row) bool {
	fits := func(want, got string) bool {
		pattern := strings.ReplaceAll(regexp.QuoteMeta(want), regexp.QuoteMeta(Number), "[0-9]+")
		return regexp.MustCompile("^(?s:" + pattern + ")$").MatchString(got)
	}
	return r.folder == got.folder && r.program == got.program && fits(r.path, got.path) && fits(r.target, got.target)
}

func (c comparison) miss(name string) Miss {
	for _, m := range c.Misses[c.tracing] {
		if c.resolve(m.Path) == name {
			return m
		}
	}
	return Miss{}
}

// standard is what the C library and whoever starts a program touch, whatever the
// program does.
var standard = []struct {
	pattern string // of path.Match, for the base name where it has no slash
	access  string
}{
	{"/etc/ld.so.cache", "read"}, {"/etc/ld.so.preload", "read"},
	{"ld-linux*.so.*", "map read"}, {"ld-musl-*.so.1", "map read"}, {"libc.so.6", "read map"},
	{"/dev/null", "read write"}, {"/dev/console", "read write"}, {"/dev/tty*", "read write"}, {"/dev/pts/*", "read write"},
}

func (c comparison) base(r row, a profiles.Access) bool {
	if r.path == c.Program && a == profiles.AccessExecute && (r.program == "" || r.program == c.Program) {
		return true // it was executed to begin with
	}
	for _, b := range standard {
		name := r.path
		if !strings.Contains(b.pattern, "/") {
			name = path.Base(name)
		}
		if ok, _ := path.Match(b.pattern, name); ok && slices.Contains(list(b.access), a) {
			return true
		}
	}
	return false
}

func (c comparison) sockets(got []profiles.Socket) []string {
	say := func(s profiles.Socket) string {
		return fmt.Sprintf("%s %s %s%s port %d name %q", s.Use, s.Protocol, s.Address, s.Peer, s.Port, s.Name)
	}
	want, have := make(map[string]bool), make(map[string]bool)
	for _, s := range c.Sockets {
		want[say(s)] = true
	}
	var out []string
	for _, s := range got {
		if s.Part == profiles.PartApplication {
			have[say(s)] = true
			if want[say(s)] && !slices.Equal(s.Programs, []string{c.Program}) {
				out = append(out, fmt.Sprintf("socket %s: programs %q", say(s), s.Programs))
			}
		}
	}
	return append(out, differ("socket", want, have)...)
}

func (c comparison) contacts(got []profiles.Contact) []string {
	say := func(x profiles.Contact) string {
		return fmt.Sprintf("%s %s to %q by %q", x.Kind, x.Signal, x.Peer, x.Program)
	}
	want, have := make(map[string]bool), make(map[string]bool)
	for _, x := range c.Contacts {
		x.Program = c.Program
		want[say(x)] = true
	}
	for _, x := range got {
		if x.Part == profiles.PartApplication {
			have[say(x)] = true
		}
	}
	return differ("contact", want, have)
}

// programs looks for what must be there alone: the others are the same as before.
func (c comparison) programs(got []profiles.Program) []string {
	var out []string
	for _, w := range c.Programs {
		w.Path, w.By = c.resolve(w.Path), c.resolve(w.By)
		if !slices.ContainsFunc(got, func(p profiles.Program) bool { return p.Path == w.Path && p.By == w.By }) {
			out = append(out, fmt.Sprintf("missing: program %q by %q", w.Path, w.By))
		}
	}
	return out
}

func differ(what string, want, have map[string]bool) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if !have[k] {
			out = append(out, "missing: "+what+" "+k)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(have)) {
		if !want[k] {
			out = append(out, "not done: "+what+" "+k)
		}
	}
	return out
}
