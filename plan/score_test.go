package plan

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"batten/profiles"
	"batten/project"
)

var updateScore = flag.Bool("update-score", false, "write the table in docs/score.md anew")

func TestScorePartsAddUpToAHundred(t *testing.T) {
	sum := 0
	for _, p := range scoreParts {
		sum += p.max
		for _, l := range p.lacks {
			if (l.before == nil) == (l.cost == 0) {
				t.Errorf("%s: %q is neither stated nor counted, or both", p.name, l.what)
			}
			if l.before != nil && l.how == "" {
				t.Errorf("%s: %q does not say what it costs", p.name, l.what)
			}
			if len(l.rules) == 0 || l.limit > p.max {
				t.Errorf("%s: %q has no rule, or costs more than the part has", p.name, l.what)
			}
		}
	}
	if sum != 100 {
		t.Errorf("the parts add up to %d", sum)
	}
}

// TestTheScoreManualHasTheTable holds docs/score.md against the code.
func TestTheScoreManualHasTheTable(t *testing.T) {
	name := filepath.Join("..", "docs", "score.md")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), "<!-- parts: begin")
	mark, rest, ok2 := strings.Cut(rest, "-->\n")
	_, tail, ok3 := strings.Cut(rest, "<!-- parts: end")
	if !ok || !ok2 || !ok3 {
		t.Fatal("docs/score.md lacks the marks around its table")
	}
	want := head + "<!-- parts: begin" + mark + "-->\n\n" + scoreTable() + "<!-- parts: end" + tail
	if *updateScore {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("docs/score.md is not what the code does; run go test ./plan -run ScoreManual -update-score\n%s", diff)
	}
}

// careless is a project of one service that sets nothing.
func careless(change func(*project.Service)) Facts {
	s := project.Service{Name: "web", Config: &project.ServiceConfig{}}
	if change != nil {
		change(&s)
	}
	return Facts{Project: &project.Project{Name: "p", Dir: "/p", Services: []project.Service{s}}, Target: TargetCompose}
}

func partOf(t *testing.T, s Score, name string) ScorePart {
	t.Helper()
	i := slices.IndexFunc(s.Parts, func(p ScorePart) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("no part %q", name)
	}
	return s.Parts[i]
}

func TestWhatAServiceSaysIsScored(t *testing.T) {
	tailored := map[string]Policy{"web": {Path: "hardened/seccomp/web.json", Allowed: 110, Docker: 350}}
	for _, c := range []struct {
		name, part string
		change     func(*project.Service)
		policies   map[string]Policy
		want       int
	}{
		{"Docker's filter", "kernel calls", nil, nil, 7},
		{"no filter", "kernel calls", func(s *project.Service) { s.Seccomp = "unconfined" }, nil, 0},
		{"a filter of unknown size", "kernel calls", func(s *project.Service) { s.Seccomp = "/p/own.json" }, nil, 13},
		{"batten's filter", "kernel calls", func(s *project.Service) { s.Seccomp = "/p/hardened/seccomp/web.json" }, tailored, 18},
		{"privileged", "kernel calls", func(s *project.Service) { s.Privileged = true }, nil, 0},
		{"root with the default capabilities", "capabilities", nil, nil, 5},
		{"all dropped", "capabilities", func(s *project.Service) { s.CapDrop = []string{"ALL"} }, nil, 12},
		{"all dropped, three given back", "capabilities", func(s *project.Service) {
			s.CapDrop, s.CapAdd = []string{"all"}, []string{"CHOWN", "cap_setuid", "SETGID"}
		}, nil, 10},
		{"a user", "capabilities", func(s *project.Service) { s.User = "1000:1000" }, nil, 9},
		{"the image's user", "capabilities", func(s *project.Service) { s.Facts = &project.Image{User: "nginx"} }, nil, 9},
		{"root by name", "capabilities", func(s *project.Service) { s.User = "root" }, nil, 5},
		{"no new privileges", "capabilities", func(s *project.Service) { s.NoNewPrivileges = true }, nil, 9},
		{"everything", "capabilities", func(s *project.Service) {
			s.NoNewPrivileges, s.User, s.CapDrop = true, "1", []string{"ALL"}
		}, nil, 20},
		{"read only", "writable paths", func(s *project.Service) { s.Config.ReadOnly = true }, nil, 15},
		{"the host's network", "network peers", func(s *project.Service) { s.Config.NetworkMode = "host" }, nil, 0},
		{"a memory limit", "limits", func(s *project.Service) { s.Config.MemLimit = 1 << 20 }, nil, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := careless(c.change)
			f.Policies = c.policies
			got := partOf(t, ScoreOf(f, nil, "web"), c.part)
			if got.Before != c.want || got.After != c.want {
				t.Errorf("%s is %d, then %d of %d, want %d", c.part, got.Before, got.After, got.Max, c.want)
			}
		})
	}
}

func TestWhatASwarmIgnoresEarnsNothing(t *testing.T) {
	f := careless(func(s *project.Service) {
		s.NoNewPrivileges, s.Seccomp = true, "/p/own.json"
	})
	f.Target = TargetSwarm
	got := ScoreOf(f, nil, "web")
	if calls, caps := partOf(t, got, "kernel calls"), partOf(t, got, "capabilities"); calls.After != 7 || caps.After != 5 {
		t.Errorf("calls %d, capabilities %d, want 7 and 5", calls.After, caps.After)
	}
}

func TestAServiceThatStepsDownIsHalfRoot(t *testing.T) {
	f := careless(nil)
	f.Profiles = map[string]*profiles.Profile{"web": {Evidence: profiles.Evidence{Identities: []profiles.Identity{
		{UID: 0, Phases: []profiles.Phase{profiles.PhaseStartup}},
		{UID: 999, Phases: []profiles.Phase{profiles.PhaseSteady}},
	}}}}
	if got := partOf(t, ScoreOf(f, nil, "web"), "capabilities").Before; got != 7 {
		t.Errorf("%d, want 7", got)
	}
}

// flat is services on one network, and who talks to whom among them.
func flat(edges []Edge, names ...string) Facts {
	f := Facts{Project: &project.Project{Name: "p", Dir: "/p"}, Target: TargetCompose, Edges: edges}
	for _, n := range names {
		f.Project.Services = append(f.Project.Services, project.Service{Name: n, Config: &project.ServiceConfig{}})
	}
	return f
}

func TestPeersThatAreNotTalkedToCostPoints(t *testing.T) {
	f := flat([]Edge{{From: "web", To: "api"}, {From: "api", To: "db"}, {From: "job", To: "db"}, {From: "api", To: "internet"}}, "api", "db", "job", "web")
	internal := Map{{"internal", true}}
	split := Decision{Apply: true, Finding: Finding{Rule: "B024", Fix: &Fix{Changes: []Change{
		{Op: Set, Path: project.Path{"networks", "db"}, Value: internal},
		{Op: Set, Path: project.Path{"networks", "api"}, Value: internal},
		{Op: Set, Path: project.Path{"networks", "egress"}, Value: Map{}},
		SetService("web", []any{"api"}, "networks"),
		SetService("api", Map{{"api", nil}, {"db", nil}, {"egress", nil}}, "networks"),
		SetService("db", []any{"db"}, "networks"),
		SetService("job", []any{"db"}, "networks"),
	}}}}
	for service, want := range map[string][2]int{
		"web": {15 - 2 - 3, 15}, // api alone is its business, and it need not leave
		"api": {15 - 1, 15 - 1}, // job shares the database's network
		"job": {15 - 2 - 3, 14}, // and so does api
		"db":  {15 - 1 - 3, 15}, // its clients are its business
	} {
		got := partOf(t, ScoreOf(f, []Decision{split}, service), "network peers")
		if got.Before != want[0] || got.After != want[1] {
			t.Errorf("%s: %d, then %d, want %v", service, got.Before, got.After, want)
		}
	}
}

func TestClosingOneOfTwoWaysOutClosesNone(t *testing.T) {
	for _, c := range []struct {
		networks []string
		closed   string
		want     int
	}{
		{[]string{"a"}, "a", 15},
		{[]string{"a", "b"}, "a", 12},
		{[]string{"a"}, "b", 12},
	} {
		f := flat(nil, "db")
		onNetworks(&f.Project.Services[0].Config.Networks, c.networks...)
		d := Decision{Apply: true, Finding: Finding{Rule: "B025", Key: c.closed}}
		if got := partOf(t, ScoreOf(f, []Decision{d}, "db"), "network peers"); got.Before != 12 || got.After != c.want {
			t.Errorf("on %v, with %s closed: %d, then %d, want 12 and %d", c.networks, c.closed, got.Before, got.After, c.want)
		}
	}
}

// onNetworks makes the mapping that the model has, without naming its type.
func onNetworks[T any](to *map[string]*T, names ...string) {
	*to = map[string]*T{}
	for _, n := range names {
		(*to)[n] = nil
	}
}

func TestPointsAreWhatADecisionAdds(t *testing.T) {
	f := careless(func(s *project.Service) { s.Privileged = true })
	p := &Plan{Decisions: []Decision{
		{Apply: true, Finding: Finding{Rule: "B002", Service: "web"}},
		{Apply: false, Finding: Finding{Rule: "B003", Service: "web"}},
		{Apply: true, Finding: Finding{Rule: "B004", Service: "web", Fix: &Fix{Changes: []Change{
			AddItem("web", "cap_drop", "ALL", ""), AddItem("web", "cap_add", "CHOWN", "")}}}},
		{Apply: true, Finding: Finding{Rule: "B045", Service: "web", Key: "image"}},
		{Apply: true, Finding: Finding{Rule: "B020", Service: "web", Key: "80"}},
		{Apply: false, Finding: Finding{Rule: "B020", Service: "web", Key: "81"}},
	}}
	score(&Draft{Facts: f}, p)
	want := []int{7 + 11 + 15, 4, 6, 0, 2, 2}
	for i, d := range p.Decisions {
		if d.Points != want[i] {
			t.Errorf("%s: %d points, want %d", d.Finding.ID(), d.Points, want[i])
		}
	}
}

// ruleIDs are those that count, and some that do not.
func ruleIDs() []string {
	out := []string{"B045", "B032"}
	for id := range slotsByRule() {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

func drawFacts(t *rapid.T) Facts {
	names := []string{"a", "b", "c", "d"}[:rapid.IntRange(1, 4).Draw(t, "services")]
	f := flat(nil, names...)
	f.Target = rapid.SampledFrom([]Target{TargetCompose, TargetSwarm}).Draw(t, "target")
	f.Policies = map[string]Policy{"a": {Path: "h/a.json", Allowed: rapid.IntRange(0, 500).Draw(t, "allowed"), Docker: rapid.IntRange(0, 400).Draw(t, "docker")}}
	caps := rapid.SliceOfN(rapid.SampledFrom([]string{"ALL", "CHOWN", "CAP_KILL", "SYS_ADMIN", "nonsense"}), 0, 3)
	for i := range f.Project.Services {
		s := &f.Project.Services[i]
		s.Privileged = rapid.Bool().Draw(t, "privileged")
		s.NoNewPrivileges = rapid.Bool().Draw(t, "nnp")
		s.User = rapid.SampledFrom([]string{"", "0", "app"}).Draw(t, "user")
		s.Seccomp = rapid.SampledFrom([]string{"", "unconfined", "/p/h/a.json", "/x"}).Draw(t, "seccomp")
		s.CapAdd, s.CapDrop = caps.Draw(t, "add"), caps.Draw(t, "drop")
		s.Config.ReadOnly = rapid.Bool().Draw(t, "read_only")
		onNetworks(&s.Config.Networks, rapid.SliceOfN(rapid.SampledFrom([]string{"n1", "n2", "default"}), 0, 2).Draw(t, "networks")...)
		s.Config.NetworkMode = rapid.SampledFrom([]string{"", "host", "none"}).Draw(t, "mode")
	}
	peer := rapid.SampledFrom(append([]string{"internet", "host"}, names...))
	for range rapid.IntRange(0, 5).Draw(t, "edges") {
		f.Edges = append(f.Edges, Edge{From: peer.Draw(t, "from"), To: peer.Draw(t, "to")})
	}
	return f
}

func drawDecisions(t *rapid.T, services []string) []Decision {
	var out []Decision
	value := rapid.SampledFrom([]any{"CHOWN", "seccomp=./h/a.json", "ALL", true, []any{"SETUID", "KILL"}, Map{{"internal", true}}})
	for i := range rapid.IntRange(0, 25).Draw(t, "decisions") {
		d := Decision{Apply: rapid.Bool().Draw(t, "apply"), Finding: Finding{
			Rule:     rapid.SampledFrom(ruleIDs()).Draw(t, "rule"),
			Service:  rapid.SampledFrom(append([]string{"", "unknown"}, services...)).Draw(t, "service"),
			Key:      fmt.Sprint(i),
			Severity: rapid.SampledFrom(append(severities, "")).Draw(t, "severity"),
		}}
		if d.Apply || rapid.Bool().Draw(t, "fix") {
			path := rapid.SampledFrom([]project.Path{{"services", "a", "cap_add"}, {"services", "b", "networks"}, {"networks", "CHOWN"}}).Draw(t, "path")
			d.Finding.Fix = &Fix{Changes: []Change{{Op: Set, Path: path, Value: value.Draw(t, "value")}}}
		}
		out = append(out, d)
	}
	return out
}

func TestScoresStayInBoundsAndNeverFallWhenAFixIsApplied(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		p := &Plan{Decisions: drawDecisions(t, f.Project.Names())}
		score(&Draft{Facts: f}, p)
		again := &Plan{Decisions: slices.Clone(p.Decisions)}
		score(&Draft{Facts: f}, again)
		if diff := cmp.Diff(p.Scores, again.Scores); diff != "" {
			t.Fatalf("not deterministic: %s", diff)
		}
		for _, s := range p.Scores {
			before, after := 0, 0
			for _, part := range s.Parts {
				if part.Before < 0 || part.Before > part.After || part.After > part.Max {
					t.Fatalf("%s: part %+v", s.Service, part)
				}
				before, after = before+part.Before, after+part.After
			}
			if before != s.Before || after != s.After || after > 100 {
				t.Fatalf("%s: %d, %d is not the sum of its parts", s.Service, s.Before, s.After)
			}
			if diff := cmp.Diff(s, ScoreOf(f, p.Decisions, s.Service)); diff != "" {
				t.Fatalf("ScoreOf differs: %s", diff)
			}
		}
		checkPoints(t, f, p)
	})
}

// checkPoints turns each decision round and compares the difference of the scores
// with its points.
func checkPoints(t *rapid.T, f Facts, p *Plan) {
	for i, d := range p.Decisions {
		other := slices.Clone(p.Decisions)
		other[i].Apply = !d.Apply
		gained := 0
		for _, s := range p.Scores {
			diff := s.After - ScoreOf(f, other, s.Service).After
			if !d.Apply {
				diff = -diff
			}
			if diff < 0 {
				t.Fatalf("applying %s lowers the score of %s by %d", d.Finding.ID(), s.Service, -diff)
			}
			gained += diff
		}
		if d.Finding.Service == "" {
			gained = (gained + len(p.Scores) - 1) / len(p.Scores)
		}
		if gained != d.Points {
			t.Fatalf("%s applied %v: %d points, but it makes a difference of %d", d.Finding.ID(), d.Apply, d.Points, gained)
		}
	}
}

// BenchmarkScore is a project where each service has all findings.
func BenchmarkScore(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			names := make([]string, n)
			for i := range names {
				names[i] = fmt.Sprint("s", i)
			}
			f := flat(nil, names...)
			p := &Plan{}
			for _, name := range names {
				for _, id := range ruleIDs() {
					p.Decisions = append(p.Decisions, Decision{Apply: true, Finding: Finding{Rule: id, Service: name}})
				}
			}
			for b.Loop() {
				score(&Draft{Facts: f}, p)
			}
		})
	}
}
