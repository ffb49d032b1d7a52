package apparmor

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"batten/internal/testenv/require"
	"batten/profiles"
)

// hostile names, each of which would break a careless writer in its own way.
var hostile = []string{
	`/a"b`, `/a" rwx, "/etc/shadow`, "/a\n  /etc/shadow rw,", "/a\r\n/b r,", `/a\`, `/a\\`, `/a\"`, `/a\n`, `/a\012`,
	"/a{b,c}", "/a{", "/a}", "/{,/}", "/a[b]", "/a[", "/a]", "/[]", "/[^a]", "/a*", "/a**", "/a?", "/a^b", "/^",
	"/@{x}", "/@{PROC}", "/@{pid}", "/@{int}", `/@\{pid\}`, "/${x}", "/a,", "/a, /b rw,", "/a r,", "/#include <x>", "/a # c", "/#",
	"/ ", "/ a", "/a ", "/a\t", "/a\x01b", "/a\x7f", "/a\x1b[31m", "/ä", "/\u202eabc", "/日本", "/a b c",
	"/deny /x r", "/}", "/profile x {", "/a->b", "/a -> /b", "/'a'", "/a`b`", "/a$b", "/a(b)", "/a|b", "/a+b", "/a.b", "/a=b",
	"/a!b", "/a&b", "/a;b", "/a<b>", "/a~", "/a:b", "/(deleted)", "/a (deleted)", "/-", "/--", "/\\052", `/\*`, `/\x41`, `/\101`,
	"/" + strings.Repeat("x", 255), "/" + strings.Repeat("long/", 800) + "end", "/a\vb", "/a\fb", "/a\bb", "/a\ab", "/\u0080", "/a\u2028b",
}

func TestHostileNamesMatchThemselvesAlone(t *testing.T) {
	p := web(1)
	for _, n := range hostile {
		touch(&p, 1, n, profiles.AccessRead)
	}
	r := generate(t, p, Options{})
	a := compiled(t, r.Text)[0]
	for _, n := range hostile {
		if a.perms(n) != gotRead {
			t.Errorf("%q has permissions %#x", n, a.perms(n))
		}
		for _, m := range mutations(n, hostile) {
			if a.perms(m) != 0 {
				t.Errorf("%q has permissions %#x, although only %q was seen", m, a.perms(m), n)
			}
		}
	}
	if len(r.Refused) > 0 {
		t.Errorf("refused %q", r.Refused)
	}
	for _, path := range []string{"/etc/shadow", "/b", "/x", "/PROC", "/1", "/abc", "/aXb", "/", "/ab", "/a/b"} {
		if a.perms(path) != 0 {
			t.Errorf("%q has permissions %#x", path, a.perms(path))
		}
	}
}

func TestWhatCannotBeWrittenIsRefused(t *testing.T) {
	bad := []string{"", "relative", "/a\x00b", "/a\xffb", "/a\ufffdb", "/a//b", "/a/../b", "/a/./b", "/a/", "//", "/" + strings.Repeat("a", 5000), "memfd:x"}
	p := web(1)
	touch(&p, 1, "/good", profiles.AccessRead)
	for _, n := range bad {
		p.Files = append(p.Files, profiles.File{Path: n, Access: []profiles.Access{profiles.AccessRead}, Part: profiles.PartApplication, Runs: 1})
	}
	r := generate(t, p, Options{})
	if len(r.Refused) != len(bad) {
		t.Errorf("refused %d of %d: %q", len(r.Refused), len(bad), r.Refused)
	}
	for _, x := range r.Refused {
		if x.Why == "" {
			t.Errorf("%q is refused without a reason", x.Path)
		}
	}
	checked(t, r.Text)
}

// mutations are names near to one that are not among those given.
func mutations(name string, all []string) []string {
	var out []string
	add := func(s string) {
		for _, x := range all {
			if x == s || s == "" {
				return
			}
		}
		out = append(out, s)
	}
	add(name + "/")
	add(name + "x")
	add(name + "\n")
	add(name[:len(name)-1])
	for i := 1; i < min(len(name), 40); i++ {
		add(name[:i] + name[i+1:])
		add(name[:i] + "x" + name[i:])
		add(name[:i] + "Q" + name[i+1:])
		add(name[:i] + string(name[i]^0x20) + name[i+1:])
	}
	return out
}

var alphabet = []rune("ab01 \t\n\r\"\\{}[]()*?^@$,#!/~.-_=:;<>|&'`%+xXäé日\u202e\u2028\x01\x1b\x7f")

func drawName(t *rapid.T) string {
	if rapid.IntRange(0, 9).Draw(t, "any") == 0 {
		return "/" + string(rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "bytes"))
	}
	var b strings.Builder
	for range rapid.IntRange(1, 4).Draw(t, "parts") {
		b.WriteByte('/')
		b.WriteString(string(rapid.SliceOfN(rapid.SampledFrom(alphabet), 1, 12).Draw(t, "part")))
	}
	return b.String()
}

// Many names are compiled at once: starting the parser is what takes time.
func TestAnyNamesMatchThemselvesAlone(t *testing.T) {
	if _, err := parser(); err != nil {
		require.Missing(t, "vm", "apparmor_parser is not installed (scripts/setup.sh test installs it)")
	}
	rapid.Check(t, func(t *rapid.T) {
		p := web(rapid.IntRange(1, 2).Draw(t, "runs"))
		names := rapid.SliceOfNDistinct(rapid.Custom(drawName), 20, 60, rapid.ID[string]).Draw(t, "names")
		for _, n := range names {
			p.Files = append(p.Files, profiles.File{Path: n, Access: []profiles.Access{profiles.AccessRead},
				Program: rapid.SampledFrom(names).Draw(t, "program"), Part: profiles.PartApplication, Runs: 1})
		}
		r, err := Generate(p, Options{Name: ownName})
		if errors.Is(err, ErrNoFiles) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		all, err := tryCompile(r.Text)
		if err != nil {
			t.Fatalf("%v\n%s", err, r.Text)
		}
		refused := map[string]bool{}
		for _, x := range r.Refused {
			refused[x.Path] = true
		}
		for _, n := range names {
			got := all[0].perms(n)
			switch {
			case refused[n] && n != "/" && got != 0 && !covered(r, n):
				t.Fatalf("%q was refused and has permissions %#x", n, got)
			case !refused[n] && n != "/" && got&gotRead == 0:
				t.Fatalf("%q has permissions %#x\n%s", n, got, r.Text)
			}
			for _, m := range mutations(n, names) {
				if got := all[0].perms(m); got != 0 && !covered(r, m) {
					t.Fatalf("%q has permissions %#x, although only %q was seen\n%s", m, got, n, r.Text)
				}
			}
		}
	})
}

// covered tells whether a generalised rule says that it holds for a name too: a name
// that differs from a recorded one only in letters and digits. The folder "/" is
// written by its own name.
func covered(r Result, name string) bool {
	if name == "/" {
		return true
	}
	plain := func(s string) string {
		return strings.Map(func(c rune) rune {
			if c < 0x80 && alphanumeric(byte(c)) {
				return -1
			}
			return c
		}, s)
	}
	for _, x := range r.Rules {
		if x.Generalised == "" {
			continue
		}
		for _, p := range x.Paths {
			if plain(p) == plain(name) {
				return true
			}
		}
	}
	return false
}

// Every line is a comment, an empty one, a variable, a frame of a profile, or the
// text of a rule with a comment: no input can add another.
func TestNoInputAddsALine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := hostileProfile(t)
		r, err := Generate(p, Options{Name: ownName, NoNewPrivileges: rapid.Bool().Draw(t, "nnp"), AllowBeyond: rapid.Bool().Draw(t, "beyond")})
		if errors.Is(err, ErrNoFiles) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		left := map[string]int{}
		for _, x := range r.Rules {
			left[x.Text]++
		}
		s := bufio.NewScanner(bytes.NewReader(r.Text))
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			text := strings.TrimLeft(s.Text(), " ")
			rule, _, _ := strings.Cut(text, ",  # ")
			switch {
			case text == "" || text == "}" || strings.HasPrefix(text, "# "):
			case strings.HasPrefix(text, "@{") && strings.HasSuffix(text, `"`):
			case strings.HasPrefix(text, "profile ") && strings.HasSuffix(text, ") {"):
			case left[text] > 0:
				left[text]--
			case left[rule+","] > 0:
				left[rule+","]--
			default:
				t.Fatalf("%q is no line of a rule\n%s", text, r.Text)
			}
		}
		for text, n := range left {
			if n > 0 {
				t.Fatalf("%d rules %s are not in the text", n, text)
			}
		}
		if _, err := tryCompile(r.Text); err != nil && !errors.Is(err, ErrNoParser) {
			t.Fatalf("%v\n%s", err, r.Text)
		}
	})
}

// hostileProfile has hostile text in every place that a traced program can choose.
func hostileProfile(t *rapid.T) profiles.Profile {
	p := web(2)
	text := func(what string) string { return drawName(t) }
	p.Service.Name = text("service")
	p.Service.Project = text("project")
	for i := range rapid.IntRange(0, 30).Draw(t, "files") {
		f := profiles.File{Path: text("path"), Folder: rapid.Bool().Draw(t, "folder"), Program: text("program"),
			Access: rapid.SliceOfN(rapid.SampledFrom(allAccess), 1, 4).Draw(t, "access"),
			Part:   rapid.SampledFrom([]profiles.Part{"", profiles.PartApplication, profiles.PartRuntime}).Draw(t, "part"),
			Mount:  rapid.SampledFrom([]profiles.MountKind{"", profiles.MountRoot, profiles.MountProc}).Draw(t, "mount"), Runs: 1 + i%2}
		if rapid.Bool().Draw(t, "link") {
			f.Access, f.Target = append(f.Access, profiles.AccessLink), text("target")
		}
		p.Files = append(p.Files, f)
	}
	for range rapid.IntRange(0, 5).Draw(t, "programs") {
		p.Programs = append(p.Programs, profiles.Program{Path: text("executed"), By: text("by"), Part: profiles.PartApplication, Runs: 1})
	}
	for i := range rapid.IntRange(0, 5).Draw(t, "mounts") {
		p.Mounts = append(p.Mounts, profiles.Mount{
			Operation: rapid.SampledFrom([]string{"mount", "bind", "remount", "move", "propagation", "umount", "pivot_root"}).Draw(t, "operation"),
			Type:      rapid.SampledFrom([]string{"tmpfs", "proc", "a b", "x,y", "\"", ""}).Draw(t, "type"),
			Source:    text("source"), Path: text("place"), Program: text("mounter"), Part: profiles.PartApplication, Runs: 1 + i%2,
			Options: rapid.SliceOfN(rapid.SampledFrom([]string{"ro", "rw", "nosuid", "rec", "private", "x)", "a,b"}), 0, 2).Draw(t, "options"),
		})
	}
	for range rapid.IntRange(0, 5).Draw(t, "contacts") {
		p.Contacts = append(p.Contacts, profiles.Contact{
			Kind:   rapid.SampledFrom([]profiles.ContactKind{profiles.ContactSignal, profiles.ContactPtrace}).Draw(t, "kind"),
			Signal: rapid.SampledFrom([]string{"TERM", "RT7", "RT99", "EXISTS", "X) peer=*,", "TSTP"}).Draw(t, "signal"),
			Peer:   rapid.SampledFrom([]string{"", profiles.Outside, "db", text("peer")}).Draw(t, "of"), Program: text("sender"),
			Part: profiles.PartApplication, Runs: 1,
		})
	}
	for range rapid.IntRange(0, 3).Draw(t, "capabilities") {
		p.Capabilities = append(p.Capabilities, profiles.Capability{
			Name:    rapid.SampledFrom([]string{"CAP_CHOWN", "CAP_SYS_ADMIN", "CAP_X,", "CAP_NET_RAW"}).Draw(t, "capability"),
			Granted: true, Part: profiles.PartApplication, Class: profiles.ClassNeed, Syscall: text("call"), Programs: []string{text("needer")}, Runs: 1})
	}
	return p
}

var allAccess = func() []profiles.Access {
	var out []profiles.Access
	for a := range accessPerms {
		out = append(out, a)
	}
	return union(out, nil)
}()

func TestCommentsStayOnTheirLine(t *testing.T) {
	p := web(1)
	f := touch(&p, 1, "/data", profiles.AccessRead)
	f.Program = "/bin/x\n  /etc/shadow rw,\n#"
	p.Service.Name = "web\n/etc/shadow rw,"
	r := generate(t, p, Options{})
	for line := range strings.Lines(string(r.Text)) {
		if strings.HasPrefix(strings.TrimSpace(line), "/etc/shadow") {
			t.Errorf("a comment became a rule:\n%s", r.Text)
		}
	}
	for _, x := range r.Rules {
		if strings.ContainsAny(x.Text+x.Why+x.Generalised, "\n\x1b") {
			t.Errorf("rule %q", fmt.Sprint(x))
		}
	}
}

// What is written passes here last: no caller's mistake can end a line.
func TestALineIsOneLine(t *testing.T) {
	var b bytes.Buffer
	line(&b, "  ", "a\nb\rc\x1b\x00é\u2028\tz")
	if got := b.String(); strings.Count(got, "\n") != 1 || strings.Trim(got, " abcz?\n") != "" {
		t.Errorf("%q", got)
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"/usr/bin/x": "/usr/bin/x", "": `""`, "a b": `"a b"`, "a\nb": `"a\nb"`, "é": `"\u00e9"`, "#include <x>": `"#include <x>"`,
		strings.Repeat("a", 300): `"` + strings.Repeat("a", shown) + `" ...`,
	} {
		if got := printable(in); got != want {
			t.Errorf("%q is shown as %s, want %s", in, got, want)
		}
	}
}
