package project

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/sirupsen/logrus"
)

// quiet keeps compose-go from writing its warnings, which quote the file, past
// batten's escaping to the terminal.
var quiet = sync.OnceFunc(func() { logrus.SetOutput(io.Discard); logrus.SetLevel(logrus.PanicLevel) })

// Load reads the project in a folder. Without files, the ones that compose would
// take are taken: COMPOSE_FILE, or compose.yaml and its kin with an override, of
// this folder or the nearest one above it. What is wrong with a file is told in
// one line with its place, and wraps [ErrBadCompose].
func Load(ctx context.Context, dir string, files []string) (*Project, error) {
	l, err := locate(dir, files, nil)
	if err != nil {
		return nil, err
	}
	p, err := l.load(ctx)
	if err != nil {
		return nil, fmt.Errorf("load project: %w", err)
	}
	return p, nil
}

// Loads reads the model of a project whose folder is dir and whose files are main,
// as [Load] does, with contents in place of what is on disk: of main files and of
// files that exist nowhere, by absolute path. Files that are included or extended
// are always those on disk; contents of theirs are refused unless they equal them.
func Loads(ctx context.Context, dir string, files map[string][]byte, main []string) (*Model, error) {
	l, err := locate(dir, main, files)
	if err != nil {
		return nil, err
	}
	sources, err := l.gather(ctx, l.main, l.env)
	if err == nil {
		err = onlyMainReplaced(sources, files)
	}
	var model *Model
	if err == nil {
		_, err = reportUnset(sources)
	}
	if err == nil {
		model, err = l.model(ctx, sources)
	}
	if err != nil {
		return nil, fmt.Errorf("load project: %w", err)
	}
	return model, nil
}

// onlyMainReplaced refuses contents that compose-go would not see.
func onlyMainReplaced(sources []*Source, files map[string][]byte) error {
	for _, s := range sources {
		data, ok := files[s.Path]
		if !ok || s.Role == RoleMain {
			continue
		}
		if disk, err := readRegular(s.Path, maxComposeFile); err != nil || !slices.Equal(disk, data) {
			return s.problemAt(nil, ErrBadCompose, "the content of %s files cannot be replaced", s.Role)
		}
	}
	return nil
}

// location is where a project is and what its variables are.
type location struct {
	*reader
	main []string // absolute
	env  environment
}

func locate(dir string, files []string, contents map[string][]byte) (*location, error) {
	quiet()
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("load project: %w", err)
	}
	l := &location{reader: &reader{dir: dir, contents: contents}, env: processEnvironment()}
	if len(files) == 0 {
		// compose reads the .env of this folder before it looks for files.
		if l.env, err = l.env.withDefaultFile(l.reader, dir); err != nil {
			return nil, fmt.Errorf("load project: %w", err)
		}
		files = findFiles(dir, l.env.real)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("load project in %s: %w", Printable(dir), ErrNoCompose)
	}
	for _, f := range files {
		path := f
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		path = filepath.Clean(path)
		if _, replaced := contents[path]; !replaced {
			if _, err := os.Stat(path); err != nil {
				return nil, fmt.Errorf("load project: %w: %s: %w", ErrNoCompose, Printable(f), cause(err))
			}
		}
		l.main = append(l.main, path)
	}
	if contents == nil {
		l.dir = filepath.Dir(l.main[0])
	}
	if l.env, err = l.env.withDefaultFile(l.reader, l.dir); err != nil {
		return nil, fmt.Errorf("load project: %w", err)
	}
	return l, nil
}

// findFiles are the files that compose takes when none is named.
func findFiles(dir string, env map[string]string) []string {
	if list := env["COMPOSE_FILE"]; list != "" {
		separator := env["COMPOSE_PATH_SEPARATOR"]
		if separator == "" {
			separator = string(os.PathListSeparator)
		}
		return strings.Split(list, separator)
	}
	for {
		if found := firstOf(dir, cli.DefaultFileNames); found != "" {
			files := []string{found}
			if override := firstOf(dir, cli.DefaultOverrideFileNames); override != "" {
				files = append(files, override)
			}
			return files
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil
		}
		dir = parent
	}
}

func firstOf(dir string, names []string) string {
	for _, name := range names {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

func (l *location) load(ctx context.Context) (*Project, error) {
	sources, err := l.gather(ctx, l.main, l.env)
	if err != nil {
		return nil, err
	}
	unset, err := reportUnset(sources)
	if err != nil {
		return nil, err
	}
	model, err := l.model(ctx, sources)
	if err != nil {
		return nil, err
	}
	p := &Project{
		Name: model.Name, Dir: l.dir, Files: l.main, Version: sources[0].version(),
		Sources: sources, Model: model, Unset: unset, env: l.env,
	}
	return p, p.addServices()
}

// reportUnset finds the variables that nothing sets.
func reportUnset(sources []*Source) ([]UnsetVariable, error) {
	var out []UnsetVariable
	for i, s := range sources {
		unset, err := s.unset(i)
		if err != nil {
			return nil, err
		}
		out = append(out, unset...)
	}
	return out[:min(len(out), maxUnset)], nil
}

// version is the version key as it is written: docker-compose 1.29 refuses to
// merge files of different versions.
func (s *Source) version() string {
	if n := s.value(s.Root, "version"); n != nil {
		return n.Value
	}
	return ""
}
