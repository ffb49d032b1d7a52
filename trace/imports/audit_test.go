package imports

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const auditLogText = `Nov 25 13:00:00 host kernel: eth0: link up
Nov 25 13:00:01 host kernel: audit: type=1400 audit(1700000000.100:1): apparmor="STATUS" operation="profile_load" profile="unconfined" name="batten.shop.web" pid=1 comm="apparmor_parser"
Nov 25 13:00:01 host kernel: audit: type=1400 audit(1700000001.100:2): apparmor="DENIED" operation="open" profile="batten.shop.web" name="/etc/shadow" pid=301 comm="cat" requested_mask="r" denied_mask="r" fsuid=0 ouid=0
[   12.345678] audit: type=1400 audit(1700000001.600:3): apparmor="ALLOWED" operation="mknod" profile="batten.shop.web" name=2F746D702F612022620A pid=301 comm="sh" requested_mask="c" denied_mask="c" fsuid=33 ouid=33
type=AVC msg=audit(1700000002.100:4): apparmor="ALLOWED" operation="exec" profile="batten.shop.web//helper" name="/bin/sh" pid=3 comm="web" requested_mask="x" denied_mask="x" fsuid=0 ouid=0 target="batten.shop.web//null-/bin/sh"
type=AVC msg=audit(1700000002.200:5): apparmor="DENIED" operation="open" profile="batten.shop.web" name="/etc/shadow" pid=301 comm="cat" requested_mask="wr" denied_mask="w" fsuid=0 ouid=0
type=AVC msg=audit(1700000002.300:6): apparmor="DENIED" operation="mkdir" profile="batten.shop.web" name="/var/cache/x/" pid=3 comm="web" requested_mask="c" denied_mask="c" fsuid=0 ouid=0
type=AVC msg=audit(1700000002.300:7): apparmor="DENIED" operation="rename_dest" profile="batten.shop.web" name="/etc/new" pid=3 comm="mv" requested_mask="wc" denied_mask="wc" fsuid=0 ouid=0
type=AVC msg=audit(1700000002.300:8): apparmor="DENIED" operation="link" profile="batten.shop.web" name="/etc/two" pid=3 comm="ln" requested_mask="l" denied_mask="l" fsuid=0 ouid=0 target="/etc/one"
type=AVC msg=audit(1700000002.400:9): apparmor="DENIED" operation="capable" profile="batten.shop.web" pid=3 comm="ping" capability=13  capname="net_raw"
type=AVC msg=audit(1700000002.400:10): apparmor="ALLOWED" operation="capable" profile="batten.shop.web" pid=3 comm="chown" capability=0  capname="chown"
type=AVC msg=audit(1700000002.500:11): apparmor="DENIED" operation="signal" profile="batten.shop.web" pid=3 comm="kill" requested_mask="send" denied_mask="send" signal=term peer="unconfined"
type=AVC msg=audit(1700000002.500:12): apparmor="DENIED" operation="signal" profile="batten.shop.web" pid=3 comm="web" requested_mask="receive" denied_mask="receive" signal=hup peer="unconfined"
type=AVC msg=audit(1700000002.500:13): apparmor="DENIED" operation="ptrace" profile="batten.shop.web" pid=3 comm="gdb" requested_mask="trace" denied_mask="trace" peer="batten.shop.web"
type=AVC msg=audit(1700000002.600:14): apparmor="DENIED" operation="mount" info="failed mntpnt match" error=-13 profile="batten.shop.web" name="/mnt/" pid=3 comm="mount" fstype="tmpfs" srcname="none" flags="rw, nosuid"
type=AVC msg=audit(1700000002.700:15): apparmor="DENIED" operation="connect" class="net" profile="batten.shop.web" pid=3 comm="curl" laddr=127.0.0.1 lport=80 faddr=127.0.0.1 fport=443 family="inet" sock_type="stream" protocol=6 requested="send" denied="send"
type=AVC msg=audit(1700000002.700:16): apparmor="DENIED" operation="create" profile="batten.shop.web" pid=3 comm="curl" family="inet" sock_type="dgram" protocol=0 requested_mask="create" denied_mask="create"
type=AVC msg=audit(1700000009.800:17): apparmor="DENIED" operation="open" info="Failed name lookup - disconnected path" error=-13 profile="batten.shop.web" name="apparmor/.null" pid=3 comm="web" requested_mask="r" denied_mask="r" fsuid=0 ouid=0
`

func TestWhatAppArmorRefusedIsTakenOver(t *testing.T) {
	rec, notes, err := Audit(strings.NewReader(auditLogText), "", Options{})
	checkRead(t, rec.Profile(), err)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`file "/etc/shadow" [read write]`, `file "/tmp/a \"b\n" [create]`, `file "/bin/sh" [execute]`, "program /bin/sh", `file "/var/cache/x" [create] folder`,
		`file "/etc/new" [replace]`, `file "/etc/two" [link] of /etc/one`, "CAP_NET_RAW false", "CAP_CHOWN true", "signal TERM to processes outside",
		"ptrace to its own processes", "mount tmpfs none on /mnt with rw,nosuid", "connect tcp 127.0.0.1:443",
	}
	slices.Sort(want)
	if d := cmp.Diff(want, flat(rec)); d != "" {
		t.Error(d)
	}
	if rec.Service.Name != "web" || rec.Service.Project != "shop" || rec.Run.Backend != "import/audit" || rec.Run.Seconds != 8 || rec.Loss.Paths != 1 {
		t.Errorf("%+v %+v %+v", rec.Service, rec.Run, rec.Loss)
	}
	for _, f := range rec.Files {
		if f.Path == "/bin/sh" && (f.First == nil || f.First.Comm != "web" || f.First.Offset != 1000) {
			t.Errorf("first: %+v", f.First)
		}
	}
	all := strings.Join(notes, "\n")
	for _, part := range []string{"apparmor/.null is no whole path", "sockets of inet, dgram: the record has no port"} {
		if !strings.Contains(all, part) {
			t.Errorf("no note on %s in\n%s", part, all)
		}
	}
}

func TestALogOfSeveralProfilesAsksWhich(t *testing.T) {
	text := auditLogText + strings.ReplaceAll(auditLogText, "batten.shop.web", "/usr/sbin/other")
	if _, _, err := Audit(strings.NewReader(text), "", Options{}); !errors.Is(err, ErrChoose) || !strings.Contains(err.Error(), `"/usr/sbin/other", "batten.shop.web"`) {
		t.Errorf("%v", err)
	}
	rec, _, err := Audit(strings.NewReader(text), "batten.shop.web", Options{})
	if err != nil || len(rec.Files) != 6 {
		t.Errorf("%v: %+v", err, rec.Files)
	}
	for _, c := range []struct{ text, profile, want string }{
		{"nothing\n", "", "no record of AppArmor"}, {auditLogText, "none", `no record is of the profile "none"`}, {"", "", "no record"},
		{strings.Repeat("x", maxLine+1), "", "longer than"},
	} {
		if _, _, err := Audit(strings.NewReader(c.text), c.profile, Options{}); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q: %v", c.text, err)
		}
	}
}

func TestTheFormatsOfAppArmorAreTold(t *testing.T) {
	for text, want := range map[string]Format{
		auditLogText: FormatAudit, webPolicy: FormatAppArmor, "# x\n/usr/bin/x flags=(complain) {\n  /a r,\n}\n": FormatAppArmor,
		`7 write(1, "audit(1700000000.123:45): apparmor=\"DENIED\" operation=\"open\""..., 60) = 60` + "\n": FormatStrace,
	} {
		if got, err := Detect(strings.NewReader(text)); got != want || err != nil {
			t.Errorf("%.40q: %s, %v", text, got, err)
		}
		if want != FormatStrace {
			if p, got, err := Read(strings.NewReader(text), Options{}); got != want || err != nil || len(p.Files) == 0 {
				t.Errorf("%.40q: read as %s, %v", text, got, err)
			}
		}
	}
}

func FuzzAudit(f *testing.F) {
	f.Add([]byte(auditLogText), "batten.shop.web")
	f.Add([]byte(`audit(1.100:1): apparmor="DENIED" operation="umount" profile="x" name="/" flags="bind, ro"`), "")
	f.Fuzz(func(t *testing.T, data []byte, profile string) {
		r, notes, err := Audit(bytes.NewReader(data), profile, Options{})
		checkRead(t, r.Profile(), err)
		for _, n := range notes {
			if strings.ContainsFunc(n, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Fatalf("a note is not fit for a line: %q", n)
			}
		}
	})
}
