package vm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"batten/internal/audit"
	"batten/internal/testenv/require"
	"batten/internal/vm/wire"
)

// ErrEnded is returned when the machine ended, or its time was over, before it did
// what it was told.
var ErrEnded = errors.New("the virtual machine ended")

// Guest says what machine is wanted. The zero value is the usual one.
type Guest struct {
	Memory    int           // MiB; 0 is 1024. What the guest writes to its disk is in it too.
	CPUs      int           // 0 is 2
	Arguments []string      // for the kernel's command line, beyond those that all get
	Lifetime  time.Duration // after which it is killed; 0 is ten minutes
}

// Machine is a running guest. Its methods may be called from several goroutines.
type Machine struct {
	console console
	conn    *wire.Conn
	port    *os.File
	ended   chan struct{} // closed when the emulator is gone
	cause   error         // why; set before ended is closed

	mu       sync.Mutex
	requests uint32
	open     map[uint32]*request
	events   []audit.Event
	unread   error // the first record of AppArmor that could not be read
}

// Require skips the test where virtual machines cannot run.
func Require(t testing.TB) { t.Helper(); require.VM(t) }

// Start boots a machine that lives at most as long as the test. It skips the test
// where it cannot be run, and fails it when it does not boot.
func Start(t testing.TB, g Guest) *Machine {
	t.Helper()
	emulator := require.VM(t)
	i := theImage(t)
	initial, err := makeInitramfs(t.Context(), moduleRoot(t), i, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	m, err := boot(require.Context(t), g.command(emulator, i, initial), g.lifetime())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the virtual machine booted in %.1f s", time.Since(began).Seconds())
	t.Cleanup(func() {
		if err := m.close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("end of the guest's console:\n%s", m.console.tail())
		}
	})
	return m
}

func (g Guest) lifetime() time.Duration {
	if g.Lifetime == 0 {
		return 10 * time.Minute
	}
	return g.Lifetime
}

// makeInitramfs builds the guest's first program and packs it with the modules that
// it needs to reach the disk.
func makeInitramfs(ctx context.Context, top string, i image, dir string) (string, error) {
	program := filepath.Join(dir, "init")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", program, "./internal/vm/guest")
	build.Dir = top
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the guest's program: %w\n%s", err, out)
	}
	data, err := os.ReadFile(program)
	if err != nil {
		return "", fmt.Errorf("read the guest's program: %w", err)
	}
	modules, err := i.modules()
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "initramfs")
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("write initial file system: %w", err)
	}
	if err := writeInitramfs(f, append(modules, entry{"init", programMode, data})); err != nil {
		_ = f.Close()
		return "", err
	}
	return name, f.Close()
}

// Console is what the guest's kernel said last, at most 64 KiB.
func (m *Machine) Console() string { return m.console.String() }

// close turns the machine off: the guest does that itself when the port closes.
func (m *Machine) close() error {
	select {
	case <-m.ended:
		return fmt.Errorf("before its test: %w", m.cause)
	default:
	}
	_ = m.port.Close()
	<-m.ended
	if m.console.complaint() != "" {
		return m.cause
	}
	return nil
}
