package ptrace_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"batten/internal/launch"
	"batten/profiles"
	"batten/trace/ptrace"
)

// TestProgramsHaveThePathThatWasExecuted holds that links and scripts keep their
// own names, as the eBPF tracer shows them.
func TestProgramsHaveThePathThatWasExecuted(t *testing.T) {
	dir := t.TempDir()
	first, link, script := filepath.Join(dir, "first"), filepath.Join(dir, "link"), filepath.Join(dir, "script")
	for _, name := range []string{first, link} {
		if err := os.Symlink("/bin/sh", name); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(script, []byte("#!/bin/sh\n:\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	real, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
		// The last one is relative: only the file behind it is known.
		r, code, out := record(t, o, &launch.Command{
			Args: []string{first, "-c", link + " -c :; " + script + "; " + dir + "/none; cd " + dir + "; exec ./link -c 'exit 3'"}})
		if code != 3 {
			t.Errorf("exit code %d: %s", code, out)
		}
		var got []string
		for _, p := range r.Programs {
			got = append(got, p.Path)
		}
		want := []string{first, link, script, real}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("programs %q, want %q", got, want)
		}
		if r.Entries[0].Program != first {
			t.Errorf("main program %q", r.Entries[0].Program)
		}
		if r.Loss.Strings != 0 {
			t.Errorf("loss %+v", r.Loss)
		}
	})
	t.Run("looked up", func(t *testing.T) {
		t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
		if r, _, _ := record(t, ptrace.Options{}, &launch.Command{Args: []string{"first", "-c", ":"}}); r.Entries[0].Program != first {
			t.Errorf("main program %q", r.Entries[0].Program)
		}
	})
	t.Run("judged", func(t *testing.T) {
		o := ptrace.Options{Judge: func(arch profiles.Arch, nr int32, ip uint64, args [6]uint64) (int, bool, bool) {
			return 0, false, false
		}}
		r, _, _ := record(t, o, &launch.Command{Args: []string{first, "-c", link + " -c :; :"}})
		if !slices.ContainsFunc(r.Programs, func(p profiles.Program) bool { return p.Path == link }) {
			t.Errorf("programs %+v", r.Programs)
		}
	})
}
