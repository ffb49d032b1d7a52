package ptrace_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"batten/internal/launch"
	"batten/internal/scenarios"
	"batten/internal/testenv/require"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ptrace"
)

func TestScenariosAreRecordedExactly(t *testing.T) {
	for _, s := range scenarios.All() {
		t.Run(s.Name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
				place := scenarios.Here(t, s)
				r, code, out := record(t, o, &launch.Command{Args: place.Command()})
				if reason := s.Unfit[profiles.FilesPtrace]; reason != "" {
					if code == 0 {
						t.Errorf("it works, although %s", reason)
					}
					for _, c := range r.Contacts {
						if c.Kind == profiles.ContactPtrace && c.Peer == "" && c.Program == place.Program {
							return
						}
					}
					t.Errorf("the attempt is not recorded: %+v", r.Contacts)
					return
				}
				if code != 0 || out != "ok\n" {
					t.Fatalf("exit code %d, output %q", code, out)
				}
				scenarios.Check(t, s, place, r)
			})
		})
	}
}

// playScenario traces a scenario, prints what its recording lacks or has too much, and
// ends the program.
func playScenario(name, program, work string) {
	i := slices.IndexFunc(scenarios.All(), func(s scenarios.Scenario) bool { return s.Name == name })
	place := scenarios.Place{Program: program, Work: work}
	s, err := ptrace.New(ptrace.Options{}).Start(context.Background(), []trace.Target{{
		Command: &launch.Command{Args: place.Command(), Stderr: os.Stderr}}})
	if err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
	<-s.Exited()
	recs, _ := s.Close()
	for _, d := range scenarios.Differences(scenarios.All()[i], place, recs[0]) {
		fmt.Println(d)
	}
	os.Exit(s.ExitCode())
}

func TestScenariosAreRecordedExactlyWithoutPrivileges(t *testing.T) {
	require.Root(t) // to give privileges up; without, every other test shows the same
	self := worldReadableSelf(t)
	for _, s := range scenarios.All() {
		if s.Root || !s.Static || s.Unfit[profiles.FilesPtrace] != "" {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			place := scenarios.Here(t, s)
			if err := os.Chown(place.Work, 65534, 65534); err != nil {
				t.Fatal(err)
			}
			c := batten(t, "scenario", s.Name, place.Program, place.Work)
			c.Path, c.Dir = self, "/"
			c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			if out, err := c.Output(); err != nil || len(out) != 0 {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestARunningProcessIsWatchedFromThenOn holds that files are seen of a process that
// was attached to, with its children.
func TestARunningProcessIsWatchedFromThenOn(t *testing.T) {
	dir := scenarios.Folder(t)
	c := exec.Command("sh", "-c", "while :; do echo x > file; mv file other; (rm other); done")
	c.Dir = dir
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		_ = c.Wait()
	})
	s := attach(t, c.Process.Pid)
	eventually(t, func() bool {
		recs, _ := s.Snapshot()
		return accesses(recs[0], filepath.Join(dir, "file")) == "create rename write" &&
			accesses(recs[0], filepath.Join(dir, "other")) == "remove replace"
	})
	recs, err := s.Close()
	if err != nil || recs[0].Run.Files != profiles.FilesPtrace || recs[0].Loss.Paths != 0 {
		t.Errorf("run %+v, loss %+v, error %v", recs[0].Run, recs[0].Loss, err)
	}
}
