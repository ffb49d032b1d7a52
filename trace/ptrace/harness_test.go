package ptrace_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"batten/internal/launch"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ptrace"
)

func TestMain(m *testing.M) {
	launch.Hook()
	playRole()
	os.Exit(m.Run())
}

// lacking skips a test whose environment lacks something, or fails it where CI
// says that the environment is complete.
func lacking(t testing.TB, format string, args ...any) {
	t.Helper()
	if strings.Contains(os.Getenv("BATTEN_REQUIRE"), "ebpf") {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// build compiles one of the programs in testdata.
func build(t testing.TB, name string, flags ...string) string {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		lacking(t, "gcc is not installed")
	}
	// A folder that other users may read: some tests give privileges up.
	dir, err := os.MkdirTemp("", "batten-ptrace-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, name)
	args := append([]string{"-O1", "-w", "-static", "-pthread", "-o", out, filepath.Join("testdata", name+".c")}, flags...)
	if msg, err := exec.Command(gcc, args...).CombinedOutput(); err != nil {
		t.Fatalf("compile %s: %v\n%s", name, err, msg)
	}
	return out
}

// bounded fails the test instead of hanging.
func bounded(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// record traces one command to its end.
func record(t testing.TB, o ptrace.Options, c *launch.Command) (profiles.Recording, int, string) {
	t.Helper()
	var out buffer
	if c.Stdout == nil {
		c.Stdout = &out
	}
	c.Stderr = c.Stdout
	ctx := bounded(t)
	s, err := ptrace.New(o).Start(ctx, []trace.Target{{Service: profiles.Service{Name: "it"}, Command: c}})
	if err != nil {
		t.Fatal(err)
	}
	awaitExit(t, ctx, s)
	recs, err := s.Close()
	if err != nil || len(recs) != 1 {
		t.Fatalf("%d recordings, error %v", len(recs), err)
	}
	if err := recs[0].Encode(io.Discard); err != nil {
		t.Errorf("the recording is not valid: %v", err)
	}
	return recs[0], s.ExitCode(), out.String()
}

func awaitExit(t testing.TB, ctx context.Context, s trace.Session) {
	t.Helper()
	select {
	case <-s.Exited():
	case <-ctx.Done():
		recs, _ := s.Close()
		t.Fatalf("it did not end; recordings %+v", recs)
	}
}

func names(r profiles.Recording) string {
	var out []string
	for _, c := range r.Syscalls {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

func find(r profiles.Recording, name string) *profiles.Syscall {
	for i := range r.Syscalls {
		if r.Syscalls[i].Name == name {
			return &r.Syscalls[i]
		}
	}
	return nil
}

// modes are the two ways of stopping.
var modes = []struct {
	name    string
	options ptrace.Options
	backend string
}{
	{"plain", ptrace.Options{SeccompTrace: ptrace.SeccompOff}, "ptrace"},
	{"seccomp", ptrace.Options{SeccompTrace: ptrace.SeccompOn}, "ptrace/seccomp"},
}

func inBothModes(t *testing.T, f func(t *testing.T, o ptrace.Options, backend string)) {
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) { f(t, m.options, m.backend) })
	}
}
