package imports

import (
	"regexp"
	"strings"
	"time"

	"batten/profiles"
)

// log is the state while a log of strace is read.
type log struct {
	g      *gathered
	native profiles.Arch
	clock  clock
	procs  map[int]*process
	cloner int    // who last began to create a process
	carry  string // begin of a line that strace broke with a message of its own

	lines, known int
	startup      bool // the first call is an execve
	started      bool // a program was executed
	main         program
	exits        int // calls of exit and exit_group
	exited       int // processes that exited
	summary      bool
	tableArch    profiles.Arch
}

// program is what a process executes.
type program struct {
	path string
	args []string
}

// process is one traced process or thread.
type process struct {
	program program
	arch    profiles.Arch
	pending string // a call that did not return yet
	began   time.Duration
	refused callKey // the call for which it got SIGSYS
}

// maxProcesses bounds the processes that are followed; beyond it, what a call is
// explained by may be missing.
const maxProcesses = 1 << 16

func newLog(native profiles.Arch) *log {
	return &log{g: newGathered(), native: native, procs: map[int]*process{}, tableArch: native}
}

// process returns a process's state. A new one executes what its parent does.
func (l *log) process(pid int) *process {
	p := l.procs[pid]
	if p == nil {
		p = &process{arch: l.native}
		if parent := l.procs[l.cloner]; parent != nil {
			p.program, p.arch = parent.program, parent.arch
		}
		if len(l.procs) < maxProcesses {
			l.procs[pid] = p
		} else {
			l.g.loss.Events++
		}
	}
	return p
}

var (
	attached = regexp.MustCompile(`(?:strace: )?Process [0-9]+ attached.*$`)
	modeLine = regexp.MustCompile(`^\[ Process PID=([0-9]{1,7}) runs in (32 bit|64 bit|x32) mode\. \]$`)
	resumed  = regexp.MustCompile(`^<\.\.\. ([a-z_][a-z0-9_]{0,63}|\?\?\?) resumed>`)
	killed   = regexp.MustCompile(`^\+\+\+ killed by (SIG[A-Z0-9+]+)`)
	ended    = regexp.MustCompile(`^\+\+\+ (?:exited with|killed by|superseded by)`)
	sigsys   = regexp.MustCompile(`^--- SIGSYS \{.*si_code=SYS_SECCOMP.*si_syscall=(?:__NR_([a-z0-9_]{1,64})|([0-9]{1,6})|(0x[0-9a-f]{1,8}))`)
)

const unfinished = "<unfinished ...>"

// line reads one line of the log.
func (l *log) line(s string) {
	l.lines++
	if l.carry != "" {
		head := l.carry
		l.carry = ""
		if strings.HasPrefix(s, "[pid") || callHead.MatchString(s) { // the rest is missing
			l.line(head + unfinished)
			l.lines--
		} else {
			s = head + s
		}
	}
	// Without -o the message may stand behind the begin of a call.
	if strings.Contains(s, " attached") {
		if loc := attached.FindStringIndex(s); loc != nil {
			if head := s[:loc[0]]; strings.Contains(head, "(") {
				l.carry = head
			} else {
				l.known++
			}
			return
		}
	}
	if l.summaryLine(s) {
		return
	}
	p, body := splitPrefix(strings.TrimPrefix(s, "strace: "))
	switch {
	case body == "" || strings.HasPrefix(body, "> "):
	case strings.HasPrefix(body, "--- "):
		l.signal(p.pid, body)
	case ended.MatchString(body):
		l.clock.at(p.time)
		l.end(p.pid, body)
	case strings.HasPrefix(body, "[ Process"):
		l.mode(body)
	case strings.HasPrefix(body, "<... "):
		l.resume(p, body)
	case strings.HasPrefix(body, "???"):
		l.g.loss.Strings++ // interrupted before strace could read what it is
	default:
		l.begin(p, body)
	}
}
