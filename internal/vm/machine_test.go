package vm

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestSeveralCommandsShareOneMachine(t *testing.T) {
	m := Start(t, Guest{})
	t.Run("output, status and input", func(t *testing.T) {
		var live bytes.Buffer
		r := m.Run(t, Command{Args: []string{"sh", "-c", "cat; echo $WORD >&2; pwd; exit 7"}, Env: []string{"WORD=two"}, Dir: "/usr", Stdin: []byte("one\n"), Output: &live})
		if r.Status != 7 || r.Stdout != "one\n/usr\n" || !strings.Contains(r.Output, "two\n") || live.String() != r.Output {
			t.Errorf("%+v, live %q", r, live.String())
		}
	})
	t.Run("a signal is a status", func(t *testing.T) {
		if r := m.Run(t, Command{Args: []string{"sh", "-c", "kill -9 $$"}}); r.Status != 128+9 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("files go in and come out", func(t *testing.T) {
		here := t.TempDir()
		content := bytes.Repeat([]byte("0123456789abcdef"), 1<<17) // more than one message
		if err := errors.Join(os.Mkdir(filepath.Join(here, "in"), 0o750), os.WriteFile(filepath.Join(here, "in", "a b"), content, 0o640), os.Symlink("a b", filepath.Join(here, "in", "link"))); err != nil {
			t.Fatal(err)
		}
		m.Put(t, map[string]string{"/opt/data": filepath.Join(here, "in")})
		if got := m.Shell(t, "cd /opt/data && stat -c '%n %a %U %s' . * && tr 0 x <link >out"); got != ". 750 root 80\na b 640 root 2097152\nlink 777 root 3\n" && !strings.Contains(got, "a b 640 root 2097152\nlink 777 root 3\n") {
			t.Errorf("inside: %q", got)
		}
		m.Get(t, "/opt/data", here)
		got, err := os.ReadFile(filepath.Join(here, "data", "out"))
		if err != nil || !bytes.Equal(got, bytes.ReplaceAll(content, []byte("0"), []byte("x"))) {
			t.Errorf("outside: %d bytes, %v", len(got), err)
		}
		if link, err := os.Readlink(filepath.Join(here, "data", "link")); err != nil || link != "a b" {
			t.Errorf("outside: link to %q, %v", link, err)
		}
	})
	t.Run("what cannot be copied is said, and the machine goes on", func(t *testing.T) {
		if err := m.get(t.Context(), "/nowhere", t.TempDir()); err == nil || !strings.Contains(err.Error(), "no such file") {
			t.Errorf("get: %v", err)
		}
		if _, err := m.run(t.Context(), Command{Args: []string{"/nowhere"}}); err == nil || !strings.Contains(err.Error(), "no such file") {
			t.Errorf("run: %v", err)
		}
		m.Shell(t, "true")
	})
	t.Run("a command in the background is told to end", func(t *testing.T) {
		r := m.Begin(t, Command{Args: []string{"redis-server", "--port", "7000", "--save", ""}})
		m.Shell(t, "for i in $(seq 200); do redis-cli -p 7000 ping 2>/dev/null | grep -q PONG && exit 0; sleep 0.1; done; exit 1")
		r.Signal(t, syscall.SIGTERM)
		if result := r.Wait(t); result.Status != 0 || !strings.Contains(result.Output, "bye bye") {
			t.Errorf("%+v", result)
		}
	})
	t.Run("a command that takes too long is killed, and the machine goes on", func(t *testing.T) {
		r, err := m.run(t.Context(), Command{Args: []string{"sh", "-c", "echo begun; sleep 1234"}, Timeout: 3 * time.Second})
		if err == nil || !strings.Contains(err.Error(), "longer than 3s") || r.Output != "begun\n" {
			t.Errorf("%v, %+v", err, r)
		}
		m.Shell(t, "for i in $(seq 100); do pgrep -x sleep -a | grep -q 1234 || exit 0; sleep 0.1; done; exit 1")
	})
}

// bootForFailure boots a machine that is expected to fail.
func bootForFailure(t *testing.T, g Guest) (*Machine, error) {
	t.Helper()
	Require(t)
	i := theImage(t)
	initial, err := makeInitramfs(t.Context(), moduleRoot(t), i, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m, err := boot(context.WithoutCancel(t.Context()), g.command("qemu-system-x86_64", i, initial), g.lifetime())
	if err == nil {
		t.Cleanup(func() { _ = m.close() })
	}
	return m, err
}

func TestAPanicIsTheReasonOfTheFailure(t *testing.T) {
	m, err := bootForFailure(t, Guest{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.run(t.Context(), Command{Args: []string{"sh", "-c", "echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger"}})
	if !errors.Is(err, ErrEnded) || !strings.Contains(err.Error(), "Kernel panic - not syncing: sysrq triggered crash") || !strings.Contains(err.Error(), "do_syscall_64") {
		t.Errorf("%v", err)
	}
	if _, err := m.run(t.Context(), Command{Args: []string{"true"}}); !errors.Is(err, ErrEnded) {
		t.Errorf("after its end: %v", err)
	}
}

func TestAMachineThatDoesNotComeUpSaysWhatItsConsoleSaid(t *testing.T) {
	for name, test := range map[string]struct {
		guest Guest
		want  string
	}{
		"no first program": {Guest{Arguments: []string{"rdinit=/nowhere", "root=/dev/nowhere"}}, "Kernel panic"},
		"its time is over": {Guest{Lifetime: time.Second}, "longer than 1s"},
		"no memory":        {Guest{Memory: 1}, "the end of its console"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := bootForFailure(t, test.guest); !errors.Is(err, ErrEnded) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAMissingEmulatorIsSaid(t *testing.T) {
	_, err := boot(t.Context(), Guest{}.command("/nowhere/qemu", image{"/nowhere"}, "/nowhere"), time.Minute)
	if err == nil || !strings.Contains(err.Error(), "start emulator") {
		t.Error(err)
	}
}
