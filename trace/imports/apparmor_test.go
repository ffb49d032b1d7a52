package imports

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"batten/profiles"
)

const webPolicy = `abi <abi/3.0>,
#include <tunables/global>
@{CONF}="/etc/web"

profile batten.shop.web flags=(attach_disconnected, mediate_deleted) {
  include <abstractions/base>
  include if exists <local/web>
  /etc/web/web.conf r,   # a comment, with a comma
  "/etc/a file, with \{odd\} \"name\".conf" rw,
  /etc/\163pace\ d mr,
  owner /run/web.pid rwk,
  audit allow file /usr/lib/libc.so.6 mr,
  rw /var/log/web.log,
  /usr/bin/helper Cx -> helper,
  /srv/site/ r,
  /proc/@{pid}/stat r,
  /var/{log,cache}/* rw,
  deny /etc/shadow r,
  link subset /run/a -> /run/b,
  file,
  capability net_bind_service chown,
  capability nothing,
  network inet stream,
  signal (send) set=(term, kill) peer=batten.shop.web,
  signal send set=(hup rtmin+3),
  signal (receive) peer=unconfined,
  signal,
  ptrace (read) peer=@{profile_name},
  mount fstype=tmpfs options=(ro, nosuid) none -> /mnt/,
  mount fstype=proc -> /x/**,
  umount /mnt,
  set rlimit nofile <= 1024,
  profile helper {
    /etc/helper.conf r,
  }
}
`

// flat puts the rows of a recording into lines.
func flat(r profiles.Recording) []string {
	var out []string
	for _, f := range r.Files {
		text := fmt.Sprintf("file %q %v", f.Path, f.Access)
		if f.Folder {
			text += " folder"
		}
		if f.Target != "" {
			text += " of " + f.Target
		}
		out = append(out, text)
	}
	for _, c := range r.Capabilities {
		out = append(out, fmt.Sprintf("%s %v", c.Name, c.Granted))
	}
	for _, p := range r.Programs {
		out = append(out, "program "+p.Path)
	}
	for _, c := range r.Contacts {
		out = append(out, c.String())
	}
	for _, s := range r.Sockets {
		out = append(out, s.String())
	}
	for _, m := range r.Mounts {
		out = append(out, m.String())
	}
	slices.Sort(out)
	return out
}

func TestLiteralRulesOfAnAppArmorProfileAreTakenOver(t *testing.T) {
	rec, notes, err := AppArmor(strings.NewReader(webPolicy), Options{})
	checkRead(t, rec.Profile(), err)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"CAP_CHOWN true", "CAP_NET_BIND_SERVICE true",
		`file "/etc/a file, with {odd} \"name\".conf" [read write]`, `file "/etc/helper.conf" [read]`, `file "/etc/space d" [map read]`, `file "/etc/web/web.conf" [read]`,
		`file "/run/a" [link] of /run/b`, `file "/run/web.pid" [lock read write]`, `file "/srv/site" [read] folder`, `file "/usr/bin/helper" [execute]`,
		`file "/usr/lib/libc.so.6" [map read]`, `file "/var/log/web.log" [read write]`,
		"mount tmpfs none on /mnt with ro,nosuid", "program /usr/bin/helper", "ptrace to its own processes",
		"signal HUP to processes outside", "signal KILL to its own processes", "signal RT3 to processes outside", "signal TERM to its own processes",
	}
	slices.Sort(want)
	if d := cmp.Diff(want, flat(rec)); d != "" {
		t.Error(d)
	}
	if rec.Service.Name != "web" || rec.Service.Project != "shop" || rec.Run.Backend != "import/apparmor-profile" || rec.Run.SeesFiles() {
		t.Errorf("%+v %+v", rec.Service, rec.Run)
	}
	all := strings.Join(notes, "\n")
	for _, part := range []string{
		"not followed: <abstractions/base>", "<local/web>", "/proc/@{pid}/stat", "/var/{log,cache}/*", "denied is left out: /etc/shadow", "owner",
		"a rule for all files", "capability nothing", "network inet stream", "all signals", "/x/**", "umount /mnt", "set rlimit",
	} {
		if !strings.Contains(all, part) {
			t.Errorf("no note on %s in\n%s", part, all)
		}
	}
}

func TestWhatIsNoAppArmorProfileIsRefusedWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "no profile begins",
		"/etc/x r,\n":                           "line 1: a rule outside of a profile",
		"profile x {\n  /etc/x r,\n":            "ends inside",
		"profile x {\n  /etc/x r\n}\n":          "line 3: a brace closes nothing, or a rule does not end",
		"profile x {\n  /etc/x zz,\n}\n":        `line 2: "zz" are no permissions`,
		"profile x {\n  /etc/x,\n}\n":           "without permissions",
		"profile x {\n  bogus rule,\n}\n":       `a rule that is not known: "bogus"`,
		"profile x {\n  \"/etc/x r,\n}\n":       "line 2: a quote or brace is not closed",
		"profile x {\n}\n":                      "no rule that can be taken over",
		"}\n":                                   "line 1: a brace",
		strings.Repeat("profile x {\n", 20):     "nested too deeply",
		"profile x {\n  /x r -> /y z,\n}":       "more than its permissions",
		"profile x {\n  signal set=(term r,\n}": "line 2: a parenthesis",
	} {
		_, _, err := AppArmor(strings.NewReader(text), Options{})
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, _, err := AppArmor(bytes.NewReader(make([]byte, maxProfileBytes+1)), Options{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a large file: %v", err)
	}
}

func FuzzAppArmor(f *testing.F) {
	f.Add([]byte(webPolicy))
	f.Add([]byte("/usr/bin/x flags=(complain) {\n#include <a>\n /x{,y}/** rwk,\n ^hat { capability, }\n}\n"))
	f.Add([]byte("profile \"a\\x41 b\" { if $x { /a r, } else { /b r, } unix (send) type=stream peer=(addr=\"@x\"), }"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, notes, err := AppArmor(bytes.NewReader(data), Options{})
		checkRead(t, r.Profile(), err)
		for _, n := range notes {
			if strings.ContainsFunc(n, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Fatalf("a note is not fit for a line: %q", n)
			}
		}
	})
}
