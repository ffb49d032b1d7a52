package ptrace_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"batten/internal/launch"
	"batten/trace"
	"batten/trace/ptrace"
)

// roleEnv makes the test program a batten that traces and never comes to an end.
const roleEnv = "BATTEN_PTRACE_TEST_ROLE"

// playRole is called by TestMain: "plain", "seccomp" or "auto" and a command, "pid"
// and a process, or "scenario" with a name, a program and a work folder.
func playRole() {
	role := os.Getenv(roleEnv)
	if role == "" {
		return
	}
	os.Unsetenv(roleEnv)
	if role == "scenario" {
		playScenario(os.Args[1], os.Args[2], os.Args[3])
	}
	options := map[string]ptrace.SeccompTrace{"plain": ptrace.SeccompOff, "seccomp": ptrace.SeccompOn}
	target := trace.Target{Command: &launch.Command{Args: os.Args[1:], Stdout: os.Stdout, Stderr: os.Stderr}}
	if role == "pid" {
		pid, _ := strconv.Atoi(os.Args[1])
		target = trace.Target{PID: pid}
	}
	s, err := ptrace.New(ptrace.Options{SeccompTrace: options[role]}).Start(context.Background(), []trace.Target{target})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	if role == "pid" {
		fmt.Println("attached")
		select {}
	}
	<-s.Exited()
	recs, _ := s.Close()
	fmt.Printf("backend %s, nnp %v, %d calls, exit code %d\n",
		recs[0].Run.Backend, recs[0].Run.NoNewPrivileges, len(recs[0].Syscalls), s.ExitCode())
	os.Exit(s.ExitCode())
}

func batten(t *testing.T, role string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), roleEnv+"="+role)
	c.Stderr = os.Stderr
	return c
}

// start runs it and returns its output.
func start(t *testing.T, c *exec.Cmd) *bufio.Scanner {
	t.Helper()
	r, w := pipe(t)
	c.Stdout = w
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return bufio.NewScanner(r)
}

// loopScript prints its process number, then goes on for ever.
const loopScript = "echo $$; while :; do sleep 0.01; echo x; done"

func TestCommandSurvivesTheDeathOfBatten(t *testing.T) {
	c := batten(t, "plain", "sh", "-c", loopScript)
	lines := start(t, c)
	lines.Scan()
	pid, err := strconv.Atoi(lines.Text())
	if err != nil {
		t.Fatalf("it said %q", lines.Text())
	}
	t.Cleanup(func() { syscall.Kill(pid, syscall.SIGKILL) })
	for range 20 {
		lines.Scan()
	}
	c.Process.Kill()
	c.Wait()
	progresses(t, lines)
	if tracer := status(pid, "TracerPid"); tracer != "0" {
		t.Errorf("traced by %s", tracer)
	}
}

func TestRunningProcessSurvivesTheDeathOfBatten(t *testing.T) {
	pid, served := serve(t, build(t, "server"))
	for range 5 {
		c := batten(t, "pid", strconv.Itoa(pid))
		lines := start(t, c)
		if lines.Scan(); lines.Text() != "attached" {
			t.Fatalf("it said %q", lines.Text())
		}
		progresses(t, served)
		c.Process.Kill()
		c.Wait()
		progresses(t, served)
	}
}

// A filter that answers SECCOMP_RET_TRACE cannot be taken away: a clean end is
// better than a program whose every call fails.
func TestUnderSeccompTheCommandEndsWithBatten(t *testing.T) {
	c := batten(t, "seccomp", "sh", "-c", loopScript)
	lines := start(t, c)
	lines.Scan()
	pid, err := strconv.Atoi(lines.Text())
	if err != nil {
		t.Fatalf("it said %q", lines.Text())
	}
	c.Process.Kill()
	c.Wait()
	eventually(t, func() bool { return !alive(pid) })
}

func TestWorksWithoutPrivileges(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root to give privileges up; every other test shows the same without")
	}
	program := build(t, "kin")
	self := worldReadableSelf(t)
	for role, want := range map[string]string{
		"plain":   "backend ptrace, nnp false, ",
		"seccomp": "backend ptrace/seccomp, nnp true, ",
		"auto":    "backend ptrace/seccomp, nnp true, ",
	} {
		c := batten(t, role, program)
		c.Path, c.Dir = self, "/"
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, _ := c.Output()
		if !strings.HasPrefix(string(out), want) || !strings.HasSuffix(string(out), "exit code 5\n") {
			t.Errorf("%s: it said %q", role, out)
		}
	}
	// A process of another user.
	c := batten(t, "pid", "1")
	c.Path, c.Dir = self, "/"
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	var msg strings.Builder
	c.Stderr = &msg
	if err := c.Run(); err == nil || !strings.Contains(msg.String(), "belongs to user 0") {
		t.Errorf("process 1: %v, %s", err, msg.String())
	}
}

func worldReadableSelf(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "batten-ptrace-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/batten.test", b, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir + "/batten.test"
}

func TestAutoKeepsNoNewPrivilegesAsItIs(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("without privileges no_new_privs takes nothing away and is set")
	}
	for _, nnp := range []bool{false, true} {
		r, _, out := record(t, ptrace.Options{}, &launch.Command{
			Args: []string{"grep", "NoNewPrivs", "/proc/self/status"}, NoNewPrivileges: nnp})
		want := map[bool]string{false: "0", true: "1"}[nnp]
		if !strings.HasSuffix(strings.TrimSpace(out), want) || r.Run.NoNewPrivileges != nnp || r.Run.Backend != "ptrace/seccomp" {
			t.Errorf("no_new_privs %v: %q, run %+v", nnp, out, r.Run)
		}
	}
	// A command that gives root up could not load the filter; nothing is forced on it.
	r, _, out := record(t, ptrace.Options{}, &launch.Command{
		Args: []string{"grep", "NoNewPrivs", "/proc/self/status"}, Credential: &syscall.Credential{Uid: 65534, Gid: 65534}})
	if !strings.HasSuffix(strings.TrimSpace(out), "0") || r.Run.Backend != "ptrace" {
		t.Errorf("%q, run %+v", out, r.Run)
	}
}
