package ptrace

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"batten/profiles"
)

// contactCalls reach for other processes.
var contactCalls = map[string]handler{
	"kill":              func(h *held) finish { return h.signals(h.peers(int(int32(h.args[0]))), h.args[1]) },
	"tkill":             func(h *held) finish { return h.signals(h.peers(int(int32(h.args[0]))), h.args[1]) },
	"tgkill":            func(h *held) finish { return h.signals(h.peers(int(int32(h.args[1]))), h.args[2]) },
	"rt_sigqueueinfo":   func(h *held) finish { return h.signals(h.peers(int(int32(h.args[0]))), h.args[1]) },
	"rt_tgsigqueueinfo": func(h *held) finish { return h.signals(h.peers(int(int32(h.args[1]))), h.args[2]) },
	"pidfd_send_signal": pidfdSendSignal,
	"ptrace":            traces,
}

// signalName names a signal as recordings do.
func signalName(n int) string {
	if n == 0 {
		return "EXISTS"
	}
	if n >= firstRealTime {
		return "RT" + strconv.Itoa(n-firstRealTime)
	}
	return strings.TrimPrefix(unix.SignalName(unix.Signal(n)), "SIG")
}

// firstRealTime is the kernel's SIGRTMIN; the C library's is higher.
const firstRealTime = 32

func (h *held) signals(peers []string, signal uint64) finish {
	name := signalName(int(int32(signal)))
	return func(result int64) {
		if result < 0 || name == "" {
			return
		}
		for _, p := range peers {
			h.contact(profiles.Contact{Kind: profiles.ContactSignal, Signal: name, Peer: p})
		}
	}
}

func (h *held) contact(c profiles.Contact) { h.th.target.rec.contact(h.th, c) }

func pidfdSendSignal(h *held) finish {
	b, err := os.ReadFile(h.eyes.at + "/fdinfo/" + decimal(int64(int32(h.args[0]))))
	if err != nil {
		return nil
	}
	// "Pid" is as batten sees the process; it is -1 when that is gone. The descriptor
	// may also be that of a folder of procfs, which has no such line.
	n, err := strconv.Atoi(fieldOf(b, "Pid"))
	if err != nil || n <= 0 {
		return nil
	}
	return h.signals([]string{h.peer(n)}, h.args[1])
}

// Requests that begin to trace (linux/ptrace.h).
const traceMe = 0

// traces handles ptrace. What batten traces nobody else can: that it fails is batten's
// doing, so that it counts all the same.
func traces(h *held) finish {
	var peer string
	switch h.args[0] {
	case traceMe:
	case unix.PTRACE_ATTACH, unix.PTRACE_SEIZE:
		peers := h.peers(int(int32(h.args[1])))
		if len(peers) == 0 {
			return nil
		}
		peer = peers[0]
	default:
		return nil
	}
	return func(result int64) {
		if result >= 0 || result == -int64(unix.EPERM) && peer != profiles.Outside {
			h.contact(profiles.Contact{Kind: profiles.ContactPtrace, Peer: peer})
		}
	}
}

// peers tells whose the processes are that a number as kill takes it names.
func (h *held) peers(n int) []string {
	switch {
	case n == -1:
		return []string{"", profiles.Outside} // everything that it may send to
	case n == 0:
		group, err := unix.Getpgid(h.th.tid)
		if err != nil {
			return nil
		}
		return h.group(group)
	case n < 0:
		if n = h.outer(-n); n == 0 {
			return nil
		}
		return h.group(n)
	}
	if n = h.outer(n); n == 0 {
		return nil
	}
	return []string{h.peer(n)}
}

// peer tells whose a thread or process is.
func (h *held) peer(n int) string {
	th := h.threads[n]
	for _, tid := range threadsOf(n) { // the first thread may have ended
		if th == nil {
			th = h.threads[tid]
		}
	}
	if th == nil {
		// Ended, and not reaped by its parent yet.
		if st, err := readStatus(strconv.Itoa(n)); err == nil && st.dead() {
			th = h.threads[st.ppid]
		}
	}
	switch {
	case th == nil:
		return profiles.Outside
	case th.target == h.th.target:
		return ""
	}
	return th.target.spec.Service.Name
}

// group tells whose the processes of a group are.
func (h *held) group(id int) []string {
	var out []string
	seen := make(map[string]bool)
	for _, pid := range numbersIn("/proc") {
		if group, err := unix.Getpgid(pid); err != nil || group != id {
			continue
		}
		if p := h.peer(pid); !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}

// outer turns a number that the thread uses for a process into batten's, 0 if there
// is no such process in its service.
func (h *held) outer(n int) int {
	if len(strings.Fields(statusField(h.th.tid, "NSpid"))) <= 1 {
		return n
	}
	mine, _ := os.Readlink(h.eyes.at + "/ns/pid")
	for tid := range h.threads {
		names := strings.Fields(statusField(tid, "NSpid"))
		if len(names) < 2 || names[len(names)-1] != strconv.Itoa(n) {
			continue
		}
		if ns, _ := os.Readlink("/proc/" + strconv.Itoa(tid) + "/ns/pid"); ns == mine {
			return tid
		}
	}
	return 0
}
