package imports

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"batten/internal/audit"
	"batten/profiles"
)

// maxLine bounds one line of a log; the kernel writes at most some 9 KiB.
const maxLine = 64 << 10

// ErrChoose means that a file is about several profiles, and none was chosen.
var ErrChoose = errors.New("about several profiles")

// Audit reads what AppArmor refused, or in complain mode would have refused, from a
// log: the kernel's own, the journal's, or that of the audit daemon. profile is the
// name of the profile whose records count, with those of its children; "" takes the
// only one there is. Lines of other things are passed over. The records name threads
// and no programs, so that rows have none. Notes are what could not be taken over.
func Audit(r io.Reader, profile string, o Options) (profiles.Recording, []string, error) {
	rec, notes, err := readAudit(r, profile, o)
	if err != nil {
		return profiles.Recording{}, nil, fmt.Errorf("read audit log: %w", err)
	}
	return rec, notes, nil
}

func readAudit(r io.Reader, profile string, o Options) (profiles.Recording, []string, error) {
	l := auditLog{rows: newRows(), profile: profile, of: map[string]int{}}
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 4096), maxLine)
	for s.Scan() {
		e, err := audit.Parse(s.Text())
		switch {
		case errors.Is(err, audit.ErrOther):
		case err != nil:
			l.rows.loss.Strings++
			l.rows.notes.add("a record could not be read: %s", err.Error())
		default:
			l.event(e)
		}
	}
	if err := s.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return profiles.Recording{}, nil, fmt.Errorf("%w: a line is longer than %d KiB", ErrFormat, maxLine>>10)
		}
		return profiles.Recording{}, nil, err
	}
	names := slices.Sorted(maps.Keys(l.of))
	switch {
	case len(names) == 0 && profile != "":
		return profiles.Recording{}, nil, fmt.Errorf("%w: no record is of the profile %q", ErrFormat, short(profile))
	case len(names) == 0:
		return profiles.Recording{}, nil, fmt.Errorf("%w: no record of AppArmor in it", ErrFormat)
	case len(names) > 1:
		return profiles.Recording{}, nil, fmt.Errorf("%w: %s", ErrChoose, quoteAll(names))
	case l.rows.empty():
		return profiles.Recording{}, nil, fmt.Errorf("%w: nothing in its records can be taken over: %s", ErrFormat, strings.Join(l.rows.notes.texts(), "; "))
	}
	rec := l.rows.recording("import/audit", o)
	rec.Run.Seconds = uint64(l.last.Sub(l.first) / time.Second)
	rec.Service = called(rec.Service, names[0])
	return rec, l.rows.notes.texts(), nil
}

func quoteAll(names []string) string {
	out := make([]string, 0, len(names))
	for _, n := range names[:min(len(names), 10)] {
		out = append(out, strconv.Quote(short(n)))
	}
	return strings.Join(out, ", ")
}

// auditLog is the state while a log is read.
type auditLog struct {
	rows        *rows
	profile     string
	of          map[string]int // records by profile, without children
	first, last time.Time
}

// event takes over one record.
func (l *auditLog) event(e audit.Event) {
	parent, _, _ := strings.Cut(e.Profile, "//")
	switch e.Verdict {
	case audit.Denied, audit.Allowed, audit.Killed:
	default:
		return
	}
	if l.profile != "" && parent != l.profile && e.Profile != l.profile {
		return
	}
	if len(l.of) < maxRows {
		l.of[parent]++
	}
	if l.first.IsZero() || e.Time.Before(l.first) {
		l.first = e.Time
	}
	if e.Time.After(l.last) {
		l.last = e.Time
	}
	origin := &profiles.Origin{Comm: strings.ToValidUTF8(e.Comm, "?"), Offset: uint64(max(0, e.Time.Sub(l.first)/time.Millisecond))}
	switch {
	case e.Operation == "capable":
		if !l.rows.capability(e.Capability, e.Verdict == audit.Allowed, origin) {
			l.rows.notes.add("capability %s is not known", e.Capability)
		}
	case e.Operation == "signal":
		l.signal(e, origin)
	case e.Operation == "ptrace":
		if words := e.Requested; words == "trace" || words == "read" {
			l.rows.contact(profiles.Contact{Kind: profiles.ContactPtrace, Peer: peerOf(e)}, origin)
		}
	case strings.HasSuffix(e.Operation, "mount"), e.Operation == "pivotroot":
		l.mount(e, origin)
	case e.Family != "" && e.Family != "unix", e.Family == "unix" && !strings.HasPrefix(e.Name, "/"):
		l.network(e, origin)
	default:
		l.file(e, origin)
	}
}

// peerOf is "" for a process under the same profile.
func peerOf(e audit.Event) string {
	if e.Peer == e.Profile {
		return ""
	}
	return profiles.Outside
}

var realTimeSignal = regexp.MustCompile(`^RTMIN\+([0-9]{1,2})$`)

func (l *auditLog) signal(e audit.Event, origin *profiles.Origin) {
	if !strings.Contains(e.Requested, "send") {
		return // the other side's
	}
	if name, ok := signalName(e.Signal); ok {
		l.rows.contact(profiles.Contact{Kind: profiles.ContactSignal, Signal: name, Peer: peerOf(e)}, origin)
		return
	}
	l.rows.notes.add("signal %s is not known", e.Signal)
}

// signalName turns AppArmor's name of a signal into that of a recording.
func signalName(s string) (string, bool) {
	s = strings.ToUpper(s)
	if m := realTimeSignal.FindStringSubmatch(s); m != nil {
		return "RT" + m[1], true
	}
	ok := len(s) > 1 && len(s) <= 10
	for i := range len(s) {
		ok = ok && (s[i] >= 'A' && s[i] <= 'Z' || i > 0 && s[i] >= '0' && s[i] <= '9')
	}
	return s, ok
}

func (l *auditLog) mount(e audit.Event, origin *profiles.Origin) {
	op := map[string]string{"mount": "mount", "umount": "umount", "pivotroot": "pivot_root"}[e.Operation]
	flags := e.Other["flags"]
	m := profiles.Mount{Operation: op, Type: clip(e.Other["fstype"]), Source: strings.ToValidUTF8(e.Other["srcname"], "?"), Path: e.Name, First: origin}
	for _, o := range strings.FieldsFunc(flags, func(r rune) bool { return r == ',' || r == ' ' }) {
		switch {
		case o == "bind" || o == "rbind":
			m.Operation = "bind"
		case o == "remount" || o == "move":
			m.Operation = o
		case len(m.Options) < 32:
			m.Options = append(m.Options, clip(o))
		}
	}
	if m.Path = strings.TrimSuffix(m.Path, "/"); m.Path == "" {
		m.Path = "/"
	}
	if op == "" || !usable(m.Path) || len(m.Source) > 4095 {
		l.rows.notes.add("%s of %s could not be taken over", e.Operation, e.Name)
		return
	}
	l.rows.mount(m)
}

// clip bounds a word of the record.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), 200)], "?") }

// network takes over sockets of which the record has a port; older kernels give none.
func (l *auditLog) network(e audit.Event, origin *profiles.Origin) {
	protocol := map[string]string{"stream": "tcp", "dgram": "udp"}[e.SocketType]
	ip := e.Family == "inet" || e.Family == "inet6"
	address, port, use := e.Other["faddr"], e.Other["fport"], profiles.SocketConnect
	if e.Operation == "bind" || e.Operation == "listen" || e.Operation == "accept" {
		address, port, use = e.Other["laddr"], e.Other["lport"], profiles.SocketListen
	}
	a, err := netip.ParseAddr(address)
	n, err2 := strconv.ParseUint(port, 10, 16)
	if !ip || protocol == "" || err != nil || err2 != nil || n == 0 || a.Zone() != "" {
		l.rows.notes.add("sockets of %s, %s: the record has no port", e.Family, e.SocketType)
		return
	}
	l.rows.socket(profiles.Socket{Use: use, Protocol: protocol, Address: a.String(), Port: int(n), First: origin})
}

// letters are permissions of files, as records have them
// (aa_audit_perm_mask in security/apparmor/lib.c).
var letters = map[rune]profiles.Access{
	'r': profiles.AccessRead, 'w': profiles.AccessWrite, 'a': profiles.AccessAppend, 'c': profiles.AccessCreate, 'd': profiles.AccessRemove,
	'x': profiles.AccessExecute, 'm': profiles.AccessMap, 'k': profiles.AccessLock, 'l': profiles.AccessLink,
}

// operations say more than the letters: what they ask for is this alone.
var operations = map[string]profiles.Access{
	"mknod": profiles.AccessCreate, "mkdir": profiles.AccessCreate, "symlink": profiles.AccessSymlink, "unlink": profiles.AccessRemove,
	"rmdir": profiles.AccessRemove, "rename_src": profiles.AccessRename, "rename_dest": profiles.AccessReplace, "link": profiles.AccessLink,
	"chmod": profiles.AccessChmod, "chown": profiles.AccessChown, "truncate": profiles.AccessTruncate, "exec": profiles.AccessExecute,
	"connect": profiles.AccessConnect, "bind": profiles.AccessBind, "file_lock": profiles.AccessLock,
}

func (l *auditLog) file(e audit.Event, origin *profiles.Origin) {
	var access []profiles.Access
	if a, ok := operations[e.Operation]; ok {
		access = append(access, a)
	} else {
		for _, c := range e.Requested {
			if a, ok := letters[c]; ok {
				access = append(access, a)
			}
		}
	}
	name := e.Name
	if (e.Operation == "mkdir" || e.Operation == "rmdir") && !strings.HasSuffix(name, "/") {
		name += "/"
	}
	switch {
	case e.Name == "":
		l.rows.notes.add("%s names no file", e.Operation)
	case !strings.HasPrefix(name, "/"):
		l.rows.loss.Paths++
		l.rows.notes.add("%s is no whole path: %s", e.Name, e.Info)
	case !l.rows.file(name, origin, access...):
		l.rows.notes.add("%s of %s could not be taken over", e.Operation, e.Name)
	default:
		if f := l.rows.files[strings.TrimSuffix(name, "/")]; f != nil && e.Operation == "link" && usable(e.Target) {
			f.Target = e.Target
		}
	}
}
