package vm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"batten/internal/vm/wire"
)

// kernelArguments are given to every guest. A kernel that panics ends the machine, and
// one that hangs panics (after twice as many seconds as the threshold says).
var kernelArguments = []string{
	"console=ttyS0", "quiet", "random.trust_cpu=on",
	"panic=-1", "oops=panic", "softlockup_panic=1", "watchdog_thresh=20",
	"lsm=lockdown,capability,landlock,apparmor,bpf",
	"cgroup_no_v1=all",
	// As many records may wait as a burst of denials makes.
	"audit_backlog_limit=8192",
}

// grace is how long a machine whose port was closed may take to end.
const grace = 10 * time.Second

// command is the emulator with its arguments. File 3 is the serial port.
//
// The processors are emulated even where the host could run them itself: the guest is
// then the same everywhere. One thread emulates them in turn, for with a thread each
// QEMU 7.2 can run on an instruction that another processor has replaced, and attaching
// to a trace point replaces some: the guest then hangs at the entry of a system call.
func (g Guest) command(emulator string, i image, initial string) *exec.Cmd {
	memory, cpus := g.Memory, g.CPUs
	if memory == 0 {
		memory = 1024
	}
	if cpus == 0 {
		cpus = 2
	}
	return exec.Command(emulator, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-machine", "pc", "-accel", "tcg,thread=single", "-cpu", "max", "-smp", strconv.Itoa(cpus), "-m", strconv.Itoa(memory),
		"-kernel", i.kernel(), "-initrd", initial,
		"-append", strings.Join(append(kernelArguments[:len(kernelArguments):len(kernelArguments)], g.Arguments...), " "),
		"-drive", "file="+strings.ReplaceAll(i.disk(), ",", ",,")+",format=raw,if=virtio,readonly=on",
		"-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
		"-device", "virtio-serial-pci", "-chardev", "socket,id=control,fd=3", "-device", "virtserialport,chardev=control,name="+wire.Port,
	)
}

// boot starts a machine and waits until its first program answers.
func boot(ctx context.Context, c *exec.Cmd, lifetime time.Duration) (*Machine, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, lifetime, fmt.Errorf("it ran longer than %v", lifetime))
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("make serial port: %w", err)
	}
	port, theirs := os.NewFile(uintptr(pair[0]), "port"), os.NewFile(uintptr(pair[1]), "port")
	m := &Machine{conn: wire.New(port), port: port, ended: make(chan struct{}), open: map[uint32]*request{}}
	c.Stdout, c.Stderr = &m.console, &m.console
	c.ExtraFiles = []*os.File{theirs}
	// The kernel ends it with the thread that started it, which therefore waits for it.
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	started, gone := make(chan error), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		err := c.Start()
		_ = theirs.Close()
		started <- err
		if err == nil {
			gone <- c.Wait()
		}
	}()
	if err := <-started; err != nil {
		cancel()
		_ = port.Close()
		return nil, fmt.Errorf("start emulator: %w", err)
	}
	hello := make(chan struct{})
	silent := make(chan struct{})
	go func() { defer close(silent); m.receive(hello) }()
	go func() {
		defer cancel()
		m.watch(ctx, c.Process, gone, silent)
	}()
	select {
	case <-hello:
		return m, nil
	case <-m.ended:
		_ = port.Close()
		return nil, fmt.Errorf("boot: %w", m.cause)
	}
}

// watch owns the emulator: it ends it when its time is over or when its port has
// been closed for a while, and says why the machine ended.
func (m *Machine) watch(ctx context.Context, p *os.Process, gone <-chan error, silent <-chan struct{}) {
	cause := errors.New("the power went off")
	kill := func(why error) {
		cause = why
		_ = p.Kill()
		<-gone
	}
	off := func(err error) {
		if err != nil {
			cause = fmt.Errorf("the emulator failed: %w", err)
		}
	}
	select {
	case err := <-gone:
		off(err)
	case <-ctx.Done():
		kill(context.Cause(ctx))
	case <-silent:
		select {
		case err := <-gone:
			off(err)
		case <-time.After(grace):
			kill(errors.New("its first program does not answer, and the power stays on"))
		}
	}
	if said := m.console.complaint(); said != "" {
		cause = fmt.Errorf("%w; its kernel said %q", cause, said)
	}
	m.cause = fmt.Errorf("%w: %w; the end of its console:\n%s", ErrEnded, cause, m.console.tail())
	close(m.ended)
	_ = m.port.Close()
	<-silent
}
