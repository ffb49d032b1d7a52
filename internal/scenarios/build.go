package scenarios

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"batten/internal/testenv/require"
)

// sources is the folder of this package's own sources, whoever's test asks.
func sources(t testing.TB) string {
	t.Helper()
	at, err := os.Getwd()
	for err == nil && at != filepath.Dir(at) {
		if _, missing := os.Stat(filepath.Join(at, "go.mod")); missing == nil {
			return filepath.Join(at, "internal", "scenarios", "testdata")
		}
		at = filepath.Dir(at)
	}
	t.Fatalf("find module: no go.mod above the working folder (%v)", err)
	return ""
}

// Built names, in the environment, a folder with static programs that are built
// already: where compiling takes long.
const Built = "BATTEN_SCENARIOS"

func copyProgram(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}

// Build compiles a scenario's program into a folder that any user may enter, which
// is removed when the test ends. It skips where there is no compiler, or where the
// scenario lacks something here.
func Build(t testing.TB, s Scenario) (program string) {
	t.Helper()
	if s.Root {
		require.Root(t)
	}
	if s.IPv6 && !loopback6() {
		t.Skip("the machine has no ::1: enable IPv6 on its loopback interface")
	}
	program = filepath.Join(Folder(t), s.Name)
	if built := os.Getenv(Built); built != "" && s.Static {
		if err := copyProgram(filepath.Join(built, s.Name), program); err != nil {
			t.Fatalf("copy %s: %v", s.Name, err)
		}
		return program
	}
	gcc := require.Tool(t, "ebpf", "gcc")
	args := []string{"-O1", "-Wall", "-Wextra", "-Werror", "-o", program, filepath.Join(sources(t), s.Name+".c")}
	if s.Static {
		args = append(args, "-static")
	}
	if out, err := exec.CommandContext(t.Context(), gcc, args...).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", s.Name, err, out)
	}
	return program
}

// loopback6 tells whether ::1 can be used.
var loopback6 = sync.OnceValue(func() bool {
	l, err := net.Listen("tcp6", "[::1]:0")
	return err == nil && errors.Join(l.Close()) == nil
})

// Folder makes an empty folder that any user may enter and that is removed when the
// test ends. Links in its path are resolved.
func Folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "batten-scenario-")
	if err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		err = os.Chmod(dir, 0o755)
	}
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		t.Fatalf("make folder: %v", err)
	}
	return dir
}

// Here builds a scenario to run on this machine itself, in a new work folder.
func Here(t testing.TB, s Scenario) Place {
	t.Helper()
	p := Place{Program: Build(t, s), Work: Folder(t)}
	if s.Static {
		return p
	}
	var err error
	if p.Shell, err = filepath.EvalSymlinks("/bin/sh"); err != nil {
		t.Fatalf("find shell: %v", err)
	}
	out, err := exec.CommandContext(t.Context(), "gcc", "-print-file-name=libm.so.6").Output()
	if err == nil {
		p.Library, err = filepath.EvalSymlinks(strings.TrimSpace(string(out)))
	}
	if err != nil {
		t.Fatalf("find libm.so.6 for %s: %v", runtime.GOARCH, err)
	}
	return p
}

// Command is how a scenario is run in a place.
func (p Place) Command() []string { return []string{p.Program, p.Work} }
