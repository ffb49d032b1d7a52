package imports

import (
	"strconv"
	"strings"

	"batten/profiles"
)

// name returns the kernel's name of a call as strace wrote it, false when the
// architecture has none of that name.
func (l *log) name(s string, arch profiles.Arch) (string, bool) {
	if number, ok := strings.CutPrefix(s, "syscall_"); ok {
		n, err := strconv.ParseUint(number, 0, 31)
		if err != nil {
			return "", false
		}
		if name, ok := profiles.SyscallName(arch, int(n)); ok {
			return name, true
		}
		return "syscall_" + strconv.FormatUint(n, 10), true
	}
	if _, ok := profiles.SyscallNumber(arch, s); ok {
		return s, true
	}
	// Names of strace that differ from the kernel's.
	for _, other := range []string{"arm_" + s, strings.TrimPrefix(s, "sys_")} {
		if _, ok := profiles.SyscallNumber(arch, other); ok {
			return other, true
		}
	}
	return "", false
}

// mode notes that a process changed its calling convention.
func (l *log) mode(body string) {
	m := modeLine.FindStringSubmatch(body)
	if m == nil {
		return
	}
	pid, _ := strconv.Atoi(m[1])
	l.process(pid).arch = modeArch(l.native, m[2])
	l.process(0).arch = modeArch(l.native, m[2]) // lines without a number may be its
}

// modeArch returns the architecture of a mode of strace.
func modeArch(native profiles.Arch, mode string) profiles.Arch {
	switch {
	case mode == "x32":
		return profiles.ArchX32
	case mode == "32 bit" && native == profiles.ArchX8664:
		return profiles.ArchX86
	case mode == "32 bit" && native == profiles.ArchAARCH64:
		return profiles.ArchARM
	}
	return native
}

// signal notes a SIGSYS by which a filter refused a call.
func (l *log) signal(pid int, body string) {
	m := sigsys.FindStringSubmatch(body)
	if m == nil {
		return
	}
	proc := l.process(pid)
	name := m[1]
	if name == "" {
		name = "syscall_" + m[2] + m[3]
	}
	if name, ok := l.name(name, proc.arch); ok {
		proc.refused = callKey{name, proc.arch, l.part()}
		l.g.deny(proc.refused, false, l.origin(proc, l.clock.last))
	}
}

// end forgets a process.
func (l *log) end(pid int, body string) {
	proc := l.procs[pid]
	if strings.HasPrefix(body, "+++ exited") {
		l.exited++
	}
	if m := killed.FindStringSubmatch(body); m != nil && m[1] == "SIGSYS" && proc != nil && proc.refused.name != "" {
		l.g.deny(proc.refused, true, nil)
	}
	if proc != nil {
		l.flush(proc)
	}
	delete(l.procs, pid)
}

// flush judges the arguments of a call that never came back.
func (l *log) flush(proc *process) {
	if proc.pending == "" {
		return
	}
	if c, ok := parseCall(proc.pending); ok {
		l.note(proc, c, proc.began, true)
	}
	proc.pending = ""
}

// finish draws the conclusions at the end of the log.
func (l *log) finish() {
	if l.carry != "" {
		rest := l.carry
		l.carry = ""
		l.line(rest + unfinished)
	}
	for _, proc := range l.procs {
		l.flush(proc)
	}
	// Nothing exits without a call: it was left out.
	if l.exited > 0 && l.exits == 0 {
		l.g.loss.Partial = true
	}
	if l.summary {
		l.completeSummary()
	}
	l.addMultiplexed()
}

// addMultiplexed adds the calls through which 32-bit x86 programs may have made
// those that strace shows decoded: the log does not tell which way was taken.
func (l *log) addMultiplexed() {
	for _, k := range multiplexed(l.g.calls) {
		l.g.call(k, 0, func() *profiles.Origin { return nil })
	}
}

func multiplexed(calls map[callKey]*profiles.Syscall) (out []callKey) {
	for k := range calls {
		if k.arch != profiles.ArchX86 {
			continue
		}
		switch {
		case isSocketCall(k.name):
			out = append(out, callKey{"socketcall", k.arch, k.part})
		case strings.HasPrefix(k.name, "sem"), strings.HasPrefix(k.name, "msg"), strings.HasPrefix(k.name, "shm"):
			out = append(out, callKey{"ipc", k.arch, k.part})
		}
	}
	return out
}

func isSocketCall(name string) bool {
	switch name {
	case "socket", "bind", "connect", "listen", "accept", "accept4", "getsockname", "getpeername", "socketpair",
		"sendto", "recvfrom", "shutdown", "setsockopt", "getsockopt", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg":
		return true
	}
	return false
}

// executed reads the program and arguments of an execve that succeeded.
func executed(c call) program {
	at := 0
	if c.name == "execveat" {
		at = 1
	}
	var p program
	if at < len(c.args) {
		p.path, _, _ = unquote(c.args[at])
	}
	if at+1 < len(c.args) {
		p.args = profiles.RedactArgs(argumentVector(c.args[at+1]))
	}
	return p
}

// argumentVector reads ["a", "b"...]. Strings that strace cut keep a mark.
func argumentVector(s string) []string {
	s, ok := strings.CutPrefix(s, "[")
	if !ok {
		return nil
	}
	parts, _ := splitArguments(strings.TrimSuffix(s, "]"))
	var out []string
	for _, part := range parts {
		text, cut, ok := unquote(part)
		if !ok {
			break
		}
		if cut {
			text += "…"
		}
		out = append(out, text)
	}
	return out
}
