package audit

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Of linux/audit.h.
const (
	groupReadLog = 1    // AUDIT_NLGRP_READLOG
	typeUserAVC  = 1107 // AUDIT_USER_AVC, the one that user space may write while auditing is off
)

// bufferSize is room for several thousand records that wait to be read.
const bufferSize = 4 << 20

// Listener receives audit records from the kernel. It listens where any number may
// and does not take the audit daemon's place. The kernel's log, where records go
// too when there is no daemon, leaves some out when there are many; this does not.
type Listener struct {
	file *os.File
	raw  syscall.RawConn
	lost atomic.Uint64
	mark atomic.Uint64
}

// Record is one audit record of any type.
type Record struct {
	Type int
	Text string // as [Parse] takes it
}

// Listen needs the capability CAP_AUDIT_READ and the first network namespace.
func Listen() (*Listener, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_AUDIT)
	if err != nil {
		return nil, fmt.Errorf("open audit socket: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: 1 << (groupReadLog - 1)}); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("listen for audit records: %w", err)
	}
	// With the capability the limit for ordinary users does not count.
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, bufferSize) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, bufferSize)
	}
	file := os.NewFile(uintptr(fd), "audit")
	raw, err := file.SyscallConn()
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("open audit socket: %w", err)
	}
	return &Listener{file: file, raw: raw}, nil
}

// Close ends a Next that waits with os.ErrClosed.
func (l *Listener) Close() error { return l.file.Close() }

// Lost is how many times the kernel had no room for records, each of which then is
// lost to this listener. One must not call what it heard complete when it is not 0.
func (l *Listener) Lost() uint64 { return l.lost.Load() }

// Next waits for a record.
func (l *Listener) Next() (Record, error) {
	buffer := make([]byte, 16<<10)
	for {
		n, err := l.receive(buffer)
		if errors.Is(err, unix.ENOBUFS) {
			l.lost.Add(1)
			continue
		}
		if err != nil {
			return Record{}, fmt.Errorf("receive audit record: %w", err)
		}
		if r, ok := record(buffer[:n]); ok {
			return r, nil
		}
	}
}

func (l *Listener) receive(buffer []byte) (n int, err error) {
	if e := l.raw.Read(func(fd uintptr) bool {
		n, _, err = unix.Recvfrom(int(fd), buffer, 0)
		return !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR)
	}); e != nil {
		return 0, e
	}
	return n, err
}

// record takes the netlink header off. The kernel's audit code gives the length
// without the header in it on some paths, so the datagram's own length counts.
func record(data []byte) (Record, bool) {
	if len(data) < unix.NLMSG_HDRLEN {
		return Record{}, false
	}
	kind := int(binary.NativeEndian.Uint16(data[4:]))
	return Record{Type: kind, Text: strings.TrimRight(string(data[unix.NLMSG_HDRLEN:]), "\x00")}, true
}

// Mark is a place in the stream of records.
type Mark string

// NewMark returns a mark that nobody else makes.
func (l *Listener) NewMark() Mark {
	return Mark("op=batten-mark id=" + strconv.Itoa(os.Getpid()) + "." + strconv.FormatUint(l.mark.Add(1), 10))
}

// Write has the kernel write the mark after all that it has written so far: who
// hears it has nothing earlier to wait for. It needs the capability
// CAP_AUDIT_WRITE.
func (m Mark) Write(ctx context.Context) error {
	if err := send(ctx, typeUserAVC, string(m)); err != nil {
		return fmt.Errorf("write audit mark: %w", err)
	}
	return nil
}

// Is tells whether a record is the mark.
func (m Mark) Is(r Record) bool {
	return r.Type == typeUserAVC && strings.Contains(r.Text, "'"+string(m)+"'")
}

// send gives the kernel one record and waits for its answer.
func send(ctx context.Context, kind uint16, text string) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_AUDIT)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	limit := 5 * time.Second
	if deadline, ok := ctx.Deadline(); ok {
		limit = max(min(limit, time.Until(deadline)), time.Millisecond)
	}
	timeout := unix.NsecToTimeval(limit.Nanoseconds())
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout); err != nil {
		return err
	}
	message := make([]byte, unix.NLMSG_HDRLEN, unix.NLMSG_HDRLEN+len(text)+1)
	binary.NativeEndian.PutUint32(message, uint32(unix.NLMSG_HDRLEN+len(text)+1))
	binary.NativeEndian.PutUint16(message[4:], kind)
	binary.NativeEndian.PutUint16(message[6:], unix.NLM_F_REQUEST|unix.NLM_F_ACK)
	message = append(append(message, text...), 0)
	if err := unix.Sendto(fd, message, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, answer, 0)
	if err != nil {
		return err
	}
	if n >= unix.NLMSG_HDRLEN+4 && binary.NativeEndian.Uint16(answer[4:]) == unix.NLMSG_ERROR {
		if errno := int32(binary.NativeEndian.Uint32(answer[unix.NLMSG_HDRLEN:])); errno != 0 {
			return syscall.Errno(-errno)
		}
	}
	return nil
}
