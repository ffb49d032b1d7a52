package imports

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"batten/profiles"
)

const (
	maxLogBytes  = 4 << 30 // read as a stream, never held
	maxLineBytes = 1 << 20 // the rest of a longer line is dropped
)

// Strace reads a log of strace, of one process or of many (-f, or the files of
// -ff put together), with any of its time stamps and decorations, and the tables
// of strace -c. All calls are the application's, but what comes before the first
// program was executed. Phases stay empty: a log does not have them.
//
// strace sees calls before a filter judges them, and cannot tell what a filter
// refused; only kills by a filter are recorded as denied. The architecture is
// o.Run.Arch, x86_64 when it is empty; lines in which strace says that a process
// runs in another mode are heeded, but strace writes them to its error output: in
// the file of -o, 32-bit calls pass for native ones. StartupSeen is true when the log begins with
// an execve. A log without any exit of a process that exited is marked partial:
// strace was told to leave calls out. Lines that are not strace's (the traced
// program's own output) are skipped.
//
// Errors: [ErrFormat] when nothing in it is strace's, [ErrTooLarge] over 4 GiB.
func Strace(r io.Reader, o Options) (profiles.Recording, error) {
	if o.Run.Arch == "" {
		o.Run.Arch = profiles.ArchX8664
	}
	if !o.Run.Arch.Valid() {
		return profiles.Recording{}, fmt.Errorf("read strace log: %w: unknown architecture %q", ErrFormat, o.Run.Arch)
	}
	l := newLog(o.Run.Arch)
	if err := eachLine(r, l.line); err != nil {
		return profiles.Recording{}, fmt.Errorf("read strace log: %w", err)
	}
	l.finish()
	if l.known == 0 {
		return profiles.Recording{}, fmt.Errorf("read strace log: %w: none of %d lines is a call", ErrFormat, l.lines)
	}
	return l.recording(o), nil
}

// eachLine calls f with every line, without its end and cut to the limit.
func eachLine(r io.Reader, f func(string)) error {
	limited := &io.LimitedReader{R: r, N: maxLogBytes + 1}
	br := bufio.NewReaderSize(limited, 64<<10)
	var line []byte
	for {
		part, err := br.ReadSlice('\n')
		line = append(line, part[:min(len(part), maxLineBytes-min(maxLineBytes, len(line)))]...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if limited.N <= 0 {
			return fmt.Errorf("%w: more than %d GiB", ErrTooLarge, maxLogBytes>>30)
		}
		if len(line) > 0 || err == nil {
			f(strings.TrimRight(string(line), "\r\n"))
		}
		line = line[:0]
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// recording puts the result together.
func (l *log) recording(o Options) profiles.Recording {
	r := profiles.Recording{Schema: profiles.RecordingSchema, Service: o.Service, Run: o.Run, Evidence: l.g.evidence()}
	r.Run.Backend = "import/strace"
	if r.Run.Seccomp == "" {
		r.Run.Seccomp = profiles.SeccompUnknown
	}
	r.Run.StartupSeen = l.startup
	if l.clock.begun {
		r.Run.Seconds = uint64(l.clock.last / time.Second)
		r.Run.QuietFor = uint64(max(0, l.clock.last-l.g.newest) / time.Second)
	}
	if l.main.path != "" {
		r.Entries = []profiles.Entry{{
			ID: profiles.MainEntry, Kind: profiles.EntryMain, Program: l.main.path, Args: l.main.args, Runs: 1,
		}}
		if r.Service.Command == nil {
			r.Service.Command = l.main.args
		}
	}
	if r.Service.Name == "" {
		r.Service.Name = "command"
		if l.main.path != "" {
			r.Service.Name = path.Base(l.main.path)
		}
	}
	if r.Service.Kind == "" {
		r.Service.Kind = profiles.KindCommand
	}
	return r
}
