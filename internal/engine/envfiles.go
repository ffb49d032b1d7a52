package engine

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"batten/plan"
	"batten/plan/secrets"
	"batten/project"
)

// gitTimeout bounds asking git about a file.
const gitTimeout = 5 * time.Second

// envFiles describes the files that variables come from: the .env of
// interpolation, and what services name. Values are not kept.
func (e *Engine) envFiles(ctx context.Context, p *project.Project) ([]plan.EnvFile, error) {
	var out []plan.EnvFile
	look := func(path, service string) error {
		data, info, err := readPlain(path)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		out = append(out, plan.EnvFile{
			Path: p.Display(path), Service: service, Mode: uint32(info.Mode().Perm()),
			Tracked: tracked(ctx, path), Secret: credentialNames(data),
		})
		return nil
	}
	if err := look(filepath.Join(p.Dir, ".env"), ""); err != nil {
		return nil, err
	}
	for _, s := range p.Services {
		for _, f := range s.Config.EnvFiles {
			if err := look(f.Path, s.Name); err != nil {
				e.warn(err.Error(), "")
			}
		}
	}
	slices.SortFunc(out, func(a, b plan.EnvFile) int {
		return strings.Compare(a.Path+"\x00"+a.Service, b.Path+"\x00"+b.Service)
	})
	return out, nil
}

// readPlain reads a small regular file without blocking on anything else.
func readPlain(path string) ([]byte, fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, nil, err
	}
	data, err := readLimited(path)
	return data, info, err
}

// tracked tells whether git has a file under version control. The repository is
// not trusted: nothing that its configuration names is run.
func tracked(ctx context.Context, path string) bool {
	ctx, cancel := context.WithTimeout(ctx, gitTimeout)
	defer cancel()
	git := exec.CommandContext(ctx, "git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
		"-C", filepath.Dir(path), "ls-files", "--error-unmatch", "--", filepath.Base(path))
	git.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
	return git.Run() == nil
}

// credentialNames are the variables of a file that look like credentials and have a
// value.
func credentialNames(data []byte) []string {
	var out []string
	for line := range strings.Lines(string(data)) {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if name = strings.TrimSpace(name); ok && strings.TrimSpace(value) != "" && secrets.Credential(name) {
			out = append(out, name)
		}
	}
	return compact(out)
}
