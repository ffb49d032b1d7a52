// Package console runs a program in a pseudo-terminal, for tests that look at what a
// person would see and press keys.
//
// Invariant: the screen is what a terminal emulator made of the program's bytes, so that
// what a test reads is what was drawn.
package console

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"
)

// Console is a program in a terminal.
type Console struct {
	t    testing.TB
	cmd  *exec.Cmd
	tty  *os.File
	vt   vt10x.Terminal
	done chan struct{}
	err  error // of waiting, once done is closed

	mu  sync.Mutex
	raw strings.Builder
}

// patience is how long a screen may take to show what a test waits for.
const patience = 60 * time.Second

// Start runs a command in a terminal of w times h cells. It is killed when the test ends.
func Start(t testing.TB, cmd *exec.Cmd, w, h int) *Console {
	t.Helper()
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	// vt10x follows what is written for this terminal exactly.
	cmd.Env = append(cmd.Env, "TERM=xterm-256color", "LC_ALL=C.UTF-8", "TMUX=")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(h), Cols: uint16(w)})
	if err != nil {
		t.Fatalf("start in a terminal: %v", err)
	}
	c := &Console{t: t, cmd: cmd, tty: tty, vt: vt10x.New(vt10x.WithSize(w, h), vt10x.WithWriter(tty)), done: make(chan struct{})}
	go func() {
		defer close(c.done)
		c.read()
		c.err = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-c.done
		_ = tty.Close()
	})
	return c
}

// read hands the program's bytes to the emulator, which wants whole characters, until the
// last program has closed the terminal.
func (c *Console) read() {
	var rest []byte
	chunk := make([]byte, 32<<10)
	for {
		n, err := c.tty.Read(chunk)
		c.mu.Lock()
		c.raw.Write(chunk[:n])
		c.mu.Unlock()
		rest = append(rest, chunk[:n]...)
		whole := len(rest)
		for back := 1; back <= min(utf8.UTFMax, len(rest)); back++ {
			if at := len(rest) - back; utf8.RuneStart(rest[at]) {
				if !utf8.FullRune(rest[at:]) {
					whole = at
				}
				break
			}
		}
		_, _ = c.vt.Write(rest[:whole])
		rest = append(rest[:0], rest[whole:]...)
		if err != nil {
			return
		}
	}
}

// Raw are the bytes that the program wrote.
func (c *Console) Raw() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.raw.String()
}

// Screen is what is visible.
func (c *Console) Screen() string { return c.vt.String() }

// Terminal is the emulator, to look at cells, colours and modes.
func (c *Console) Terminal() vt10x.Terminal { return c.vt }

// Press sends keys as the terminal would: names in angle brackets are keys without a
// character, "<esc>" for instance, anything else is typed as it is.
func (c *Console) Press(keys ...string) {
	c.t.Helper()
	for _, key := range keys {
		text, ok := codes[key]
		if !ok {
			text = key
		}
		if _, err := c.tty.WriteString(text); err != nil {
			c.t.Fatalf("press %s: %v\n%s", key, err, c.Screen())
		}
		if key == "<esc>" {
			time.Sleep(escapeAlone)
		}
	}
}

// escapeAlone is how long after Escape a key has to wait, or terminals' programs take the
// two for one key with Alt.
const escapeAlone = 80 * time.Millisecond

var codes = map[string]string{
	"<esc>": "\x1b", "<enter>": "\r", "<tab>": "\t", "<up>": "\x1b[A", "<down>": "\x1b[B", "<ctrl+c>": "\x03", "<ctrl+p>": "\x10", "<ctrl+r>": "\x12",
	"<ctrl+z>": "\x1a", "<pgdown>": "\x1b[6~", "<home>": "\x1b[H", "<end>": "\x1b[F", "<backspace>": "\x7f",
}

// Wait fails unless the screen shows all texts in time.
func (c *Console) Wait(texts ...string) {
	c.t.Helper()
	c.until(fmt.Sprintf("to show %q", texts), patience, func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// WaitLong is Wait with a time limit of its own.
func (c *Console) WaitLong(limit time.Duration, text string) {
	c.t.Helper()
	c.until(fmt.Sprintf("to show %q", text), limit, func(screen string) bool { return strings.Contains(screen, text) })
}

// Gone fails unless the screen stops showing a text in time.
func (c *Console) Gone(text string) {
	c.t.Helper()
	c.until(fmt.Sprintf("to hide %q", text), patience, func(screen string) bool { return !strings.Contains(screen, text) })
}

func (c *Console) until(what string, limit time.Duration, ok func(screen string) bool) {
	c.t.Helper()
	for end := time.Now().Add(limit); ; {
		if ok(c.Screen()) {
			return
		}
		select {
		case <-c.done:
			if ok(c.Screen()) {
				return
			}
			c.t.Fatalf("it ended (%v) while the screen was %s:\n%s", c.err, what, c.Screen())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			c.t.Fatalf("the screen took longer than %s %s:\n%s", limit, what, c.Screen())
		}
	}
}

// Resize changes the size of the terminal.
func (c *Console) Resize(w, h int) {
	c.t.Helper()
	c.vt.Resize(w, h)
	if err := pty.Setsize(c.tty, &pty.Winsize{Rows: uint16(h), Cols: uint16(w)}); err != nil {
		c.t.Fatal(err)
	}
}

// Signal sends the program a signal.
func (c *Console) Signal(s syscall.Signal) {
	c.t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
}

// End waits for the program and returns its exit code.
func (c *Console) End() int {
	c.t.Helper()
	select {
	case <-c.done:
	case <-time.After(patience):
		c.t.Fatalf("it does not end:\n%s", c.Screen())
	}
	var failed *exec.ExitError
	if c.err != nil && !errors.As(c.err, &failed) {
		c.t.Fatal(c.err)
	}
	return c.cmd.ProcessState.ExitCode()
}

// Restored fails unless the terminal is as a shell wants it: the usual screen, a visible
// cursor, and input that is echoed and edited by the line.
func (c *Console) Restored() {
	c.t.Helper()
	if c.vt.Mode()&vt10x.ModeAltScreen != 0 {
		c.t.Error("the alternate screen is left on")
	}
	if !c.vt.CursorVisible() {
		c.t.Error("the cursor is left hidden")
	}
	if c.vt.Mode()&(vt10x.ModeMouseButton|vt10x.ModeMouseMotion|vt10x.ModeMouseMany) != 0 {
		c.t.Error("the mouse is left captured")
	}
	state, err := unix.IoctlGetTermios(int(c.tty.Fd()), unix.TCGETS)
	if err != nil {
		c.t.Fatal(err)
	}
	if want := uint32(unix.ICANON | unix.ECHO | unix.ISIG); state.Lflag&want != want {
		c.t.Errorf("the terminal is left raw: %#x", state.Lflag)
	}
}
