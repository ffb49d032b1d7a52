package compose

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"

	"batten/project"
)

// profileFolder holds batten's seccomp profiles in the temporary folder.
const profileFolder = "profiles"

// Change is what batten sets for one service beside the user's files.
type Change struct {
	Seccomp         []byte // profile to run under; nil keeps the service's own
	NoNewPrivileges *bool  // nil keeps the service's own
}

// Session starts and stops services of one project. The owner calls Close.
type Session struct {
	tool    Tool
	project *project.Project
	dir     string // temporary: override and profiles
	say     func(string)
	hurry   atomic.Bool
}

// Open prepares a session in which the services are changed. say gets what the
// program writes, line by line and as hostile as it is; nil drops it.
func Open(tool Tool, p *project.Project, changes map[string]Change, say func(string)) (*Session, error) {
	sweep(os.TempDir())
	dir, err := os.MkdirTemp("", tempMark+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return nil, fmt.Errorf("make override: %w", err)
	}
	s := &Session{tool: tool, project: p, dir: dir, say: say}
	if err := s.writeOverride(changes); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close removes the temporary files. Containers stay as they are.
func (s *Session) Close() error { return os.RemoveAll(s.dir) }

// writeOverride writes the override as JSON, which is YAML in which no name can
// be taken for anything else.
func (s *Session) writeOverride(changes map[string]Change) error {
	if err := os.Mkdir(filepath.Join(s.dir, profileFolder), 0o700); err != nil {
		return fmt.Errorf("write override: %w", err)
	}
	services := map[string]any{}
	for name, c := range changes {
		var options []string
		if c.NoNewPrivileges != nil {
			options = append(options, fmt.Sprintf("no-new-privileges=%t", *c.NoNewPrivileges))
		}
		if c.Seccomp != nil {
			path := filepath.Join(s.dir, profileFolder, fmt.Sprintf("%d.json", len(services)))
			if err := os.WriteFile(path, s.winning(c.Seccomp), 0o600); err != nil {
				return fmt.Errorf("write override: %w", err)
			}
			options = append(options, "seccomp="+path)
		}
		if len(options) > 0 {
			services[name] = map[string]any{"security_opt": options}
		}
	}
	top := map[string]any{"services": services}
	if s.project.Version != "" {
		top["version"] = s.project.Version
	}
	data, err := json.Marshal(top)
	if err != nil {
		return fmt.Errorf("write override: %w", err)
	}
	if err := os.WriteFile(s.override(), data, 0o600); err != nil {
		return fmt.Errorf("write override: %w", err)
	}
	return nil
}

// winning makes a profile the one that counts: the engine takes the last seccomp
// option of a list. The newer program appends an override's options. The classic
// one sorts all of them by the content of the profiles; a first key that sorts
// behind every other, and that the engine does not look at, puts ours last.
func (s *Session) winning(profile []byte) []byte {
	i := bytes.IndexByte(profile, '{')
	if !s.tool.Classic || i < 0 {
		return profile
	}
	rest, key := bytes.TrimSpace(profile[i+1:]), `{"~~": 0, `
	if bytes.HasPrefix(rest, []byte("}")) {
		key = `{"~~": 0 `
	}
	return append([]byte(key), rest...)
}

func (s *Session) override() string { return filepath.Join(s.dir, "override.json") }

// arguments are the program's global arguments, with or without batten's
// changes.
func (s *Session) arguments(changed bool, rest ...string) []string {
	args := []string{"--project-name", s.project.Name, "--project-directory", s.project.Dir}
	for _, f := range s.project.Files {
		args = append(args, "--file", f)
	}
	if changed {
		args = append(args, "--file", s.override())
	}
	return append(args, rest...)
}

// Name is how people call the compose program.
func (s *Session) Name() string { return s.tool.Name() }

// Up starts services that do not run, with batten's changes, and those that they
// depend on.
func (s *Session) Up(ctx context.Context, services ...string) error {
	return s.run(ctx, true, append([]string{"up", "--detach"}, services...)...)
}

// Renew makes running services anew with batten's changes, and only them.
func (s *Session) Renew(ctx context.Context, services ...string) error {
	return s.run(ctx, true, append([]string{"up", "--detach", "--no-deps", "--force-recreate"}, services...)...)
}

// Restore makes services anew as the user's files say, running or only created.
func (s *Session) Restore(ctx context.Context, running bool, services ...string) error {
	args := []string{"up", "--no-deps", "--force-recreate", "--no-start"}
	if running {
		args[len(args)-1] = "--detach"
	}
	return s.run(ctx, false, slices.Concat(args, s.grace(), services)...)
}

// Stop stops services and leaves their containers.
func (s *Session) Stop(ctx context.Context, services ...string) error {
	return s.run(ctx, false, slices.Concat([]string{"stop"}, s.grace(), services)...)
}

// Remove removes stopped containers of services; volumes with names stay.
func (s *Session) Remove(ctx context.Context, services ...string) error {
	return s.run(ctx, false, append([]string{"rm", "--force", "-v"}, services...)...)
}

// Down stops and removes all of the project; volumes with names stay.
func (s *Session) Down(ctx context.Context) error {
	return s.run(ctx, false, append([]string{"down"}, s.grace()...)...)
}

// Hurry makes containers be killed from now on instead of asked to stop.
func (s *Session) Hurry() { s.hurry.Store(true) }

// grace is how long containers that a command stops may take, as its flag.
func (s *Session) grace() []string {
	if s.hurry.Load() {
		return []string{"--timeout", "0"}
	}
	return nil
}

// run executes the program in the folder from which the classic one reads the
// relative paths of seccomp profiles: the project's own.
func (s *Session) run(ctx context.Context, changed bool, args ...string) error {
	return s.tool.run(ctx, s.project.Dir, s.say, s.arguments(changed, args...)...)
}
