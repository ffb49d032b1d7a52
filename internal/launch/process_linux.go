package launch

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
)

// ErrNotExecutable means that the command cannot be executed: it is missing, is
// no program, or may not be run by this user.
var ErrNotExecutable = errors.New("cannot execute")

// Process is a command that is waiting to run, runs, or has ended.
type Process struct {
	PID int
	// Path is the file that is executed: Args[0] as it was found in PATH.
	Path string

	proc    *os.Process
	release *os.File // write end: one byte lets the command run, EOF ends the starter
	status  *os.File // read end: what went wrong before or in execve
	copies  sync.WaitGroup
}

// plan is what the starter is told, in gob behind its length. Arguments and paths
// are bytes, not text: gob keeps them as they are, JSON would not.
type plan struct {
	Path            string
	Args, Env       []string
	Dir             string
	NoNewPrivileges bool
	Filter          []syscall.SockFilter
	FilterFlags     uint
	Credential      *syscall.Credential
}

// Prepare starts the starter and returns when it waits for [Process.Release].
// The caller owns the process and must call Release or Abandon, then Wait unless
// a tracer reaps it.
func Prepare(c *Command) (*Process, error) {
	if len(c.Args) == 0 {
		return nil, fmt.Errorf("%w: empty command", ErrNotExecutable)
	}
	path, err := lookPath(c.Args[0], c.Dir)
	if err != nil {
		return nil, err
	}
	env := c.Env
	if env == nil {
		env = os.Environ()
	}
	p, statusW, err := startStarter(c)
	if err != nil {
		return nil, err
	}
	p.Path = path
	body := new(bytes.Buffer)
	err = gob.NewEncoder(body).Encode(plan{
		Path: path, Args: c.Args, Env: env, Dir: c.Dir, NoNewPrivileges: c.NoNewPrivileges,
		Filter: c.Filter, FilterFlags: c.FilterFlags, Credential: c.Credential,
	})
	if err == nil {
		err = binary.Write(p.release, binary.LittleEndian, uint32(body.Len()))
	}
	if err == nil {
		_, err = p.release.Write(body.Bytes())
	}
	statusW.Close()
	if err == nil {
		err = p.awaitReady()
	}
	if err != nil {
		p.Abandon()
		p.proc.Wait()
		return nil, fmt.Errorf("start %s: %w", c.Args[0], err)
	}
	return p, nil
}

// startStarter executes batten again with the two pipes as descriptors 3 and 4.
func startStarter(c *Command) (*Process, *os.File, error) {
	goR, goW, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("open pipe: %w", err)
	}
	defer goR.Close()
	stR, stW, err := os.Pipe()
	if err != nil {
		goW.Close()
		return nil, nil, fmt.Errorf("open pipe: %w", err)
	}
	p := &Process{release: goW, status: stR}
	files, closeAfter, err := p.stdio(c)
	if err == nil {
		p.proc, err = os.StartProcess("/proc/self/exe", []string{"batten"}, &os.ProcAttr{
			// asyncpreemptoff: a preemption signal would make the thread call
			// rt_sigreturn after the filter is in place.
			Env:   []string{starterEnv + "=1", "GODEBUG=asyncpreemptoff=1"},
			Files: append(files, goR, stW),
		})
	}
	for _, f := range closeAfter {
		f.Close()
	}
	if err != nil {
		goW.Close()
		stR.Close()
		stW.Close()
		return nil, nil, fmt.Errorf("start batten's starter: %w", err)
	}
	p.PID = p.proc.Pid
	return p, stW, nil
}

// stdio makes files of the command's streams; pipes that need copying are copied
// until the last writer closes.
func (p *Process) stdio(c *Command) (files, closeAfter []*os.File, err error) {
	in := c.Stdin
	f, isFile := in.(*os.File)
	if in == nil || !isFile {
		if f, err = os.Open(os.DevNull); err != nil {
			return nil, nil, fmt.Errorf("open input: %w", err)
		}
		closeAfter = append(closeAfter, f)
	}
	files = append(files, f)
	if in != nil && !isFile {
		return nil, closeAfter, errors.New("open input: only files can be given to a traced command")
	}
	for i, w := range []io.Writer{c.Stdout, c.Stderr} {
		if i == 1 && w != nil && sameWriter(w, c.Stdout) {
			files = append(files, files[1]) // one pipe: lines keep their order
			continue
		}
		switch w := w.(type) {
		case nil:
			null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
			if err != nil {
				return nil, closeAfter, fmt.Errorf("open output: %w", err)
			}
			files, closeAfter = append(files, null), append(closeAfter, null)
		case *os.File:
			files = append(files, w)
		default:
			r, pw, err := os.Pipe()
			if err != nil {
				return nil, closeAfter, fmt.Errorf("open output: %w", err)
			}
			files, closeAfter = append(files, pw), append(closeAfter, pw)
			p.copies.Add(1)
			go func() {
				defer p.copies.Done()
				defer r.Close()
				io.Copy(w, r)
			}()
		}
	}
	return files, closeAfter, nil
}

// sameWriter compares without a panic for writers that cannot be compared.
func sameWriter(a, b io.Writer) bool {
	defer func() { _ = recover() }()
	return a == b
}

func (p *Process) awaitReady() error {
	var b [1]byte
	if _, err := io.ReadFull(p.status, b[:]); err != nil {
		return errors.New("the starter ended before it was ready (does main call launch.Hook?)")
	}
	if b[0] != statusReady {
		rest, _ := io.ReadAll(io.LimitReader(p.status, 4096))
		return errors.New(strings.TrimSpace(string(rest)))
	}
	return nil
}

// Release lets the command run. It does not wait.
func (p *Process) Release() error {
	_, err := p.release.Write([]byte{1})
	p.release.Close()
	if err != nil {
		return fmt.Errorf("release command: %w", err)
	}
	return nil
}

// Executed waits until execve has succeeded or failed. A tracer that holds the
// process must let it go on meanwhile.
func (p *Process) Executed() error {
	defer p.status.Close()
	rest, err := io.ReadAll(io.LimitReader(p.status, 4096))
	if err != nil {
		return fmt.Errorf("wait for execve: %w", err)
	}
	if len(rest) > 0 {
		return fmt.Errorf("%w: %s", ErrNotExecutable, strings.TrimSpace(string(rest[1:])))
	}
	return nil
}

// Abandon ends a starter that was never released. Harmless afterwards.
func (p *Process) Abandon() {
	p.release.Close()
	p.status.Close()
}

// Wait reaps the process and returns its exit code, 128+N after signal N. Not to
// be called when a ptrace tracer of this program reaps it.
func (p *Process) Wait() (int, error) {
	st, err := p.proc.Wait()
	if err != nil {
		return -1, fmt.Errorf("wait for command: %w", err)
	}
	p.copies.Wait()
	return ExitCode(st.Sys().(syscall.WaitStatus)), nil
}

// Drain waits until all output has been copied; for tracers that reap themselves.
func (p *Process) Drain() { p.copies.Wait() }

// ExitCode is the shell's notion of an exit status.
func ExitCode(ws syscall.WaitStatus) int {
	if ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return ws.ExitStatus()
}

func lookPath(name, dir string) (string, error) {
	if strings.Contains(name, "/") && !strings.HasPrefix(name, "/") && dir != "" {
		name = dir + "/" + name
	}
	path, err := exec.LookPath(name)
	if err != nil && !errors.Is(err, exec.ErrDot) {
		var e *exec.Error
		if errors.As(err, &e) {
			err = e.Err
		}
		return "", fmt.Errorf("%w %q: %w", ErrNotExecutable, name, err)
	}
	return path, nil
}
