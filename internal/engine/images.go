package engine

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"batten/internal/docker"
	"batten/profiles"
	"batten/project"
)

// imagePattern is what references and IDs are made of.
var imagePattern = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._:/@-]{0,511}$`)

// joinImages notes what the engine knows of each service's image; deep looks into
// the images too. It is false when no engine answers, and a service whose image the
// engine does not have is left without. Nothing is pulled, built or started.
func (e *Engine) joinImages(ctx context.Context, p *project.Project, deep bool) (bool, error) {
	engine, err := docker.Connect(ctx)
	if err != nil {
		return false, ctx.Err()
	}
	defer engine.Close()
	return true, e.joinImagesOf(ctx, engine, p, deep)
}

func (e *Engine) joinImagesOf(ctx context.Context, engine *docker.Engine, p *project.Project, deep bool) error {
	found := map[string]*project.Image{} // by reference; nil when there is none
	joined := map[string]*project.Image{}
	for _, s := range p.Services {
		for _, ref := range imageNames(p, s) {
			image, known := found[ref]
			if !known {
				var err error
				if image, err = e.image(ctx, engine, ref, deep); err != nil {
					return err
				}
				found[ref] = image
			}
			if image != nil {
				joined[s.Name] = image
				break
			}
		}
	}
	p.JoinImages(joined)
	return nil
}

// imageNames are the names that a service's image can have. An image without a
// name is called by the service: with "-" between, or "_" by the classic compose
// program.
func imageNames(p *project.Project, s project.Service) []string {
	switch {
	case s.Image != "":
		return []string{s.Image}
	case s.Build:
		return []string{p.Name + "-" + s.Name, p.Name + "_" + s.Name}
	}
	return nil
}

// image describes an image, nil when the engine does not have it or its name is
// none.
func (e *Engine) image(ctx context.Context, engine *docker.Engine, ref string, deep bool) (*project.Image, error) {
	if !imagePattern.MatchString(ref) || strings.Contains(ref, "..") { // it becomes part of a path of the API
		return nil, nil
	}
	found, err := engine.ImageInspect(ctx, ref)
	if err != nil {
		if errors.Is(err, docker.ErrNoEngine) || ctx.Err() != nil {
			return nil, err
		}
		return nil, nil
	}
	out := &project.Image{
		Ref: ref, ID: found.ID, Digest: digestOf(ref, found.Digests), User: found.User,
		Entrypoint: found.Entrypoint, Command: found.Command, HealthCheck: found.HealthCheck, StopSignal: found.StopSignal,
		EnvNames: found.EnvNames, Volumes: found.Volumes, Ports: found.Ports, Size: found.Size,
	}
	if !deep {
		return out, nil
	}
	files, err := cachedImageFiles(ctx, engine, found.ID)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		// Rules that would look into it then say less.
		e.warn("image "+ref+" cannot be looked into: "+err.Error(), "")
		return out, nil
	}
	out.Files = projectFiles(files)
	return out, nil
}

// digestOf is the digest of a reference's own repository, else the first one.
func digestOf(ref string, digests []string) string {
	repository, _, _ := profiles.SplitImage(ref)
	sorted := slices.Sorted(slices.Values(digests))
	for _, d := range sorted {
		if other, _, _ := profiles.SplitImage(d); other == repository {
			return d
		}
	}
	if len(sorted) == 0 || strings.HasPrefix(sorted[0], "<none>@") {
		return ""
	}
	return sorted[0]
}

func projectFiles(files *docker.ImageFiles) *project.ImageFiles {
	out := &project.ImageFiles{
		Entries: make(map[string]project.FileEntry, len(files.Entries)), Users: map[string]project.Account{},
		Groups: files.Groups, Scripts: files.Scripts,
	}
	for path, entry := range files.Entries {
		out.Entries[path] = project.FileEntry(entry)
	}
	for name, account := range files.Users {
		out.Users[name] = project.Account(account)
	}
	return out
}
