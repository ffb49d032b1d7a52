package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"batten/profiles"
)

// running is a batten that traces a command which runs until it is stopped.
type running struct {
	cmd    *exec.Cmd
	dir    string
	stderr *bytes.Buffer
}

// start traces a shell loop and waits until what it does is on disk.
func start(t *testing.T, command string) *running {
	t.Helper()
	r := &running{dir: t.TempDir(), stderr: &bytes.Buffer{}}
	r.cmd = exec.Command(program, "trace", "--backend", "ptrace", "--name", "loop", "--", "sh", "-c", command)
	r.cmd.Dir, r.cmd.Stderr = r.dir, r.stderr
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL) })
	until(t, "a partial recording with mkdir", func() bool {
		names, _ := filepath.Glob(filepath.Join(r.dir, "hardened/recordings/.loop.*.partial.json"))
		return len(names) == 1 && calls(t, names[0])["mkdir"]
	})
	return r
}

func (r *running) exitCode(t *testing.T) int {
	t.Helper()
	ended := make(chan struct{})
	go func() { _ = r.cmd.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(deadline):
		t.Fatalf("batten did not end; it said:\n%s", r.stderr)
	}
	return r.cmd.ProcessState.ExitCode()
}

func (r *running) files(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(r.dir, "hardened/recordings"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(deadline); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

// calls reads a recording, which must be whole at any moment.
func calls(t *testing.T, path string) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	p, err := profiles.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("half a recording: %v", err)
	}
	out := map[string]bool{}
	for _, s := range p.Syscalls {
		out[s.Name] = true
	}
	return out
}

const loop = "mkdir made; while :; do sleep 0.1; done"

func TestOneSignalStopsAndKeeps(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			r := start(t, loop)
			if err := r.cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if code := r.exitCode(t); code != 0 {
				t.Fatalf("exit code %d: %s", code, r.stderr)
			}
			if got := r.files(t); got != "loop.json" {
				t.Fatalf("files: %s", got)
			}
			if !calls(t, filepath.Join(r.dir, "hardened/recordings/loop.json"))["mkdir"] {
				t.Fatal("mkdir is not in the recording")
			}
			if _, err := os.Stat(filepath.Join(r.dir, "hardened/seccomp/loop.json")); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestTwoSignalsAbort(t *testing.T) {
	t.Parallel()
	// It ignores the request to stop, so that the second signal finds batten waiting.
	r := start(t, "trap '' TERM INT; "+loop)
	if err := r.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	if err := r.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if code := r.exitCode(t); code != 130 {
		t.Fatalf("exit code %d: %s", code, r.stderr)
	}
	// Far below the grace that a command has for the first signal.
	if took := time.Since(begin); took > 6*time.Second {
		t.Errorf("aborting took %s", took)
	}
	if !strings.Contains(r.stderr.String(), "Ctrl-C again to abort") {
		t.Errorf("it did not say what a second signal does: %s", r.stderr)
	}
	if !strings.Contains(r.stderr.String(), "batten: trace aborted\nhint: what was seen is kept") {
		t.Fatalf("it said: %s", r.stderr)
	}
	if got := r.files(t); !strings.HasSuffix(got, ".partial.json") {
		t.Fatalf("files: %s", got)
	}
}

func TestKilledBattenLeavesAUsableRecording(t *testing.T) {
	t.Parallel()
	r := start(t, loop)
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	r.exitCode(t)
	if got := r.files(t); !strings.HasSuffix(got, ".partial.json") {
		t.Fatalf("files: %s", got)
	}

	// It can be looked at …
	show := exec.Command(program, "profile", "show", "loop", "-o", "json")
	show.Dir = r.dir
	out, err := show.Output()
	if err != nil {
		t.Fatal(err)
	}
	var shown profiles.Profile
	if err := json.Unmarshal(out, &shown); err != nil || len(shown.Runs) != 1 || !shown.Runs[0].Interrupted {
		t.Fatalf("%v\n%s", err, out)
	}

	// … and the next trace takes it in.
	again := exec.Command(program, "trace", "--backend", "ptrace", "--name", "loop", "--", "rmdir", "made")
	again.Dir = r.dir
	if out, err := again.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := r.files(t); got != "loop.json" {
		t.Fatalf("files: %s", got)
	}
	have := calls(t, filepath.Join(r.dir, "hardened/recordings/loop.json"))
	if !have["mkdir"] || !have["rmdir"] {
		t.Fatalf("calls: %v", have)
	}
}

// A reader of the progress that goes away does not end the trace.
func TestAClosedPipeDoesNotEndATrace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.Command(program, "trace", "--backend", "ptrace", "--name", "loop", "--for", "5s", "--", "sh", "-c", "mkdir made; sleep 3; mkdir after")
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, write, write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	read.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := calls(t, filepath.Join(dir, "hardened/recordings/loop.json")); !got["mkdir"] {
		t.Fatalf("calls: %v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "after")); err != nil {
		t.Error("the command was not traced to its end")
	}
}

func TestAnInterruptedVerificationDidNotPass(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	record := exec.Command(program, "trace", "--backend", "ptrace", "--", "sleep", "0.1")
	record.Dir = dir
	if out, err := record.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var out, messages bytes.Buffer
	cmd := exec.Command(program, "verify", "--backend", "ptrace", "--", "sleep", "30")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &messages
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Second)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(out.String(), "interrupted") ||
		!strings.Contains(messages.String(), "interrupted") {
		t.Fatalf("exit code %d\n%s%s", code, &out, &messages)
	}
}
