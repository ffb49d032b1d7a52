package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"batten/internal/engine"
	"batten/plan"
)

func TestOverviewFrames(t *testing.T) {
	frames(t, "overview", func(*session) {})
}

func TestNetworkFrames(t *testing.T) {
	frames(t, "overview-networks", func(s *session) { s.keys("tab", "tab", "b") })
}

func TestTheWeakestServiceComesFirst(t *testing.T) {
	s := begin(t, 80, 24, nil)
	f := s.frame()
	s.shows("4 services, weakest first", "▸ app", "✓ traced ×1", "▲ open 18080 18443")
	last := -1
	for _, r := range s.m.overview().state.rows {
		if r.score.Before < last {
			t.Errorf("%s with %d stands below %d:\n%s", r.name, r.score.Before, last, f)
		}
		last = r.score.Before
	}
}

func TestTheOverviewShowsWhatWidthAllows(t *testing.T) {
	for _, one := range []struct {
		w, h         int
		shows, hides []string
	}{
		{40, 10, []string{"service", "now→then"}, []string{"evidence", "checklist"}},
		{80, 24, []string{"evidence", "user", "exposed", "checklist"}, []string{"image  ", "outside"}},
		{100, 30, []string{"worst", "findings", "checklist", "score  "}, []string{"outside"}},
		{120, 40, []string{"image", "checklist", "outside", "networks before hardening"}, nil},
		{200, 60, []string{"batten-test/shop-app:1", "networks before and after", "┊"}, nil},
	} {
		s := begin(t, one.w, one.h, nil)
		s.shows(one.shows...)
		s.hides(one.hides...)
	}
}

func TestOverviewFitsEveryWidth(t *testing.T) {
	o, project := loadedOnce(t)
	for w := 40; w <= 200; w += 3 {
		for _, h := range []int{10, 17, 24, 40} {
			m := mustModel(t, o)
			s := &session{t, m}
			m.w, m.h = w, h
			s.send(project)
			for _, key := range []string{"tab", "j", "b", "tab", "b", "+"} {
				s.keys(key)
				checkFrame(t, m)
			}
		}
	}
}

func TestMovingInTheListChangesTheDetail(t *testing.T) {
	s := begin(t, 100, 30, nil)
	s.shows("╭─ app, 14 findings")
	s.keys("G")
	s.shows("╭─ web, 15 findings")
	s.keys("/")
	s.write("cache")
	s.keys("enter")
	s.shows("╭─ cache, ")
}

func TestNetworksTurnBetweenBeforeAndAfter(t *testing.T) {
	s := begin(t, 80, 24, nil)
	s.keys("b")
	s.shows("networks before hardening", "default", "▲ 18080")
	s.keys("b")
	s.shows("networks after hardening", "db_net", "internal", "local 18080")
	s.keys("b")
	s.shows("networks before hardening")
	wide := begin(t, 200, 60, nil)
	wide.keys("b")
	wide.shows("before and after are both visible")
}

func TestEnterOnAServiceTellsEverything(t *testing.T) {
	s := begin(t, 120, 40, nil)
	s.keys("enter")
	d, ok := s.m.dialog().(*reader)
	if !ok {
		t.Fatal("nothing opened")
	}
	s.frame()
	tells(t, textOf(d.text), "checklist", "talks", "web ─→ app 8000", "recording: connected to port 8000", "findings", "B012")
	s.keys("esc")
	if s.m.dialog() != nil {
		t.Error("esc does not close it")
	}
}

func TestExplainingAServiceExplainsTheRuleOfItsWorstFinding(t *testing.T) {
	s := begin(t, 80, 24, nil)
	rule := s.m.overview().state.rows[0].worst.Rule
	s.keys("e")
	s.shows("rule " + rule)
}

func TestTheCommandInspectsTheService(t *testing.T) {
	s := begin(t, 80, 24, nil)
	s.keys("j", "Y")
	s.shows("batten inspect " + s.m.overview().state.rows[1].name)
}

func TestFindingsOfAServiceAreShownOnThePlan(t *testing.T) {
	s := begin(t, 100, 30, nil)
	s.keys("p")
	if name := s.m.screen().name(); name != "Plan" {
		t.Fatalf("this is %s", name)
	}
	if f := s.m.pane().filtered(); !strings.Contains(f, "app") {
		t.Errorf("it is filtered by %q", f)
	}
}

func TestDecisionsChangeWhatTheOverviewSays(t *testing.T) {
	s := begin(t, 80, 24, nil)
	before := s.m.overview().state.rows[0].left
	var settings []plan.Setting
	for _, d := range s.m.plan().Decisions {
		if d.Apply && d.Finding.Service == "app" {
			settings = append(settings, settingOf(d.Finding, false, "", "not now"))
		}
	}
	s.do(s.m.decide(settings...))
	s.frame()
	r := s.m.overview().state.row("app")
	if r.left <= before || r.score.After >= 95 {
		t.Errorf("%d findings left, score %d", r.left, r.score.After)
	}
	items, _ := s.m.checklistOf(r.known)
	if head := checklistHead(items, true).text(); !strings.Contains(head, "1 → ") || strings.Contains(head, "→ 8") {
		t.Errorf("the checklist says %q", head)
	}
}

func TestWithoutServicesTheOverviewSaysWhatToDo(t *testing.T) {
	m := mustModel(t, Options{})
	s := &session{t, m}
	m.w, m.h = 80, 24
	s.shows("looking at the project")
	s.send(loaded{inspection: &engine.Inspection{}})
	s.shows("no services here")
	s.keys("enter", "e", "p", "tab", "tab", "enter", "b")
}

// crowded is a session with n services that nothing is planned for.
func crowded(t testing.TB, n int) *session {
	l, edges := crowd(n)
	found := &engine.Inspection{Project: "crowd", Networks: l, Edges: edges}
	for i, one := range l.Services {
		found.Services = append(found.Services, engine.InspectedService{
			Name: one.Name, Image: "registry.example/" + one.Name, Evidence: engine.EvidenceStatic, Networks: one.Networks,
			Score: plan.Score{Service: one.Name, Before: i % 100},
		})
		for k := range 50 {
			found.Findings = append(found.Findings, plan.Decision{Finding: plan.Finding{Rule: fmt.Sprintf("B%03d", k), Service: one.Name, Severity: plan.Low}})
		}
	}
	m := mustModel(t, Options{})
	m.w, m.h = 200, 60
	s := &session{t, m}
	s.send(loaded{inspection: found})
	return s
}

func TestOnlyVisibleServicesAreDrawn(t *testing.T) {
	s := crowded(t, 1000)
	rows := 0
	p := &s.m.overview().services
	row := p.list.row
	p.list.row = func(i, w int) line { rows++; return row(i, w) }
	s.frame()
	if rows == 0 || rows > 60 {
		t.Errorf("%d rows for one frame", rows)
	}
	made := s.m.overview().network.made
	s.keys("j")
	s.frame()
	if s.m.overview().network.made != made {
		t.Error("the map is made anew although nothing in it changes")
	}
}

func BenchmarkOverviewKey(b *testing.B) {
	s := crowded(b, 1000)
	s.frame()
	for b.Loop() {
		s.send(keyOf("j"))
		_ = s.m.frame()
	}
	if d := b.Elapsed() / time.Duration(b.N); d > 16*time.Millisecond {
		b.Errorf("a key takes %s", d)
	}
}

func TestPortsAreTakenApart(t *testing.T) {
	for text, want := range map[string]struct {
		publication
		open, local bool
	}{
		"8080:80/tcp":           {publication{"", "8080", "80/tcp"}, true, false},
		"80/tcp":                {publication{"", "", "80/tcp"}, true, false},
		"127.0.0.1:1:2/udp":     {publication{"127.0.0.1", "1", "2/udp"}, false, true},
		"[::1]:1:2/tcp":         {publication{"[::1]", "1", "2/tcp"}, false, true},
		"[::]:1:2/tcp":          {publication{"[::]", "1", "2/tcp"}, true, false},
		"192.0.2.1:9000:80/tcp": {publication{"192.0.2.1", "9000", "80/tcp"}, false, false},
	} {
		got := publicationsOf([]string{text})[0]
		if got != want.publication || got.open() != want.open || got.local() != want.local {
			t.Errorf("%s is %+v, open %t, local %t", text, got, got.open(), got.local())
		}
	}
}
