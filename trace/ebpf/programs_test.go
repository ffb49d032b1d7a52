package ebpf_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"batten/internal/launch"
	"batten/internal/testenv/require"
)

// program builds testdata/NAME.c.
func program(t *testing.T, name string) string {
	t.Helper()
	require.EBPF(t)
	gcc := require.Tool(t, "ebpf", "gcc")
	path := filepath.Join(t.TempDir(), name)
	if out, err := exec.Command(gcc, "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-pthread", "-o", path, "testdata/"+name+".c").CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", name, err, out)
	}
	return path
}

// ownID is a container's id that no other test process uses.
func ownID(digits string) string {
	return fmt.Sprintf("%s%08x", strings.Repeat(digits, 28), os.Getpid())
}

// cgroup makes nested cgroups below the unified root, as a container engine does,
// and returns the folder of the innermost.
func cgroup(t *testing.T, names ...string) string {
	t.Helper()
	require.Root(t)
	dir := "/sys/fs/cgroup/unified"
	if _, err := os.Stat(dir); err != nil {
		dir = "/sys/fs/cgroup"
	}
	for _, name := range names {
		dir = filepath.Join(dir, name)
		if err := os.Mkdir(dir, 0o755); err != nil && !os.IsExist(err) {
			t.Fatal(err)
		}
		made := dir
		t.Cleanup(func() { _ = os.Remove(made) })
	}
	return dir
}

// runtime does what a container runtime does: it puts a process into a cgroup,
// under a filter, into a mount namespace of its own, and executes args there.
func runtime(t *testing.T, cgroup string, args ...string) {
	t.Helper()
	p, err := launch.Prepare(&launch.Command{
		Args:   append([]string{"unshare", "-m"}, args...),
		Filter: []syscall.SockFilter{{Code: 0x06, K: 0x7fff0000}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cgroup+"/cgroup.procs", []byte(strconv.Itoa(p.PID)), 0); err != nil {
		p.Abandon()
		t.Fatal(err)
	}
	if err := p.Release(); err != nil {
		t.Fatal(err)
	}
	if err := p.Executed(); err != nil {
		t.Fatal(err)
	}
	if code, err := p.Wait(); err != nil || code != 0 {
		t.Fatalf("%v: exit code %d, %v", args, code, err)
	}
}
