package imports

import (
	"strconv"
	"strings"
	"time"

	"batten/profiles"
)

// begin reads a call, or the first half of one.
func (l *log) begin(p prefix, body string) {
	head, half := strings.CutSuffix(strings.TrimRight(body, " "), unfinished)
	c, ok := parseCall(head)
	if !ok {
		return
	}
	now := l.clock.at(p.time)
	proc := l.process(p.pid)
	if half {
		proc.pending, proc.began = head, now
		switch c.name {
		case "clone", "clone3", "fork", "vfork":
			l.cloner = p.pid
		}
		l.note(proc, c, now, false)
		return
	}
	l.note(proc, c, now, true)
	l.returned(p.pid, proc, c, now)
}

// resume reads the second half of a call.
func (l *log) resume(p prefix, body string) {
	m := resumed.FindStringSubmatch(body)
	if m == nil {
		return
	}
	now := l.clock.at(p.time)
	l.adopt(p.pid, m[1])
	proc := l.process(p.pid)
	text, began := proc.pending, proc.began
	proc.pending = ""
	if !strings.HasPrefix(text, m[1]+"(") {
		text, began = m[1]+"(", now // the first half is before the log began
	}
	c, ok := parseCall(text + body[len(m[0]):])
	if !ok {
		return
	}
	l.note(proc, c, began, true)
	l.returned(p.pid, proc, c, began)
}

// adopt finds the process that the log did not number: without -o, strace only
// begins to number processes when there are two.
func (l *log) adopt(pid int, name string) {
	first := l.procs[0]
	if pid == 0 || first == nil || !strings.HasPrefix(first.pending, name+"(") {
		return
	}
	if p := l.procs[pid]; p != nil && p.pending != "" {
		return
	}
	l.procs[pid] = first
	delete(l.procs, 0)
}

// note records a call. Its arguments are only judged when all of it was read.
func (l *log) note(proc *process, c call, now time.Duration, whole bool) {
	name, ok := l.name(c.name, proc.arch)
	if !ok {
		return
	}
	if l.known++; l.known == 1 {
		l.startup = name == "execve" || name == "execveat"
	}
	l.exits += count(name == "exit" || name == "exit_group")
	row := l.g.call(callKey{name, proc.arch, l.part()}, now, func() *profiles.Origin { return l.origin(proc, now) })
	if spec, ok := profiles.ArgumentsOf(name); ok && whole {
		values, known := tuple(spec, c)
		l.g.arguments(row, spec, values, known, now)
	}
	if name == "restart_syscall" {
		// "<... resuming interrupted nanosleep ...>": a call from before the log began.
		if _, what, ok := strings.Cut(strings.Join(c.args, " "), "resuming interrupted "); ok {
			if other, ok := l.name(strings.Fields(what + " ")[0], proc.arch); ok {
				l.g.call(callKey{other, proc.arch, l.part()}, now, func() *profiles.Origin { return l.origin(proc, now) })
			}
		}
	}
	if proc.arch != l.native {
		l.g.loss.SecondArch = true
	}
}

// part tells on whose behalf: what comes before the first program is what started
// it.
func (l *log) part() profiles.Part {
	if l.startup && !l.started {
		return profiles.PartRuntime
	}
	return profiles.PartApplication
}

func (l *log) origin(proc *process, now time.Duration) *profiles.Origin {
	if proc.program.path == "" && !l.clock.begun {
		return nil
	}
	return &profiles.Origin{Program: proc.program.path, Args: proc.program.args, Offset: uint64(now / time.Millisecond)}
}

// returned draws the consequences of a call that came back.
func (l *log) returned(pid int, proc *process, c call, now time.Duration) {
	switch c.name {
	case "execve", "execveat":
		if !strings.HasPrefix(c.result, "0") {
			return
		}
		proc.program = executed(c)
		l.g.program(programKey{proc.program.path, profiles.PartApplication}, now, l.origin(proc, now))
		if !l.started && l.startup {
			l.main = proc.program
		}
		l.started = true
	case "clone", "clone3", "fork", "vfork":
		l.cloner = pid
		text, _, _ := strings.Cut(c.result, "<") // -Y adds the name
		if child, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && child > 0 {
			l.process(child)
		}
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
