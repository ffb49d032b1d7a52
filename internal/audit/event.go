// Package audit reads what the kernel's AppArmor has denied, or in complain mode
// would have denied, from its audit records: from a log's text, or from the kernel
// itself.
//
// Invariant: a record is read as the kernel wrote it, whatever the names in it.
// Names are chosen by the traced program; the kernel writes one with a quote, a
// space or a control character in hexadecimal, so that it cannot pose as another
// field. What is no AppArmor record is refused, never guessed at. A log that programs
// may write to can hold lines that the kernel did not write; what the kernel sends
// (Listener) cannot.
package audit

import "time"

// TypeAVC is the type of the records that AppArmor writes (AUDIT_AVC of
// linux/audit.h).
const TypeAVC = 1400

// The verdicts, as the kernel spells them (security/apparmor/audit.c).
const (
	Denied  = "DENIED"  // refused
	Allowed = "ALLOWED" // complain mode: would have been refused
	Audited = "AUDIT"   // allowed, by a rule that asks for a record
	Killed  = "KILLED"  // refused, and the process was killed
	Status  = "STATUS"  // a profile was loaded, replaced or removed
)

// Event is one AppArmor record. Fields that a record does not have are zero.
// Strings are decoded, hence bytes of any kind.
type Event struct {
	Time   time.Time
	Serial uint64 // of the record; records of one event share it

	Verdict   string
	Operation string // open, exec, mknod, capable, connect, ptrace, signal, mount …
	Class     string // of newer kernels: file, cap, net, posix_mqueue …
	Info      string // why, where the kernel says more
	Error     int    // negative errno
	Profile   string // confining the process
	Namespace string // of the profile, where it is not the first
	Name      string // file, mount point or profile that the operation was on
	Target    string // second name: of link, rename, mount, or profile to change to
	PID       int
	Comm      string // name of the thread, at most 15 bytes

	Requested string // permissions, as letters (file) or words (network, signal)
	Denied    string // those that were lacking
	FSUID     int    // user of the process for file access; -1 where there is none
	OUID      int    // owner of the file; -1 where there is none

	Capability string // without CAP_, in lower case
	Signal     string
	Peer       string // profile of the other process
	Family     string // of a socket: inet, unix …
	SocketType string // stream, dgram …
	Protocol   int

	Other map[string]string // fields that have no place above, decoded
}
