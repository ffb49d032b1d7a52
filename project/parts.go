package project

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"
)

// partSize is the number of services from which on a project is read in parts at
// the same time. Nearly all of compose-go's time goes into comparing each value of
// a service with each of its path patterns, one service after another.
const partSize = 50

// split tells into how many parts a project can be read: one, when its services
// depend on each other while they are read.
func (l *location) split(sources []*Source) int {
	services := 0
	for _, s := range sources {
		if s.Role != RoleMain || s.used["extends"] || s.used["include"] || s.tagged {
			return 1
		}
		services = max(services, len(s.entries("services")))
	}
	return min(max(services/partSize, 1), runtime.GOMAXPROCS(0))
}

// loadParts reads each part of the services by itself, all other sections with the
// first, and joins what comes out. Up to here compose-go looks at one value at a
// time; what looks at several services at once comes after joining.
func loadParts(ctx context.Context, details types.ConfigDetails, sources []*Source, configure func(*loader.Options), name string, parts int) (map[string]any, error) {
	files := make([][]types.ConfigFile, parts)
	for _, s := range sources {
		trees, err := s.trees(parts)
		if err != nil {
			return nil, err
		}
		for i, tree := range trees {
			files[i] = append(files[i], types.ConfigFile{Filename: s.Path, Config: tree})
		}
	}
	type result struct {
		dict map[string]any
		err  error
	}
	results := make([]chan result, parts)
	for i := range parts {
		results[i] = make(chan result, 1)
		part := details
		part.ConfigFiles, part.Environment = files[i], details.Environment.Clone()
		go func() {
			dict, err := loader.LoadModelWithContext(ctx, part, configure, func(o *loader.Options) {
				o.SkipNormalization, o.SkipDefaultValues, o.ResolvePaths = true, true, false
			})
			if err == nil {
				err = complete(dict, part.WorkingDir)
			}
			results[i] <- result{dict, err}
		}()
	}
	joined, services := map[string]any{}, map[string]any{}
	var first error
	for i, ch := range results {
		r := <-ch
		if first == nil {
			first = r.err
		}
		some, _ := r.dict["services"].(map[string]any)
		maps.Copy(services, some)
		if i == 0 {
			maps.Copy(joined, r.dict)
		}
	}
	if first != nil {
		return nil, first
	}
	joined["services"], joined["name"] = services, name
	return loader.Normalize(joined, details.Environment)
}

// trees are the file's content, its services dealt out.
func (s *Source) trees(parts int) ([]map[string]any, error) {
	out := make([]map[string]any, parts)
	whole := map[string]any{}
	if s.Root != nil {
		if err := s.Root.Decode(&whole); err != nil {
			return nil, fmt.Errorf("failed to parse %s: %w", s.Path, err)
		}
	}
	services, _ := whole["services"].(map[string]any)
	delete(whole, "services")
	names := slices.Sorted(maps.Keys(services))
	for i := range out {
		some := map[string]any{}
		for _, name := range names[len(names)*i/parts : len(names)*(i+1)/parts] {
			some[name] = services[name]
		}
		out[i] = map[string]any{"services": some}
		if i == 0 {
			maps.Copy(out[i], whole)
		}
	}
	return out, nil
}

// isTagged tells whether a file has tags of its own, such as !reset, which only
// mean something while the file is parsed.
func isTagged(n *yaml.Node) bool {
	return n.Style&yaml.TaggedStyle != 0 || slices.ContainsFunc(n.Content, isTagged)
}
