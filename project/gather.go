package project

import (
	"context"
	"errors"
	"slices"
)

// maxFiles bounds the files of one project.
const maxFiles = 1000

// gathering reads the sources of one project and whatever they name.
type gathering struct {
	*reader
	ctx     context.Context
	sources []*Source
	known   map[string]*Source
	weight  map[string]int // what a file comes to with all it includes
	stack   []string       // includes that led here
}

// gather reads the main files, then what they include and extend, each once, and
// refuses what cannot be loaded in bounded time: cycles, and what comes to too
// much.
func (r *reader) gather(ctx context.Context, main []string, env environment) ([]*Source, error) {
	g := &gathering{reader: r, ctx: ctx, known: map[string]*Source{}, weight: map[string]int{}}
	for _, path := range main {
		if _, err := g.add(path, RoleMain, r.dir, env); err != nil {
			return nil, err
		}
	}
	total := 0
	for _, s := range slices.Clone(g.sources) {
		weight, err := g.follow(s)
		if err != nil {
			return nil, err
		}
		if total += weight; total > maxWeight {
			return nil, s.problemAt(nil, ErrBadCompose, "the files come to more than %d values", maxWeight)
		}
	}
	return g.sources, g.checkExtends()
}

func (g *gathering) add(path string, role Role, base string, env environment) (*Source, error) {
	if s, ok := g.known[path]; ok {
		if s.Role == RoleExtended && role == RoleIncluded { // its own includes count now
			s.Role = role
			delete(g.weight, path)
		}
		return s, nil
	}
	s, err := g.source(g.ctx, path, role)
	if err != nil {
		return nil, err
	}
	s.base, s.env = base, env
	g.known[path] = s
	g.sources = append(g.sources, s)
	return s, nil
}

// follow reads what a source names and tells what it comes to with that.
func (g *gathering) follow(s *Source) (int, error) {
	if weight, ok := g.weight[s.Path]; ok {
		return weight, nil
	}
	weight, err := s.weigh()
	if err != nil {
		return 0, err
	}
	g.stack = append(g.stack, s.Path)
	defer func() { g.stack = g.stack[:len(g.stack)-1] }()
	count := func(ref reference, more int) error {
		if weight += more; weight > maxWeight {
			return s.problemAt(ref.at, ErrBadCompose, "the files come to more than %d values", maxWeight)
		}
		return nil
	}
	if s.Role != RoleExtended { // compose does not follow includes of what it extends
		refs, err := s.includes()
		if err != nil {
			return 0, err
		}
		for _, ref := range refs {
			more, err := g.include(s, ref)
			if err == nil {
				err = count(ref, more)
			}
			if err != nil {
				return 0, err
			}
		}
	}
	extensions, err := s.extensions()
	if err != nil {
		return 0, err
	}
	for _, one := range extensions {
		if one.file == nil {
			continue
		}
		more, err := g.extend(s, *one.file)
		if err == nil {
			err = count(*one.file, more)
		}
		if err != nil {
			return 0, err
		}
	}
	if err := g.checkEnvFiles(s); err != nil {
		return 0, err
	}
	g.weight[s.Path] = weight
	return weight, nil
}

func (g *gathering) include(s *Source, ref reference) (int, error) {
	if at := slices.Index(g.stack, ref.path); at >= 0 {
		return 0, s.problemAt(ref.at, ErrBadCompose, "files include each other: %s", trail(g.names(append(g.stack[at:], ref.path))))
	}
	env := s.env
	var err error
	if len(ref.envFiles) > 0 {
		env, err = env.with(g.reader, ref.envFiles...)
	} else {
		env, err = env.withDefaultFile(g.reader, ref.base)
	}
	if err != nil {
		return 0, s.named(ref, err)
	}
	included, err := g.open(s, ref, env)
	if err != nil {
		return 0, err
	}
	return g.follow(included)
}

// extend reads a file that a service extends; each use of it is a copy.
func (g *gathering) extend(s *Source, ref reference) (int, error) {
	extended, err := g.open(s, ref, s.env)
	if err != nil {
		return 0, err
	}
	if slices.Contains(g.stack, ref.path) {
		return extended.weigh()
	}
	return g.follow(extended)
}

// open reads a file that a source names.
func (g *gathering) open(s *Source, ref reference, env environment) (*Source, error) {
	if len(g.sources) >= maxFiles {
		return nil, s.problemAt(ref.at, ErrBadCompose, "the project has more than %d files", maxFiles)
	}
	named, err := g.add(ref.path, ref.role, ref.base, env)
	if err != nil {
		return nil, s.named(ref, err)
	}
	return named, nil
}

// named puts the place that names a file before what is wrong with it, unless that
// has a place of its own.
func (s *Source) named(ref reference, err error) error {
	p, ok := errors.AsType[*problem](err)
	if !ok || p.line > 0 {
		return err
	}
	kind := p.kind
	if errors.Is(kind, ErrNoCompose) {
		kind = ErrBadCompose
	}
	text := quoted(ref.at.Value)
	if p.text != "" {
		text += ": " + p.text
	}
	return s.problemAt(ref.at, kind, "%s", text)
}

// checkEnvFiles refuses files of variables that are reached through links out of
// the project. They are not read.
func (g *gathering) checkEnvFiles(s *Source) error {
	refs, err := s.envFiles()
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if err := g.checkLinks(ref.path); err != nil {
			return s.named(ref, err)
		}
	}
	return nil
}

func (g *gathering) names(paths []string) []string {
	out := make([]string, len(paths))
	for i, path := range paths {
		out[i] = display(g.dir, path)
	}
	return out
}
