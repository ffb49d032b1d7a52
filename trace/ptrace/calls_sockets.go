package ptrace

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"batten/profiles"
)

// socketCalls listen and connect.
var socketCalls = map[string]handler{
	"bind":     bind,
	"listen":   listens,
	"connect":  func(h *held) finish { return h.connects(h.args[0], h.args[1], h.args[2], 0, true) },
	"sendto":   func(h *held) finish { return h.connects(h.args[0], h.args[4], h.args[5], h.args[3], false) },
	"sendmsg":  sendmsg,
	"sendmmsg": sendmmsg,
}

// before are errors of a connection that come before a security module is asked, or
// are its own answer.
var before = []unix.Errno{
	unix.EBADF, unix.ENOTSOCK, unix.EFAULT, unix.EINVAL, unix.EACCES, unix.EPERM, unix.EAFNOSUPPORT, unix.EISCONN,
	unix.EALREADY, unix.ENOENT, unix.ENOTDIR, unix.ELOOP, unix.ENAMETOOLONG, unix.EOPNOTSUPP,
}

func bind(h *held) finish {
	a := h.address(h.args[1], h.args[2])
	switch {
	case a.path != "":
		s, err := h.eyes.find(unix.AT_FDCWD, a.path, false)
		t := found{s, err}.as(profiles.AccessBind)
		t.kind = profiles.FileSocket
		return h.gives(nil, t)
	case a.abstract != "":
		return h.uses(nil, profiles.Socket{Use: profiles.SocketListen, Protocol: "unix", Name: a.abstract})
	case a.ip.IsValid() && a.port != 0:
		protocol, err := h.protocolOf(h.args[0])
		if err != nil {
			return lostCall(h)
		}
		if protocol == "udp" {
			return h.uses(nil, a.socket(profiles.SocketListen, protocol))
		}
	}
	return nil
}

// listens asks a socket for its address when it listens: it may have got its port
// only now.
func listens(h *held) finish {
	return func(result int64) {
		if result < 0 {
			return
		}
		s, err := h.borrow(h.args[0])
		if err != nil {
			h.lost()
			return
		}
		defer unix.Close(s)
		protocol, err := protocolOf(s)
		if err != nil {
			h.lost()
			return
		}
		if protocol != "tcp" {
			return // a Unix socket was noted at bind
		}
		a, err := localAddress(s)
		if err != nil || a.port == 0 {
			h.lost()
			return
		}
		h.socket(a.socket(profiles.SocketListen, protocol))
	}
}

// connects handles what reaches for an address; always tells a connect from a
// datagram, whose address a connected stream ignores.
func (h *held) connects(fd, addr, size, flags uint64, always bool) finish {
	if addr == 0 {
		return nil
	}
	return h.reaches(fd, h.address(addr, size), flags, always)
}

func (h *held) reaches(fd uint64, a address, flags uint64, always bool) finish {
	switch {
	case a.path != "":
		s, err := h.eyes.find(unix.AT_FDCWD, a.path, true)
		t := found{s, err}.as(profiles.AccessConnect)
		return func(result int64) {
			if result < 0 && slices.Contains(before, unix.Errno(-result)) {
				return
			}
			switch {
			case t.err != nil || !t.exists:
				if result >= 0 {
					h.lost()
				}
			case result >= 0 || t.kind == profiles.FileSocket:
				t.kind = profiles.FileSocket
				h.note(t)
			}
		}
	case a.abstract != "":
		return h.uses(before, profiles.Socket{Use: profiles.SocketConnect, Protocol: "unix", Name: a.abstract})
	case a.ip.IsValid() && a.port != 0:
		protocol, err := h.protocolOf(fd)
		if err != nil {
			return lostCall(h)
		}
		if protocol == "udp" || protocol == "tcp" && (always || flags&unix.MSG_FASTOPEN != 0) {
			return h.uses(before, a.socket(profiles.SocketConnect, protocol))
		}
	}
	return nil
}

// uses notes a socket unless the call failed; with errors, unless it failed so.
func (h *held) uses(errors []unix.Errno, s profiles.Socket) finish {
	return func(result int64) {
		if result < 0 && (errors == nil || slices.Contains(errors, unix.Errno(-result))) {
			return
		}
		h.socket(s)
	}
}

func (h *held) socket(s profiles.Socket) {
	if s.Protocol == "unix" {
		s.Name = strings.ToValidUTF8(s.Name, "\uFFFD")
	}
	h.th.target.rec.socket(h.th, s)
}

// sendmsg has its address in struct msghdr, whose first fields are a pointer and a
// length of 32 bits.
func sendmsg(h *held) finish { return h.message(h.args[1], h.args[2]) }

func (h *held) message(addr, flags uint64) finish {
	b, err := readExactly(h.th.tid, addr, 16)
	if err != nil || word(b, 0) == 0 {
		return nil
	}
	return h.reaches(h.args[0], h.address(word(b, 0), uint64(half(b, 8))), flags, false)
}

// maxMessages is UIO_MAXIOV: how many messages sendmmsg takes.
const maxMessages = 1024

// sizeofMessage is that of struct mmsghdr.
const sizeofMessage = 64

func sendmmsg(h *held) finish {
	var all []finish
	for i := range min(h.args[2]&0xffffffff, maxMessages) {
		all = append(all, h.message(h.args[1]+i*sizeofMessage, h.args[3]))
	}
	if !slices.ContainsFunc(all, func(f finish) bool { return f != nil }) {
		return nil
	}
	return func(sent int64) {
		for i, f := range all {
			if f != nil && (int64(i) < sent || i == 0) {
				f(min(sent, 0))
			}
		}
	}
}
