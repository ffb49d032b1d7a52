package compose

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"batten/internal/testenv/require"
	"batten/plan"
	"batten/project"
)

// corpus is the folder of other people's compose files.
func corpus(t *testing.T) string {
	t.Helper()
	return require.Corpus(t)
}

func composeFiles(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		ext := filepath.Ext(path)
		if err == nil && !d.IsDir() && (ext == ".yml" || ext == ".yaml") && strings.Contains(filepath.Base(path), "compose") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// synthetic are changes such as rules make, one decision a rule and service. What is
// as wanted already gives none that would be made twice.
func synthetic(p *project.Project, secret func(name string) bool) *plan.Plan {
	var decisions [][]plan.Change
	decisions = append(decisions,
		[]plan.Change{{Op: plan.Set, Path: project.Path{"version"}, Value: "3.8"}},
		[]plan.Change{{Op: plan.Set, Path: project.Path{"networks", "batten-back", "internal"}, Value: true},
			{Op: plan.Set, Path: project.Path{"secrets", "batten-pw", "file"}, Value: "./hardened/secrets/pw"}})
	for _, name := range serviceNames(p) {
		service := project.Path{"services", name}
		decisions = append(decisions,
			[]plan.Change{plan.SetService(name, true, "read_only")},
			[]plan.Change{plan.AddItem(name, "security_opt", "no-new-privileges:true", "no-new-privileges")},
			[]plan.Change{plan.AddItem(name, "security_opt", "seccomp=./hardened/seccomp/x.json", "seccomp")},
			[]plan.Change{plan.SetService(name, []any{"ALL"}, "cap_drop"), plan.SetService(name, []any{"CHOWN", "SETUID"}, "cap_add")},
			[]plan.Change{plan.SetService(name, "64M", "deploy", "resources", "limits", "memory")},
			[]plan.Change{plan.SetService(name, plan.Map{{Key: "driver", Value: "json-file"}, {Key: "options", Value: plan.Map{{Key: "max-size", Value: "10m"}}}}, "logging")},
			[]plan.Change{plan.RemoveService(name, "privileged"), plan.RemoveService(name, "container_name")},
		)
		var ports, env []plan.Change
		for _, w := range p.Items(service.Join("ports")...) {
			if strings.Contains(w.Text, ":") && !strings.HasPrefix(w.Text, "127.0.0.1:") {
				ports = append(ports, plan.ReplaceAt(w, "127.0.0.1:"+w.Text))
			}
			if published, ok := p.Lookup(w.Path.Join("published")...); ok && published.Text != "8443" {
				ports = append(ports, plan.ReplaceAt(published, 8443))
			}
		}
		for _, w := range p.Entries(service.Join("environment")...) {
			if secret(w.Key) {
				env = append(env, plan.RemoveEntry(p, service.Join("environment"), w.Key)...)
				env = append(env, plan.SetEntry(p, service.Join("environment"), w.Key+"_FILE", "/run/secrets/x")...)
			}
		}
		decisions = append(decisions, ports, env)
	}
	return newPlan(decisions...)
}

func serviceNames(p *project.Project) []string {
	var out []string
	for _, s := range p.Sources {
		if s.Role == project.RoleExtended {
			continue
		}
		tree, err := decode(s.Root)
		if err != nil {
			continue
		}
		if services := tree.get("services"); services != nil {
			for _, e := range services.keys {
				if !slices.Contains(out, e.key) {
					out = append(out, e.key)
				}
			}
		}
	}
	return out
}

func looksSecret(name string) bool {
	return !strings.HasSuffix(name, "_FILE") && strings.Contains(name, "PASS") ||
		name == "TZ" || name == "PUID"
}

// again is the project that the outputs make.
func again(t testing.TB, p *project.Project, out *Output) *project.Project {
	t.Helper()
	q := *p
	q.Sources = nil
	for _, s := range p.Sources {
		s := *s
		for _, f := range out.Files {
			if filepath.Join(p.Dir, f.Path) == s.Path {
				root, err := project.ParseSource(f.Content)
				if err != nil {
					t.Fatalf("%s: the result is no YAML", s.Name)
				}
				s.Data, s.Root = f.Content, root
			}
		}
		q.Sources = append(q.Sources, &s)
	}
	return &q
}

func TestEveryFileOfTheCorpusIsEditedAndProved(t *testing.T) {
	dir := corpus(t)
	paths := composeFiles(t, dir)
	if len(paths) == 0 {
		t.Fatal("the corpus holds no compose file")
	}
	files, models, services, decisions, refusals, written := 0, 0, 0, 0, 0, 0
	for _, path := range paths {
		name, _ := filepath.Rel(dir, path)
		in := Input{InPlace: true}
		p, err := project.Load(t.Context(), filepath.Dir(path), []string{path})
		if err == nil {
			models++
			in.Load = func(ctx context.Context, contents map[string][]byte) (*project.Model, error) {
				return project.Loads(ctx, p.Dir, contents, p.Files)
			}
		} else {
			// What the loader makes of a file is its own tests' matter.
			data, readErr := os.ReadFile(path)
			if readErr != nil {
				t.Fatal(readErr)
			}
			t.Logf("%s: proved by its tree alone: %v", name, err)
			p = newProject(t, main(filepath.Base(path), string(data)))
		}
		pl := synthetic(p, looksSecret)
		in.Project, in.Plan = p, pl
		out, err := Generate(t.Context(), in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, r := range out.Refused {
			t.Logf("%s: %s: %s (line %d)", name, r.Finding, r.Reason, r.At.Line)
		}
		for _, f := range out.Files {
			keptOutside(t, p.Sources[0].Data, f)
			for _, r := range f.Why {
				written += r.Last - r.First + 1
			}
		}
		q := again(t, p, out)
		second, err := Generate(t.Context(), Input{Project: q, Plan: synthetic(q, looksSecret), InPlace: true})
		if err != nil {
			t.Errorf("%s: again: %v", name, err)
			continue
		}
		if len(out.Refused) == 0 {
			for _, f := range second.Files {
				t.Errorf("%s: the second run changes %d places", name, len(f.Why))
			}
		}
		files++
		services += len(serviceNames(p))
		decisions += len(pl.Decisions)
		refusals += len(out.Refused)
	}
	t.Logf("%5s %9s %9s %10s %8s %13s", "files", "by model", "services", "decisions", "refused", "lines written")
	t.Logf("%5d %9d %9d %10d %8d %13d", files, models, services, decisions, refusals, written)
}
