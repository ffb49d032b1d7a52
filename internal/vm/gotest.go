package vm

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"batten/internal/testenv/require"
	"batten/internal/vm/archive"
)

// Tests are tests of one package, to run inside.
type Tests struct {
	Package string   // import path
	Run     string   // which, as go test -run takes it; empty is all
	Skip    string   // which not, as go test -skip takes it
	Files   []string // files and folders that they read beyond the package's testdata, below the module's root
	Env     []string
	// MaySkip are words of the reasons for which tests may skip themselves inside
	// although virtual machines are demanded: what they need and the guest lacks.
	MaySkip []string
	Timeout time.Duration // 0 is eight minutes
}

// source is where the module's root is in the guest.
const source = "/src"

// always are read by tests of every package: what tells the module's root, and the
// sources of the programs that tests trace.
var always = []string{"go.mod", "testdata/images/programs"}

// GoTest compiles the tests of a package here, without cgo, runs them in the guest,
// and repeats the result of each as a subtest of t: a failure fails, a skip skips,
// unless BATTEN_REQUIRE demands virtual machines: then it fails. Tests that began
// and did not end fail, and so does a run without any test.
func (m *Machine) GoTest(t *testing.T, p Tests) {
	t.Helper()
	top := moduleRoot(t)
	entries, name, err := p.files(t.Context(), top, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := m.put(t.Context(), entries); err != nil {
		t.Fatalf("copy tests of %s into the virtual machine: %v", p.Package, err)
	}
	timeout := p.Timeout
	if timeout == 0 {
		timeout = 8 * time.Minute
	}
	run, err := collect(t.Context(), p.Package, func(output io.Writer) (Result, error) {
		return m.run(t.Context(), Command{
			Args:    append([]string{"./" + path.Base(name), "-test.v=test2json", "-test.timeout=" + timeout.String()}, p.flags()...),
			Dir:     "/" + path.Dir(name),
			Env:     append([]string{"BATTEN_REQUIRE="}, p.Env...),
			Timeout: timeout + 10*time.Second,
			Output:  output,
		})
	})
	if err != nil {
		t.Errorf("tests of %s: %v", p.Package, err)
	}
	run.repeat(t, p)
}

func (p Tests) flags() []string {
	var flags []string
	if p.Run != "" {
		flags = append(flags, "-test.run="+p.Run)
	}
	if p.Skip != "" {
		flags = append(flags, "-test.skip="+p.Skip)
	}
	return flags
}

// files compiles the tests and lists all that they need; name is the path of the
// program in the guest, without a leading slash.
func (p Tests) files(ctx context.Context, top, dir string) (entries []archive.Entry, name string, err error) {
	list := exec.CommandContext(ctx, "go", "list", "-f", "{{.Dir}}", p.Package)
	list.Dir = top
	out, err := list.Output()
	if err != nil {
		return nil, "", fmt.Errorf("find package %s: %w", p.Package, err)
	}
	below, err := filepath.Rel(top, strings.TrimSpace(string(out)))
	if err != nil || !filepath.IsLocal(below) {
		return nil, "", fmt.Errorf("find package %s: it is not in this module", p.Package)
	}
	program := filepath.Join(dir, "tests")
	build := exec.CommandContext(ctx, "go", "test", "-c", "-o", program, p.Package)
	build.Dir = top
	// A program without cgo needs no library, which would be of another version inside.
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, "", fmt.Errorf("compile tests of %s: %w\n%s", p.Package, err, out)
	}
	if _, err := os.Stat(program); err != nil {
		return nil, "", fmt.Errorf("compile tests of %s: it has none", p.Package)
	}
	in := strings.TrimPrefix(source, "/")
	wanted := append(slices.Clone(always), p.Files...)
	if testdata := filepath.Join(below, "testdata"); isFolder(filepath.Join(top, testdata)) {
		wanted = append(wanted, testdata)
	}
	for _, file := range wanted {
		entries = append(entries, archive.Entry{Name: path.Join(in, filepath.ToSlash(file)), From: filepath.Join(top, file)})
	}
	name = path.Join(in, filepath.ToSlash(below), "tests.test")
	return append(entries, archive.Entry{Name: name, From: program}), name, nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// repeat makes a subtest of each test that ran inside.
func (r *testRun) repeat(t *testing.T, p Tests) {
	t.Helper()
	if len(r.top) == 0 {
		t.Errorf("tests of %s: none ran inside\n%s", p.Package, r.loose.String())
		return
	}
	for _, one := range r.top {
		one.repeat(t, p)
	}
	if s := strings.TrimSpace(r.loose.String()); s != "" && r.failed {
		t.Log(s)
	}
}

func (o *testResult) repeat(t *testing.T, p Tests) {
	t.Helper()
	t.Run(o.short(), func(t *testing.T) {
		for _, sub := range o.subs {
			sub.repeat(t, p)
		}
		text := strings.TrimRight(o.output.String(), "\n")
		switch {
		case o.action == "skip" && slices.ContainsFunc(p.MaySkip, func(words string) bool { return strings.Contains(text, words) }):
			t.Skip(text)
		case o.action == "skip":
			require.Skip(t, "vm", text)
		case o.action == "fail":
			t.Error(text)
		case o.action == "":
			t.Errorf("did not end\n%s", text)
		case text != "":
			t.Log(text)
		}
	})
}
