package compose

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"batten/project"
)

// profileFolder holds the seccomp profiles in the temporary folder. The classic
// program sorts merged security options, and the engine takes the last seccomp
// option of a list: with "=" and this name ours is last.
const profileFolder = "~~"

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
}

// Open prepares a session in which the services are changed. say gets what the
// program writes, line by line and as hostile as it is; nil drops it.
func Open(tool Tool, p *project.Project, changes map[string]Change, say func(string)) (*Session, error) {
	dir, err := os.MkdirTemp("", "batten-compose-")
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
			path := filepath.Join(profileFolder, fmt.Sprintf("%d.json", len(services)))
			if err := os.WriteFile(filepath.Join(s.dir, path), c.Seccomp, 0o600); err != nil {
				return fmt.Errorf("write override: %w", err)
			}
			options = append(options, "seccomp="+s.reference(path))
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

// reference is a profile's path as it stands in the option. The classic program
// opens it relative to the folder that it is called in, which is the temporary
// one; the newer one appends options instead of sorting them, and takes relative
// paths from the project.
func (s *Session) reference(path string) string {
	if s.tool.Classic {
		return path
	}
	return filepath.Join(s.dir, path)
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
	return s.run(ctx, false, append(args, services...)...)
}

// Stop stops services and leaves their containers.
func (s *Session) Stop(ctx context.Context, services ...string) error {
	return s.run(ctx, false, append([]string{"stop"}, services...)...)
}

// Remove removes stopped containers of services; volumes with names stay.
func (s *Session) Remove(ctx context.Context, services ...string) error {
	return s.run(ctx, false, append([]string{"rm", "--force", "-v"}, services...)...)
}

// Down stops and removes all of the project; volumes with names stay.
func (s *Session) Down(ctx context.Context) error {
	return s.run(ctx, false, "down")
}

func (s *Session) run(ctx context.Context, changed bool, args ...string) error {
	return s.tool.run(ctx, s.dir, s.say, s.arguments(changed, args...)...)
}
