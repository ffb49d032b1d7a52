// Package corpus hardens real compose files of strangers and holds the results
// against every program that reads such files.
package corpus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v4"

	"batten/internal/engine"
	"batten/internal/testenv/require"
	"batten/plan/secrets"
	"batten/project"
	"batten/project/dialect"
)

// outcome is what became of one file.
type outcome struct {
	name     string
	refused  string          // why it could not be hardened, "" when it was
	before   map[string]bool // by reader
	after    map[string]error
	keeps    bool // to version 3.8, once it says so
	findings int
	applied  int
	secrets  int
	trouble  []string
}

// TestEveryFileOfTheCorpus hardens every compose file there is, and checks what every
// reader, a byte comparison, a second run and a search for secrets say of it.
func TestEveryFileOfTheCorpus(t *testing.T) {
	require.Docker(t)
	require.Tool(t, "docker", "docker-compose")
	root := require.Corpus(t)
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && !d.IsDir() && (ext == ".yml" || ext == ".yaml") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	outcomes := make([]outcome, len(files))
	var wait sync.WaitGroup
	next := make(chan int)
	for range workers {
		readers := readersOf(t)
		wait.Go(func() {
			for i := range next {
				name, _ := filepath.Rel(root, files[i])
				outcomes[i] = harden(t, files[i], name, readers)
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	wait.Wait()
	table(t, outcomes)
}

// workers is how many files are looked at together.
const workers = 2

// harden does all of it with one file, in a copy of its folder.
func harden(t *testing.T, file, path string, readers []reader) outcome {
	ctx := t.Context()
	// Deep, because build contexts may lie above.
	dir := filepath.Join(t.TempDir(), "a", "b", "project")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Error(err)
		return outcome{}
	}
	name := filepath.Base(file)
	source, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
		return outcome{}
	}
	copyFile(t, file, filepath.Join(dir, name))
	if env := filepath.Join(filepath.Dir(file), ".env"); exists(env) {
		copyFile(t, env, filepath.Join(dir, ".env"))
	}
	makeRoom(t, dir, source)
	o := outcome{name: path, before: map[string]bool{}, after: map[string]error{}}
	for _, r := range readers {
		o.before[r.name] = r.accept(ctx, dir, name) == nil
	}
	o.keeps = keepsTo38(source)

	h, err := run(ctx, dir, name, true)
	if err != nil {
		o.refused = err.Error()
		return o
	}
	o.findings, o.applied = len(h.Plan.Decisions), len(h.Plan.Applied())
	hardened := h.Main[0]
	data, err := os.ReadFile(filepath.Join(dir, hardened))
	if err != nil {
		o.trouble = append(o.trouble, err.Error())
		return o
	}
	for _, r := range readers {
		o.after[r.name] = r.accept(ctx, dir, hardened)
		if err := o.after[r.name]; err != nil && (o.before[r.name] || o.keeps) {
			o.trouble = append(o.trouble, fmt.Sprintf("%s does not take it: %v", r.name, err))
		}
	}
	if now, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(now, source) {
		o.trouble = append(o.trouble, "the user's own file was changed")
	}
	o.trouble = append(o.trouble, secretsLeft(ctx, dir, hardened, h, wordsLeft[o.name] != "")...)
	o.secrets = count(h, "secret")
	again, err := run(ctx, dir, name, false)
	if err != nil {
		o.trouble = append(o.trouble, "a second time: "+err.Error())
		return o
	}
	for _, f := range again.Files {
		if f.State != engine.StateSame {
			o.trouble = append(o.trouble, fmt.Sprintf("a second time %s would be %s", f.Path, f.State))
		}
	}
	o.trouble = append(o.trouble, bytesOutside(source, data, h)...)
	return o
}

func run(ctx context.Context, dir, name string, write bool) (*engine.Hardening, error) {
	e, err := engine.New(engine.Options{Dir: dir, Files: []string{name}})
	if err != nil {
		return nil, err
	}
	h, err := e.Harden(ctx, engine.HardenRequest{SurveyRequest: engine.SurveyRequest{Offline: true}})
	if err == nil && write {
		err = e.Write(h)
	}
	return h, err
}

func count(h *engine.Hardening, what string) int {
	n := 0
	for _, f := range h.Files {
		if f.What == what {
			n++
		}
	}
	return n
}

// bytesOutside checks that what no finding is behind is the user's own, byte for
// byte: every line that is new or gone has its reason, and line ends are kept. A blank
// line before a new section needs none, nor does the end of a last line that had none.
func bytesOutside(source, hardened []byte, h *engine.Hardening) []string {
	var out []string
	for _, f := range h.Files {
		for _, hunk := range f.Hunks {
			for _, line := range hunk.Lines {
				ended := line.Kind == "+" && bytes.HasSuffix(source, []byte(line.Text))
				if line.Kind != " " && len(line.Findings) == 0 && line.Text != "" && !ended {
					out = append(out, fmt.Sprintf("line %s%q has no reason", line.Kind, line.Text))
				}
			}
		}
	}
	if crlf(source) != crlf(hardened) {
		out = append(out, "line ends changed")
	}
	return out
}

func crlf(data []byte) bool { return bytes.Contains(data, []byte("\r\n")) }

// wordsLeft are files in which a word that is somebody's password stands in prose or a
// link of the app store that they are of: x-casaos is not for compose, and what stands
// there is shown to people. Nothing else may hold a value.
var wordsLeft = map[string]string{
	"IceWhaleTech+CasaOS-AppStore/Apps/MineOS/docker-compose.yml":   "a tip says what the password is unless it is set",
	"IceWhaleTech+CasaOS-AppStore/Apps/OpenClaw/docker-compose.yml": "the link to the app carries its token",
}

// secretsLeft looks for secrets in everything that is committed.
func secretsLeft(ctx context.Context, dir, hardened string, h *engine.Hardening, word bool) []string {
	p, err := project.Load(ctx, dir, []string{hardened})
	if err != nil {
		return []string{"load the hardened file: " + err.Error()}
	}
	var out []string
	for _, left := range secrets.Left(p) {
		out = append(out, fmt.Sprintf("a secret is left in %s %s %s", left.Service, left.Place, left.Key))
	}
	values := h.SecretValues()
	for _, f := range h.Files {
		if f.What == "secret" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, f.Path))
		if err != nil {
			continue
		}
		// A project may be called what somebody's password is.
		text := strings.ReplaceAll(string(data), "-p "+h.Project+" ", "")
		if masked := secrets.Mask(values, text); masked != text && !(f.Path == hardened && word) {
			out = append(out, f.Path+" holds a secret's value")
		}
	}
	return out
}

// keepsTo38 tells whether a file is within version 3.8 once it says that it is.
func keepsTo38(source []byte) bool {
	var tree map[string]any
	if yaml.Unmarshal(source, &tree) != nil || tree == nil {
		return false
	}
	tree["version"] = "3.8"
	return dialect.ValidateStrict(tree) == nil
}

// makeRoom makes what readers want to exist besides the file: build contexts and
// files of variables.
func makeRoom(t *testing.T, dir string, source []byte) {
	var tree struct {
		Services map[string]struct {
			Build   any `yaml:"build"`
			EnvFile any `yaml:"env_file"`
		} `yaml:"services"`
	}
	if yaml.Unmarshal(source, &tree) != nil {
		return
	}
	for _, s := range tree.Services {
		context, _ := s.Build.(string)
		if m, ok := s.Build.(map[string]any); ok {
			context, _ = m["context"].(string)
		}
		if context != "" && !filepath.IsAbs(context) && strings.Count(context, "..") < 3 {
			if err := os.MkdirAll(filepath.Join(dir, context), 0o755); err != nil {
				t.Error(err)
			}
		}
		files, _ := s.EnvFile.([]any)
		if one, ok := s.EnvFile.(string); ok {
			files = []any{one}
		}
		for _, f := range files {
			if name, ok := f.(string); ok && filepath.IsLocal(name) && !exists(filepath.Join(dir, name)) {
				if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func copyFile(t *testing.T, from, to string) {
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o644)
	}
	if err != nil {
		t.Error(err)
	}
}

// table prints the counts and fails for every trouble.
func table(t *testing.T, all []outcome) {
	var b strings.Builder
	refused, findings, applied, moved := 0, 0, 0, 0
	for _, o := range all {
		if o.refused != "" {
			refused++
			fmt.Fprintf(&b, "refused: %s: %s\n", o.name, o.refused)
		}
		findings, applied, moved = findings+o.findings, applied+o.applied, moved+o.secrets
		for _, text := range o.trouble {
			t.Errorf("%s: %s", o.name, text)
		}
	}
	fmt.Fprintf(&b, "%-16s %8s %8s\n", "reader", "source", "hardened")
	for _, name := range []string{"3.8 schema", "docker-compose", "Compose v2", "docker stack"} {
		before, after := 0, 0
		for _, o := range all {
			if o.before[name] {
				before++
			}
			if err, asked := o.after[name]; asked && err == nil {
				after++
			}
		}
		fmt.Fprintf(&b, "%-16s %8d %8d\n", name, before, after)
	}
	keeps := 0
	for _, o := range all {
		if o.keeps {
			keeps++
		}
	}
	fmt.Fprintf(&b, "%d files, %d within 3.8, %d refused; %d findings, %d applied, %d secrets' files\n",
		len(all), keeps, refused, findings, applied, moved)
	t.Log("\n" + b.String())
	if refused > len(all)/50 {
		t.Errorf("%d files are refused", refused)
	}
}
