package audit

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The records are of Linux 6.1, but for names and numbers.
func TestRecordsOfTheKernelAreRead(t *testing.T) {
	at := time.UnixMilli(1700000000123).UTC()
	for name, test := range map[string]struct {
		text string
		want Event
	}{
		"file, from the kernel": {
			`audit(1700000000.123:45): apparmor="DENIED" operation="open" profile="demo" name="/etc/shadow" pid=301 comm="cat" requested_mask="r" denied_mask="r" fsuid=0 ouid=0`,
			Event{Verdict: Denied, Operation: "open", Profile: "demo", Name: "/etc/shadow", PID: 301, Comm: "cat", Requested: "r", Denied: "r"},
		},
		"file, from the kernel's log": {
			`[   12.345678] audit: type=1400 audit(1700000000.123:45): apparmor="ALLOWED" operation="mknod" profile="demo" name="/tmp/a" pid=301 comm="sh" requested_mask="c" denied_mask="c" fsuid=33 ouid=33`,
			Event{Verdict: Allowed, Operation: "mknod", Profile: "demo", Name: "/tmp/a", PID: 301, Comm: "sh", Requested: "c", Denied: "c", FSUID: 33, OUID: 33},
		},
		"from an audit log, with the daemon's additions": {
			"type=AVC msg=audit(1700000000.123:45): apparmor=\"DENIED\" operation=\"open\" profile=\"demo\" name=\"/a\" pid=3 comm=\"cat\" requested_mask=\"r\" denied_mask=\"r\" fsuid=1000 ouid=0\x1dFSUID=\"user\" OUID=\"root\"\n",
			Event{Verdict: Denied, Operation: "open", Profile: "demo", Name: "/a", PID: 3, Comm: "cat", Requested: "r", Denied: "r", FSUID: 1000},
		},
		"a name with a space, a quote and a line end": {
			`audit(1700000000.123:45): apparmor="DENIED" operation="open" profile=6120622F2F63 name=2F746D702F612022620A pid=3 comm=612062 requested_mask="wc" denied_mask="wc" fsuid=0 ouid=0`,
			Event{Verdict: Denied, Operation: "open", Profile: "a b//c", Name: "/tmp/a \"b\n", PID: 3, Comm: "a b", Requested: "wc", Denied: "wc"},
		},
		"capability": {
			`audit(1700000000.123:45): apparmor="DENIED" operation="capable" profile="demo" pid=3 comm="ping" capability=13  capname="net_raw"`,
			Event{Verdict: Denied, Operation: "capable", Profile: "demo", PID: 3, Comm: "ping", Capability: "net_raw", FSUID: -1, OUID: -1},
		},
		"network": {
			`audit(1700000000.123:45): apparmor="DENIED" operation="create" profile="demo" pid=3 comm="curl" family="inet" sock_type="stream" protocol=6 requested_mask="create" denied_mask="create"`,
			Event{Verdict: Denied, Operation: "create", Profile: "demo", PID: 3, Comm: "curl", Family: "inet", SocketType: "stream", Protocol: 6, Requested: "create", Denied: "create", FSUID: -1, OUID: -1},
		},
		"network, with addresses and a class": {
			`audit(1700000000.123:45): apparmor="DENIED" operation="connect" class="net" profile="demo" pid=3 comm="curl" laddr=127.0.0.1 lport=80 faddr=127.0.0.1 fport=443 family="inet" sock_type="stream" protocol=6 requested="send" denied="send"`,
			Event{Verdict: Denied, Operation: "connect", Class: "net", Profile: "demo", PID: 3, Comm: "curl", Family: "inet", SocketType: "stream", Protocol: 6, Requested: "send", Denied: "send", FSUID: -1, OUID: -1,
				Other: map[string]string{"laddr": "127.0.0.1", "lport": "80", "faddr": "127.0.0.1", "fport": "443"}},
		},
		"signal": {
			`audit(1700000000.123:45): apparmor="DENIED" operation="signal" profile="demo" pid=3 comm="kill" requested_mask="send" denied_mask="send" signal=term peer="unconfined"`,
			Event{Verdict: Denied, Operation: "signal", Profile: "demo", PID: 3, Comm: "kill", Requested: "send", Denied: "send", Signal: "term", Peer: "unconfined", FSUID: -1, OUID: -1},
		},
		"mount": {
			`audit(1700000000.123:45): apparmor="DENIED" operation="mount" info="failed mntpnt match" error=-13 profile="demo" name="/mnt/" pid=3 comm="mount" fstype="tmpfs" srcname="none" flags="rw, nosuid"`,
			Event{Verdict: Denied, Operation: "mount", Info: "failed mntpnt match", Error: -13, Profile: "demo", Name: "/mnt/", PID: 3, Comm: "mount", FSUID: -1, OUID: -1,
				Other: map[string]string{"fstype": "tmpfs", "srcname": "none", "flags": "rw, nosuid"}},
		},
		"profile loaded": {
			`audit(1700000000.123:45): apparmor="STATUS" operation="profile_load" profile="unconfined" name="demo" pid=3 comm="apparmor_parser"`,
			Event{Verdict: Status, Operation: "profile_load", Profile: "unconfined", Name: "demo", PID: 3, Comm: "apparmor_parser", FSUID: -1, OUID: -1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			test.want.Time, test.want.Serial = at, 45
			got, err := Parse(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhatIsNoAppArmorRecordIsTold(t *testing.T) {
	for _, text := range []string{
		"", "hello", `apparmor="DENIED"`,
		"audit(1700000000.123:45): avc:  denied  { read } for  pid=3 comm=\"cat\" name=\"apparmor=\"",
		`audit(1700000000.123:45): pid=3 uid=0 msg='op=test'`,
		// A program's words in a record of another kind do not make it AppArmor's.
		`audit(1700000000.123:45): pid=3 uid=0 msg='apparmor="DENIED" operation="open"'`,
		`audit(1700000000.123:45): pid=3 uid=0 msg='audit(1700000000.123:45): apparmor="DENIED" operation="open"'`,
		`audit(1700000000.123:45): pid=3 uid=0 msg='x): apparmor="DENIED" operation="open"'`,
	} {
		if _, err := Parse(text); !errors.Is(err, ErrOther) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestMalformedRecordsAreRefused(t *testing.T) {
	const head = `audit(1700000000.123:45): apparmor="DENIED" `
	for _, text := range []string{
		head + `name="/etc/sha`, head + `name=/etc/shadow`, head + `name=2F6`, head + `pid=x`, head + `pid`, head + `=3`, head + `"a b"=3`,
		`audit(1700000000:45): apparmor="DENIED"`, `audit(x.123:45): apparmor="DENIED"`, `audit(1700000000.123:-1): apparmor="DENIED"`,
		`audit(1700000000.1234:45): apparmor="DENIED"`, `audit(99999999999999999.123:45): apparmor="DENIED"`,
	} {
		if e, err := Parse(text); err == nil || errors.Is(err, ErrOther) {
			t.Errorf("%q: %v, %+v", text, err, e)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`audit(1700000000.123:45): apparmor="DENIED" operation="open" profile="demo" name=2F746D702F612022620A pid=301 comm="cat" requested_mask="r" denied_mask="r" fsuid=0 ouid=0`)
	f.Add("type=AVC msg=audit(1.000:4): apparmor=\"DENIED\" fsuid=1000\x1dFSUID=\"user\"")
	f.Add(`audit(1.0:4): apparmor="DENIED" flags="rw, nosuid", a=b`)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			return
		}
		// Whatever the fields held, together they are no longer than the record.
		total := len(e.Name) + len(e.Target) + len(e.Profile) + len(e.Comm) + len(e.Peer) + len(e.Info) + len(e.Operation)
		for k, v := range e.Other {
			total += len(k) + len(v)
		}
		if total > len(text) {
			t.Errorf("%q became longer: %+v", text, e)
		}
		if e.Time.Year() < 1970 {
			t.Errorf("%q: time %v", text, e.Time)
		}
	})
}

// What the kernel writes is read back, whatever a program called its files.
func FuzzNamesAreReadBack(f *testing.F) {
	for _, name := range []string{"/etc/shadow", "/tmp/a b", "/tmp/\"", "/a pid=1", "/\xff", "/DEAD", "/a): apparmor=\"DENIED\" name=\"/b"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if len(name) > 4096 {
			return
		}
		e, err := Parse(`audit(1.000:4): apparmor="DENIED" operation="open" profile="p" name=` + untrusted(name) + ` pid=7 comm="c" requested_mask="r" denied_mask="r" fsuid=0 ouid=0`)
		if err != nil || e.Name != name || e.PID != 7 || e.Comm != "c" || e.Other != nil {
			t.Errorf("%q: %+v, %v", name, e, err)
		}
	})
}

// untrusted writes as audit_log_n_untrustedstring does.
func untrusted(s string) string {
	for _, b := range []byte(s) {
		if b == '"' || b < 0x21 || b > 0x7e {
			return toHex(s)
		}
	}
	return `"` + s + `"`
}

func toHex(s string) string {
	const digits = "0123456789ABCDEF"
	var out []byte
	for _, b := range []byte(s) {
		out = append(out, digits[b>>4], digits[b&15])
	}
	return string(out)
}
