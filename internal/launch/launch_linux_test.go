package launch

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestMain(m *testing.M) {
	Hook()
	os.Exit(m.Run())
}

// allowAll is a filter of one instruction: SECCOMP_RET_ALLOW.
var allowAll = []syscall.SockFilter{{Code: 0x06, K: 0x7fff0000}}

func run(t *testing.T, c *Command) (string, int, error) {
	t.Helper()
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	p, err := Prepare(c)
	if err != nil {
		return "", -1, err
	}
	if err := p.Release(); err != nil {
		t.Fatal(err)
	}
	execErr := p.Executed()
	code, err := p.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), code, execErr
}

func TestCommandRunsFilteredWithItsOwnEnvironmentAndExitCode(t *testing.T) {
	out, code, err := run(t, &Command{
		Args: []string{"sh", "-c", "echo $X; grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status; echo ${BATTEN_STARTER-unset}; exit 7"},
		Env:  []string{"X=value", "PATH=/usr/bin:/bin"}, NoNewPrivileges: true, Filter: allowAll,
	})
	if err != nil || code != 7 {
		t.Fatalf("exit code %d, error %v", code, err)
	}
	if got := strings.Fields(out); strings.Join(got, " ") != "value NoNewPrivs: 1 Seccomp: 2 unset" {
		t.Fatalf("output %q", out)
	}
}

func TestCommandKeepsTheFileLimitOfItsCaller(t *testing.T) {
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)
	low := before
	low.Cur = 321
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &low); err != nil {
		t.Fatal(err)
	}
	out, _, err := run(t, &Command{Args: []string{"sh", "-c", "ulimit -n"}})
	if err != nil || strings.TrimSpace(out) != "321" {
		t.Fatalf("limit %q, error %v", out, err)
	}
}

func TestUserIsChangedWithAndWithoutNoNewPrivileges(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("changing the user needs root")
	}
	for _, nnp := range []bool{false, true} {
		out, code, err := run(t, &Command{
			Args: []string{"sh", "-c", "id -u; id -G; grep Seccomp: /proc/self/status"}, Filter: allowAll, NoNewPrivileges: nnp,
			Credential: &syscall.Credential{Uid: 4321, Gid: 1234, Groups: []uint32{77}},
		})
		if got := strings.Join(strings.Fields(out), " "); err != nil || got != "4321 1234 77 Seccomp: 2" {
			t.Errorf("no_new_privs %v: exit code %d, %q, error %v", nnp, code, got, err)
		}
	}
}

func TestSignalledCommandHasTheShellsExitCode(t *testing.T) {
	_, code, err := run(t, &Command{Args: []string{"sh", "-c", "kill -TERM $$"}})
	if err != nil || code != 128+15 {
		t.Fatalf("exit code %d, error %v", code, err)
	}
}

func TestWhatCannotBeExecutedIsNamed(t *testing.T) {
	notProgram := t.TempDir() + "/text"
	if err := os.WriteFile(notProgram, []byte("\x00\x01 no program"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{nil, {"/nowhere/at/all"}, {"no-such-program-anywhere"}, {"/etc/passwd"}, {notProgram}} {
		_, _, err := run(t, &Command{Args: args})
		if !errors.Is(err, ErrNotExecutable) {
			t.Errorf("%q: error %v", args, err)
		}
	}
}

func TestAFailedExecveUnderAFilterThatRefusesEverythingEndsTheStarter(t *testing.T) {
	notProgram := t.TempDir() + "/text"
	if err := os.WriteFile(notProgram, []byte("\x00\x01 no program"), 0o755); err != nil {
		t.Fatal(err)
	}
	refuseAll := []syscall.SockFilter{{Code: 0x06, K: 0x00050000 | uint32(syscall.EPERM)}}
	_, code, _ := run(t, &Command{Args: []string{notProgram}, Filter: refuseAll, NoNewPrivileges: true})
	if code != 128+int(syscall.SIGSEGV) {
		t.Errorf("exit code %d", code)
	}
}

func TestAbandonedCommandNeverRuns(t *testing.T) {
	mark := t.TempDir() + "/ran"
	p, err := Prepare(&Command{Args: []string{"touch", mark}})
	if err != nil {
		t.Fatal(err)
	}
	p.Abandon()
	if code, err := p.Wait(); code != 127 || err != nil {
		t.Fatalf("exit code %d, error %v", code, err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Fatal("it ran")
	}
}

func TestBytesThatAreNoTextReachTheCommandAsTheyAre(t *testing.T) {
	const odd = "\xff\xfe"
	dir := t.TempDir() + "/" + odd
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	program := dir + "/show" + odd
	if err := os.WriteFile(program, []byte("#!/bin/sh\nprintf '%s\\n' \"$0\" \"$1\" \"$X\" \"$PWD\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	out, code, err := run(t, &Command{Args: []string{program, odd + "\x80a"}, Env: []string{"X=" + odd}, Dir: dir})
	want := strings.Join([]string{program, odd + "\x80a", odd, dir, ""}, "\n")
	if err != nil || code != 0 || out != want {
		t.Fatalf("exit code %d, error %v, output %q, want %q", code, err, out, want)
	}
}

func TestAnEmptyCredentialIsStillOne(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("changing the user needs root")
	}
	out, _, err := run(t, &Command{Args: []string{"id", "-G"}, Credential: &syscall.Credential{}})
	if err != nil || strings.TrimSpace(out) != "0" {
		t.Fatalf("groups %q, error %v", out, err)
	}
}
