package tui

import (
	"strings"
	"testing"

	"batten/internal/engine"
)

func sampleCalls() callsView {
	return callsView{w: 60, groups: []engine.CallGroup{
		{Title: "its own calls", Calls: []engine.CallLine{
			{Name: "accept4", Why: "steady, by /usr/sbin/web", Docker: "allowed"},
			{Name: "socket", Why: "startup, by /usr/sbin/web", Args: "AF_UNIX", Docker: dockerJudges},
			{Name: "mount", Why: "chosen", Docker: dockerRefuses, Security: true},
			{Name: "oldcall", Why: "seen"},
		}},
		{Title: "refused, and allowed by Docker's default", Refused: true, Calls: []engine.CallLine{
			{Name: "alarm", Why: "not seen", Docker: "allowed"}, {Name: "ptrace", Why: "not seen", Docker: "allowed", Security: true},
		}},
	}}
}

func TestCallsStandByReasonOrByWhatDockersDefaultDoes(t *testing.T) {
	for name, c := range map[string]struct {
		rows []contentRow
		want string
	}{
		"grouped": {sampleCalls().grouped(), `
████████░░░░░░░  2 of 4 stay, 2 taken away, ▲ 1 security-re…

✓ its own calls  4
  accept4 steady, by /usr/sbin/web
  socket  startup, by /usr/sbin/web
          only AF_UNIX
          Docker's default allows it for some arguments
▲ mount   chosen
          Docker's default refuses it
  oldcall seen

✗ refused, and allowed by Docker's default  2
  alarm   not seen
▲ ptrace  not seen
`},
		"compared": {sampleCalls().compared(), `
████████░░░░░░░  2 of 4 stay, 2 taken away, ▲ 1 security-re…

+ added: refused by Docker's default  1
▲ mount   chosen
          Docker's default refuses it

- taken away, security-relevant  1
▲ ptrace  not seen

- taken away  1
  alarm   not seen

~ stays, judged by its arguments  1
  socket  startup, by /usr/sbin/web
          only AF_UNIX
          Docker's default allows it for some arguments

= stays  1
  accept4 steady, by /usr/sbin/web

· of another architecture, not compared  1
  oldcall seen
`},
	} {
		if got := drawnRows(c.rows, 0, 60); got != c.want {
			t.Errorf("%s: got:%s\nwant:%s", name, got, c.want)
		}
	}
}

func TestRulesStandWithTheirReasonsBesideOrBelow(t *testing.T) {
	groups := []engine.RuleGroup{{Title: "libraries", Rules: []engine.RuleLine{
		{Text: `"/lib/a.so" rm,`, Why: "map by /bin/a; 1 of 1 runs"},
		{Text: `"/usr/lib/x86_64-linux-gnu/libc.so.6{,.[0-9]*}" rm,`, Why: "map by /bin/a", Generalised: "the version of a library"},
	}}}
	for w, want := range map[int]string{
		100: `
✓ libraries  2
  "/lib/a.so" rm,                                      map by /bin/a; 1 of 1 runs
  "/usr/lib/x86_64-linux-gnu/libc.so.6{,.[0-9]*}" rm,  map by /bin/a
                                                       wider than seen: the version of a library
`,
		50: `
✓ libraries  2
  "/lib/a.so" rm,  map by /bin/a; 1 of 1 runs
  "/usr/lib/x86_64-linux-gnu/libc.so.6{,.[0-9]*}"…
                   map by /bin/a
                   wider than seen: the version of
                   a library
`,
		36: `
✓ libraries  2
  "/lib/a.so" rm,
      map by /bin/a; 1 of 1 runs
  "/usr/lib/x86_64-linux-gnu/libc.s…
      map by /bin/a
      wider than seen: the version
      of a library
`,
	} {
		if got := drawnRows(rulesView{groups, w}.rows(), 0, w); got != want {
			t.Errorf("%d cells: got:%s\nwant:%s", w, got, want)
		}
	}
}

func TestAProfileHasViewsThatFollowEachOther(t *testing.T) {
	s := onFile(t, 120, 40, "hardened/seccomp/web.json")
	s.shows("allows 117 of the 309 calls", "117 of 309 stay", "192 taken away", "✓ its own calls, while it served or ended", "accept4", "steady, by /usr/sbin/nginx", "only AF_UNIX")
	s.keys("c")
	s.shows("taken away, security-relevant", "▲ chroot", "compared with Docker's default")
	s.keys("c")
	s.shows(`"defaultAction"`)
	s.keys("c")
	s.shows("✓ its own calls")
	s.toFile("hardened/apparmor/batten.shop.web")
	s.shows("55 rules", "✓ capabilities", "capability chown,", "checked in chown for /usr/sbin/nginx")
	s.keys("c")
	s.shows("profile batten.shop.web flags=")
	s.keys("c")
	s.shows("✓ capabilities")
	s.toFile("hardened/plan.json")
	s.keys("c")
	s.shows("this file has one view")
}

func TestEachCallIsExplainedInEveryView(t *testing.T) {
	s := onFile(t, 120, 40, "hardened/seccomp/web.json")
	s.keys("tab", "/")
	s.write("openat ")
	s.keys("enter")
	for range 3 {
		s.keys("e")
		s.shows("syscall openat", "who needed it")
		s.keys("esc", "c")
	}
	if got, want := s.m.explainLine(), "batten explain openat"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestTheFirstRuleOfEachGroupIsExplained(t *testing.T) {
	s := onFile(t, 120, 40, "hardened/apparmor/batten.shop.web")
	s.keys("tab")
	p := &s.m.files().content
	groups, told := 0, 0
	for i := range p.rows.count() {
		r := p.rows.at(i)
		if r.stop {
			groups++
		}
		if told == groups || r.closer == nil && len(r.names()) == 0 {
			continue
		}
		told++
		p.cursor = i
		s.keys("e")
		d := s.m.dialog()
		if d == nil || strings.Contains(s.frame(), "this did not work") {
			t.Errorf("%s is not explained:\n%s", r.text, s.frame())
			continue
		}
		s.keys("esc")
	}
	if groups < 10 || told != groups {
		t.Errorf("a rule of %d of %d groups can be explained", told, groups)
	}
}
