package imports

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"batten/internal/testenv/require"
	"batten/profiles"
)

// TestTheInstalledStraceIsUnderstood runs strace on a shell command in several
// ways; its output differs from version to version.
func TestTheInstalledStraceIsUnderstood(t *testing.T) {
	strace := require.Tool(t, "ebpf", "strace")
	const script = "echo x | cat >/dev/null; true & wait; kill -0 $$; ls / >/dev/null"
	for name, args := range map[string][]string{
		"follow": {"-f"}, "times": {"-f", "-tt", "-T"}, "steps": {"-f", "-r"}, "descriptors": {"-f", "-y", "-v", "-s", "200"}, "both": {"-f", "-C"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "log")
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, strace, append(args, "-o", file, "sh", "-c", script)...)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("strace: %v: %s", err, out)
			}
			p := readFile(t, file)
			if !p.Runs[0].StartupSeen || !p.Loss.Complete() {
				t.Errorf("run %+v, loss %+v", p.Runs[0], p.Loss)
			}
			for _, want := range []string{"execve", "read", "write", "exit_group", "kill", "wait4"} {
				if !slices.Contains(p.Application(p.Arch()), want) {
					t.Errorf("no %s", want)
				}
			}
			if len(p.Programs) < 3 {
				t.Errorf("programs: %+v", p.Programs)
			}
		})
	}
}

func readFile(t *testing.T, name string) profiles.Profile {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, format, err := Read(f, Options{Run: profiles.Run{Arch: profiles.NativeArch(runtime.GOARCH)}})
	if err != nil || format != FormatStrace {
		t.Fatalf("%q: %v", format, err)
	}
	return p
}
