package ptrace_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"batten/internal/launch"
	"batten/internal/scenarios"
	"batten/internal/testenv/require"
	"batten/profiles"
	"batten/trace/ptrace"
)

func accesses(r profiles.Recording, path string) string {
	var out []string
	for _, f := range r.Files {
		if f.Path == path {
			for _, a := range f.Access {
				out = append(out, string(a))
			}
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

// TestPathsAreThoseOfTheProcessItself runs the scenarios as a container would: with a
// root, a list of mounts and process numbers of their own.
func TestPathsAreThoseOfTheProcessItself(t *testing.T) {
	require.Root(t)
	unshare, chroot := require.Tool(t, "ebpf", "unshare"), require.Tool(t, "ebpf", "chroot")
	for _, s := range scenarios.All() {
		if !s.Static || s.Unfit[profiles.FilesPtrace] != "" {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			program, root := scenarios.Build(t, s), scenarios.Folder(t)
			for _, dir := range []string{"work", "proc"} {
				if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			b, err := os.ReadFile(program)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(root, s.Name), b, 0o755); err != nil {
				t.Fatal(err)
			}
			place := scenarios.Place{Work: "/work", Program: "/" + s.Name}
			script := fmt.Sprintf("mount -t proc proc %s/proc && exec %s %s %s %s", root, chroot, root, place.Program, place.Work)
			r, code, out := record(t, ptrace.Options{}, &launch.Command{Args: []string{unshare, "--mount", "--pid", "--fork", "sh", "-c", script}})
			if code != 0 || out != "ok\n" {
				t.Fatalf("exit code %d, output %q", code, out)
			}
			want := profiles.Mount{Operation: "mount", Type: "proc", Source: "proc", Path: root + "/proc"}
			if !slices.ContainsFunc(r.Mounts, func(m profiles.Mount) bool {
				return m.Operation == want.Operation && m.Type == want.Type && m.Source == want.Source && m.Path == want.Path
			}) {
				t.Errorf("mounts %+v", r.Mounts)
			}
			// What the shell and its helpers did is of no interest.
			r.Files = slices.DeleteFunc(r.Files, func(f profiles.File) bool { return f.Program != place.Program })
			r.Contacts = slices.DeleteFunc(r.Contacts, func(c profiles.Contact) bool { return c.Program != place.Program })
			if s.Name == "hostile" {
				// With the folder that is the root before it, the longest path is too long for
				// batten to be told: it is missing, and counted.
				if r.Loss.Paths == 0 {
					t.Error("a path that could not be read is not counted")
				}
				for _, d := range scenarios.Differences(s, place, r) {
					if len(d) < 4000 || !strings.HasPrefix(d, "missing:") {
						t.Error(d)
					}
				}
				return
			}
			scenarios.Check(t, s, place, r)
		})
	}
}

// TestAFileSystemThatIsServedByTheProgramItselfDoesNotHang holds that the tracer asks
// nothing of a process that stands still because of it.
func TestAFileSystemThatIsServedByTheProgramItselfDoesNotHang(t *testing.T) {
	require.Root(t)
	if _, err := os.Stat("/dev/fuse"); err != nil {
		lacking(t, "no FUSE: %v", err)
	}
	program := build(t, "fuse")
	inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
		dir := scenarios.Folder(t)
		r, code, out := record(t, o, &launch.Command{Args: []string{program, dir}})
		if code == 77 {
			lacking(t, "FUSE cannot be mounted: %s", out)
		}
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, out)
		}
		if got := accesses(r, dir+"/file"); got != "chmod create read remove write" {
			t.Errorf("accesses %s", got)
		}
		var mounts []string
		for _, m := range r.Mounts {
			mounts = append(mounts, m.Operation+" "+m.Type+" "+m.Path)
		}
		if want := []string{"mount fuse " + dir, "umount  " + dir}; !slices.Equal(mounts, want) {
			t.Errorf("mounts %q, want %q", mounts, want)
		}
		if r.Loss.Guessed == 0 {
			t.Error("names that were taken as they are written are not counted")
		}
	})
}

func TestFilesCanBeLeftOut(t *testing.T) {
	for _, m := range modes {
		o := m.options
		o.NoFiles = true
		r, _, _ := record(t, o, &launch.Command{Args: []string{"cat", "/etc/passwd"}})
		if r.Run.Files != "" || len(r.Files)+len(r.Sockets)+len(r.Contacts)+len(r.Mounts) != 0 || r.Loss.Paths != 0 {
			t.Errorf("%s: files %q, %+v", m.name, r.Run.Files, r.Files)
		}
		if r.Programs[0].By != "" || find(r, "openat") == nil {
			t.Errorf("%s: programs %+v", m.name, r.Programs)
		}
	}
}

// Two modes of opening what the program was started with.
func TestStandardFilesAreThoseOfTheProgram(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
		r, err := os.Open(in)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		w, err := os.OpenFile(out, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		rec, code, _ := record(t, o, &launch.Command{Args: []string{"true"}, Stdin: r, Stdout: w})
		if code != 0 || accesses(rec, in) != "read" || accesses(rec, out) != "append" {
			t.Errorf("exit code %d, in %q, out %q", code, accesses(rec, in), accesses(rec, out))
		}
	})
}

func TestCallsOfASecondConventionAreCountedAsLost(t *testing.T) {
	dir := t.TempDir()
	inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
		program := build(t, "int80open")
		r, code, out := record(t, o, &launch.Command{Args: []string{program, dir}})
		if code == 77 {
			t.Skip("this kernel has no 32-bit calls: ", out)
		}
		if code != 0 || r.Loss.Paths != 1 || !r.Loss.SecondArch {
			t.Errorf("exit code %d, loss %+v", code, r.Loss)
		}
	})
}
