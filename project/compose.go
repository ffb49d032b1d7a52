package project

import (
	"context"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/tree"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"
)

// model has compose-go read what was gathered. A service whose dependency is
// disabled by a profile makes it refuse the file; the file is then read with all
// profiles enabled, because it can be hardened all the same.
func (l *location) model(ctx context.Context, sources []*Source) (*Model, error) {
	model, err := l.modelWith(ctx, sources, activeProfiles(l.env.real))
	if err != nil && anyProfiles(sources) {
		if all, errAll := l.modelWith(ctx, sources, []string{"*"}); errAll == nil {
			return all, nil
		}
	}
	return model, err
}

func anyProfiles(sources []*Source) bool {
	for _, s := range sources {
		for _, service := range s.entries("services") {
			if s.value(service.Node, "profiles") != nil {
				return true
			}
		}
	}
	return false
}

func (l *location) modelWith(ctx context.Context, sources []*Source, profiles []string) (*Model, error) {
	return l.modelIn(ctx, sources, profiles, l.split(sources))
}

func (l *location) modelIn(ctx context.Context, sources []*Source, profiles []string, parts int) (*Model, error) {
	details := types.ConfigDetails{WorkingDir: l.dir, Environment: l.env.shown.Clone()}
	configure := l.options(sources, profiles)
	dict, err := l.tree(ctx, details, sources, configure, parts)
	if err != nil {
		return nil, explain(err, l.dir, sources)
	}
	if err := checkDependencies(dict, l.dir, sources); err != nil {
		return nil, err
	}
	model, err := loader.ModelToProject(dict, loader.ToOptions(&details, []func(*loader.Options){configure}), details)
	if err != nil {
		return nil, explain(err, l.dir, sources)
	}
	hideInherited(model, sources)
	model.ComposeFiles = l.main
	return model, nil
}

// tree is the merged project before it is put into Go's types.
func (l *location) tree(ctx context.Context, details types.ConfigDetails, sources []*Source, configure func(*loader.Options), parts int) (map[string]any, error) {
	if parts > 1 {
		name, _ := l.name(sources)
		return loadParts(ctx, details, sources, configure, name, parts)
	}
	for _, s := range sources {
		if s.Role == RoleMain {
			data := s.Data
			if data == nil {
				data = []byte{}
			}
			details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{Filename: s.Path, Content: data})
		}
	}
	return loader.LoadModelWithContext(ctx, details, configure)
}

// options are how compose-go is to read: as compose does, but nothing besides the
// compose files.
func (l *location) options(sources []*Source, profiles []string) func(*loader.Options) {
	name, explicit := l.name(sources)
	windows := l.env.shown["COMPOSE_CONVERT_WINDOWS_PATHS"]
	return func(o *loader.Options) {
		o.SkipResolveEnvironment, o.SkipResolveLabels = true, true
		o.SetProjectName(name, explicit)
		o.Profiles = profiles
		o.MaxNodeVisits = 2 * maxWeight
		o.ConvertWindowsPaths = windows == "1" || windows == "true"
		o.Interpolate.Substitute = substitute
		// The mapping is compose-go's own: it is replaced, never changed.
		casts := map[tree.Path]interpolation.Cast{}
		for pattern, cast := range o.Interpolate.TypeCastMapping {
			if mayMatch(pattern, sources) {
				casts[pattern] = cast
			}
		}
		o.Interpolate.TypeCastMapping = casts
	}
}

// name is the project's, as compose derives it.
func (l *location) name(sources []*Source) (name string, explicit bool) {
	if name := l.env.shown["COMPOSE_PROJECT_NAME"]; name != "" {
		return name, true
	}
	for _, s := range sources {
		if n := s.value(s.Root, "name"); s.Role == RoleMain && n != nil && n.Value != "" {
			name = loader.NormalizeProjectName(s.fill(n.Value))
		}
	}
	if name == "" {
		name = loader.NormalizeProjectName(filepath.Base(l.dir))
	}
	// Said to be explicit, so that compose-go does not parse the files once more to
	// look for it.
	return name, name != ""
}

// mayMatch tells whether a path pattern of compose-go can match anything in the
// files: whether they use its keys at all. compose-go compares every value with
// every pattern, which is most of the time that it takes.
func mayMatch(pattern tree.Path, sources []*Source) bool {
	for _, part := range pattern.Parts() {
		if part == tree.PathMatchAll || part == tree.PathMatchList {
			continue
		}
		used := false
		for _, s := range sources {
			used = used || s.used[part]
		}
		if !used {
			return false
		}
	}
	return true
}

// usedKeys are all keys of a file.
func usedKeys(n *yaml.Node, out map[string]bool) {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			out[c.Value] = true
			continue
		}
		usedKeys(c, out)
	}
}
