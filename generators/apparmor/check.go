package apparmor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Report is what apparmor_parser made of a profile.
type Report struct {
	Version string // of the parser, "3.0.8"
	// Seconds are what the parser took of a processor, however busy the machine was.
	Seconds float64
	Bytes   int // of the compiled form
	// Warnings are the parser's lines, fit for a terminal.
	Warnings []string
}

// parserNames are looked for in PATH and where distributions put it, which is often
// not in the PATH of a user.
var parserNames = []string{"apparmor_parser", "/usr/sbin/apparmor_parser", "/sbin/apparmor_parser"}

// Check compiles a profile with apparmor_parser, without loading it: neither rights
// nor a kernel with AppArmor are needed. It returns [ErrNoParser] where that is not
// installed and an error that wraps [ErrRejected], with the place, for a profile that
// does not compile. The context ends a compilation that takes too long.
func Check(ctx context.Context, text []byte) (Report, error) {
	var size counter
	r, err := compile(ctx, text, &size)
	r.Bytes = int(size)
	return r, err
}

// compile is [Check] that hands out the compiled form.
func compile(ctx context.Context, text []byte, to io.Writer) (Report, error) {
	path, err := parser()
	if err != nil {
		return Report{}, err
	}
	r := Report{Version: version(ctx, path)}
	// -Q: do not load; -K: no cache; -S: the compiled form to standard output.
	cmd := exec.CommandContext(ctx, path, "-Q", "-K", "-S")
	cmd.WaitDelay = time.Second
	// The parser compiles in a process that it forks, which has to end with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	var said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), to, &said
	err = cmd.Run()
	if cmd.ProcessState != nil {
		r.Seconds = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	}
	for line := range strings.Lines(said.String()) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "Cache read/write disabled") && len(r.Warnings) < 20 {
			r.Warnings = append(r.Warnings, readable(line))
		}
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return r, nil
	case ctx.Err() != nil:
		return r, fmt.Errorf("compile AppArmor profile: %w", ctx.Err())
	case errors.As(err, &exit):
		return r, fmt.Errorf("compile AppArmor profile: %w: %s", ErrRejected, strings.Join(r.Warnings, "; "))
	}
	return r, fmt.Errorf("compile AppArmor profile: %w", err)
}

func parser() (string, error) {
	for _, name := range parserNames {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoParser
}

// version is the last word of the first line that the parser says of itself.
func version(ctx context.Context, path string) string {
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(out), "\n")
	words := strings.Fields(first)
	if len(words) == 0 {
		return ""
	}
	return readable(words[len(words)-1])
}

// readable escapes what a terminal would act on and leaves blanks.
func readable(s string) string {
	q := fmt.Sprintf("%+q", s)
	q = strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
	return q[:min(len(q), 500)]
}

// counter counts the bytes that are written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
