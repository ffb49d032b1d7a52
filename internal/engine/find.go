package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"batten/internal/atomicfile"
	"batten/internal/fault"
	"batten/profiles"
)

// Find reads a profile by a service's name or by a file's path. What looks like a
// path (it has a slash or ends in .json) is one.
func (e *Engine) Find(name string) (profiles.Profile, error) {
	if looksLikeFile(name) {
		return e.readFile(name)
	}
	f, err := e.open()
	if err != nil {
		return profiles.Profile{}, err
	}
	defer f.Close()
	s, err := e.load(f, fileName(name))
	if err != nil {
		return profiles.Profile{}, err
	}
	if !s.found {
		return profiles.Profile{}, e.unknown(f, name)
	}
	if len(s.leftOver) > 0 {
		e.warn("merging the unfinished recording of "+name, "the next trace keeps it merged")
	}
	return s.profile, nil
}

func (e *Engine) unknown(f *atomicfile.Folder, name string) error {
	err := fmt.Errorf("find profile: no recording of %q in %s", name, f.Path(e.recordings()))
	have, _ := e.services(f)
	if len(have) == 0 {
		return fault.Wrap(fault.Usage, err, "record it first: batten trace "+name)
	}
	return fault.Wrap(fault.Usage, err, "recorded are: "+strings.Join(have, ", "))
}

// readFile reads a profile from anywhere: the user named it. "-" is not a file
// here, and devices or pipes are refused, so that nothing hangs.
func (e *Engine) readFile(name string) (profiles.Profile, error) {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	dir, err := atomicfile.Open(filepath.Dir(name))
	if err != nil {
		return profiles.Profile{}, fault.Default(fault.Usage, err, "")
	}
	defer dir.Close()
	p, err := readProfile(dir, filepath.Base(name))
	if errors.Is(err, fs.ErrNotExist) {
		return p, fault.New(fault.Usage, "", "read profile: %s does not exist", name)
	}
	return p, badFile(err)
}

// Recorded lists the services of which the project holds recordings, for
// completion.
func (e *Engine) Recorded() []string {
	f, err := e.open()
	if err != nil {
		return nil
	}
	defer f.Close()
	names, _ := e.services(f)
	return names
}

// Containers names the running containers, for completion.
func (e *Engine) Containers(ctx context.Context) []string {
	engine, err := connect(ctx)
	if err != nil {
		return nil
	}
	defer engine.Close()
	list, err := engine.List(ctx, "", false)
	if err != nil {
		return nil
	}
	var out []string
	for _, c := range list {
		out = append(out, c.Name)
	}
	return out
}
