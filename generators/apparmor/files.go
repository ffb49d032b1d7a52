package apparmor

import (
	"fmt"
	"slices"
	"strings"
)

// transition says how a program is executed: "ix", "cx -> name", or "" for not.
type transition func(path string) string

// fileRules writes the rules of sights, generalised where runs or heuristics say so.
func (g *generator) fileRules(all []*sight, how transition) []Rule {
	var leaves []leaf
	g.walk(newTree(all), nil, "", nil, &leaves)
	var out []Rule
	for _, l := range leaves {
		out = append(out, g.leafRules(l, how)...)
	}
	return out
}

// leafRules writes the rule of a leaf, and literal rules for the recorded paths that
// need more than the wildcard gets.
//
// A wildcard gets what may be read and locked of any of its paths. It gets "w" when
// all of them were changed, or two at least, and "m" and "x" only when each of them
// was mapped or executed.
func (g *generator) leafRules(l leaf, how transition) []Rule {
	folder := l.pattern.folder
	if l.pattern.literal() {
		s := merged(l.sights)
		return g.rulesOf(l.pattern, s, s.perms, nil, how, []string{s.path})
	}
	byPath := map[string]*sight{}
	var paths []string
	for _, s := range l.sights {
		if byPath[s.path] == nil {
			paths = append(paths, s.path)
			byPath[s.path] = s
			continue
		}
		byPath[s.path] = merged([]*sight{byPath[s.path], s})
	}
	slices.Sort(paths)
	count := func(p perms) (n int) {
		for _, s := range byPath {
			if s.perms.has(p) {
				n++
			}
		}
		return n
	}
	all := merged(l.sights)
	allowed := all.perms & (permRead | permLock)
	process := slices.ContainsFunc(l.kinds, func(k string) bool { return strings.HasPrefix(k, "the number of a ") })
	if n := count(permWrite); n >= 2 || n == len(paths) || n > 0 && process {
		allowed |= permWrite
	}
	for _, p := range []perms{permMap, permExec} {
		if count(p) == len(paths) {
			allowed |= p
		}
	}
	var out []Rule
	if g.tooWide(l.pattern, allowed) == "" {
		out = g.rulesOf(l.pattern, all, allowed, l.kinds, how, paths)
		if allowed&(permMap|permExec) != 0 && !slices.Equal(l.kinds, []string{"the version of a library"}) {
			g.running = append(g.running, l.pattern.rule())
		}
	} else {
		allowed = 0
	}
	for _, path := range paths {
		s := byPath[path]
		if s.perms&^allowed == 0 {
			continue
		}
		out = append(out, g.rulesOf(literalPattern(path, folder), s, s.perms, nil, how, []string{path})...)
	}
	return out
}

func literalPattern(path string, folder bool) pattern {
	p := pattern{folder: folder}
	for _, part := range split(path) {
		p.segments = append(p.segments, text(part))
	}
	return p
}

func merged(list []*sight) *sight {
	out := *list[0]
	for _, s := range list[1:] {
		out.add(s)
	}
	return &out
}

// rulesOf writes one rule: the permissions, and how it is executed. Nothing is
// written for what needs no permission, nor for what docker-default protects.
func (g *generator) rulesOf(p pattern, s *sight, allowed perms, kinds []string, how transition, paths []string) []Rule {
	if why := protected(name(s.path, p.folder), allowed); why != "" && !g.o.AllowBeyond {
		keep := allowed
		for _, bit := range []perms{permRead, permWrite, permLock, permMap, permExec} {
			if protected(name(s.path, p.folder), bit) != "" {
				keep &^= bit
			}
		}
		for _, path := range paths {
			g.refuse(path, "docker-default forbids it: "+why)
		}
		allowed = keep
	}
	if allowed == 0 || allowed&^(permRead|permWrite) == 0 && slices.Contains(inheritedPaths, p.rule()) {
		return nil
	}
	rule := Rule{Group: g.groupOf(p, s, allowed), Why: s.why(g.runs), Paths: paths}
	comment := s.comment()
	if len(kinds) > 0 {
		// The text names no example: another run would show another one.
		stands := strings.Join(kinds, " and ")
		rule.Generalised = fmt.Sprintf("%s: seen %d, such as %s", stands, len(paths), printable(paths[0]))
		comment = stands + "; " + comment
	}
	mode, target := allowed.String(), ""
	if allowed.has(permExec) {
		x, to, named := strings.Cut(how(s.path), " ")
		mode += x
		if named {
			target = " " + to
		}
	}
	g.useVariables(p)
	rule.Text = p.rule() + " " + mode + target + ","
	g.comments[commentKey{rule.Group, rule.Text}] = comment
	return []Rule{rule}
}

// groupOf is where a reader would look for a rule.
func (g *generator) groupOf(p pattern, s *sight, allowed perms) Group {
	switch {
	case under(s.path, "/proc"):
		return GroupProc
	case under(s.path, "/sys"):
		return GroupSys
	case allowed.has(permExec), g.entries[s.path] && allowed.has(permMap):
		return GroupPrograms
	case under(s.path, "/dev") && !under(s.path, "/dev/shm") || s.device:
		return GroupDevices
	case allowed.has(permWrite):
		return GroupWrite
	case allowed.has(permMap):
		return GroupLibraries
	}
	return GroupRead
}
