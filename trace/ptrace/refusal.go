package ptrace

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"batten/trace"
)

// refusal turns what PTRACE_SEIZE answered for a process into an error that says
// what is in the way. Source of the reasons: ptrace(2), "Ptrace access mode
// checking" and Yama.
func refusal(pid int, err error) error {
	st, statErr := readStatus(strconv.Itoa(pid))
	switch {
	case err == unix.ESRCH, statErr != nil, st.dead():
		return fmt.Errorf("attach to process %d: %w", pid, trace.ErrNoTarget)
	case err != unix.EPERM:
		return fmt.Errorf("attach to process %d: %w: %w", pid, trace.ErrUnsupported, err)
	}
	reason := "CAP_SYS_PTRACE is missing, or a security module or a seccomp filter forbids ptrace"
	self, _ := readStatus("self")
	switch {
	case st.tracer != 0:
		reason = fmt.Sprintf("thread %d traces it already, and a process has one tracer only", st.tracer)
	case self.effective&(1<<unix.CAP_SYS_PTRACE) == 0 && st.uid != os.Getuid():
		reason = fmt.Sprintf("it belongs to user %d; run batten as that user or as root", st.uid)
	default:
		switch yamaScope() {
		case "1":
			reason = "kernel.yama.ptrace_scope is 1: only children may be traced; run batten as root, " +
				"or let batten start the command"
		case "2":
			reason = "kernel.yama.ptrace_scope is 2: only root may trace"
		case "3":
			reason = "kernel.yama.ptrace_scope is 3: tracing is switched off until the next boot"
		}
	}
	return fmt.Errorf("attach to process %d: %w: %s", pid, trace.ErrUnsupported, reason)
}

// yamaScope returns "" where Yama is not built in.
func yamaScope() string {
	b, _ := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope")
	return strings.TrimSpace(string(b))
}
