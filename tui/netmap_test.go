package tui

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"batten/internal/engine"
	"batten/plan"
)

// drawn is a map as text, for as many cells.
func drawn(l engine.Layout, edges []plan.Edge, w int) string {
	p := networkPane{state: &overviewState{version: 1, before: &l, edges: edges}}
	p.refresh()
	return textOf(p.whole(w))
}

func textOf(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.TrimRight(clean(l.text()), " ") + "\n")
	}
	return b.String()
}

func tells(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, one := range wanted {
		if !strings.Contains(text, one) {
			t.Errorf("%q is not there:\n%s", one, text)
		}
	}
}

func TestAMapIsDrawnWithArrowsInTheFramesOfTheirNetworks(t *testing.T) {
	l := engine.Layout{
		Networks: []engine.LayoutNetwork{{Name: "data", Internal: true, Members: []string{"app", "db"}}, {Name: "edge", Members: []string{"app", "web"}}},
		Services: []engine.LayoutService{
			{Name: "app", Networks: []string{"data", "edge"}, Egress: true}, {Name: "db", Networks: []string{"data"}},
			{Name: "web", Networks: []string{"edge"}, Published: []string{"8080:80/tcp"}, Egress: true},
		},
	}
	got := drawn(l, []plan.Edge{
		{From: "app", To: "db", Port: 5432, Observed: true}, {From: "web", To: "app", Port: 8000}, {From: "internet", To: "web", Port: 80},
		{From: "app", To: "internet", Port: 443, Observed: true},
	}, 50)
	want := `
2 pairs of services can reach each other, 2 talk
───────┬─────────────────┬──────── outside ───────
    ▲ 8080             ↑ 443
       ↓                 │
    ╭──┴──╮           ╭──┴──╮          ╭────╮
    │ web │           │ app │          │ db │
    ╰──┬──╯           ╰──┬──╯          ╰──┬─╯
    ╭──┼─ edge ──────────┼──╮             │
    │  ●····· 8000 ·····→│  │             │
    ╰──┴─ leads out ─────┼──╯             │
                      ╔══╪═ data ═════════╪══╗
                      ║  ●──── 5432 ─────→│  ║
                      ╚══╧═ internal ═════╧══╝

●─→ seen in a recording  ●··→ declared in files
▲ open to all interfaces  ═ internal network
`
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("this map:\n%s\nshould be\n%s", got, want)
	}
}

func TestAServiceThatIsNotOnANetworkPassesBehindIt(t *testing.T) {
	l := engine.Layout{
		Networks: []engine.LayoutNetwork{{Name: "n", Members: []string{"a", "c"}}, {Name: "o", Members: []string{"b"}}},
		Services: []engine.LayoutService{{Name: "a", Networks: []string{"n"}}, {Name: "b", Networks: []string{"o"}}, {Name: "c", Networks: []string{"n"}}},
	}
	p := planOf(&l, []talk{{from: "a", to: "c", observed: true}})
	lines, ok := drawMap(p, []string{"a", "b", "c"}, 60, "")
	if !ok {
		t.Fatal("there is room")
	}
	for _, one := range strings.Split(textOf(lines), "\n") {
		if strings.Contains(one, "●") && strings.ContainsAny(one, "┼") {
			t.Errorf("the arrow goes through somebody who is not there: %q", one)
		}
	}
}

func TestWhoTalksWithoutACommonNetworkIsSaid(t *testing.T) {
	l := engine.Layout{
		Networks: []engine.LayoutNetwork{{Name: "x", Members: []string{"a"}}, {Name: "y", Members: []string{"b"}}},
		Services: []engine.LayoutService{{Name: "a", Networks: []string{"x"}}, {Name: "b", Networks: []string{"y"}}},
	}
	tells(t, drawn(l, []plan.Edge{{From: "a", To: "b", Port: 1, Observed: true}}, 80), "✗ a ─→ b 1: they share no network")
}

func TestServicesWithoutANetworkOfTheirOwnAreDrawn(t *testing.T) {
	l := engine.Layout{
		Networks: []engine.LayoutNetwork{{Name: "n", Members: []string{"a"}}},
		Services: []engine.LayoutService{
			{Name: "a", Networks: []string{"n"}}, {Name: "guest", Mode: "service:a"}, {Name: "hosted", Mode: "host"},
			{Name: "lost", Mode: "service:gone"}, {Name: "mute", Mode: "none"},
		},
	}
	got := drawn(l, []plan.Edge{{From: "guest", To: "a", Port: 9}}, 120)
	tells(t, got, "mode host", "mode none", "no network", "that of another")
	if strings.Contains(got, "share no network") {
		t.Errorf("a service in another's network shares it:\n%s", got)
	}
}

func TestRequestsGoFromLeftToRight(t *testing.T) {
	l := engine.Layout{Services: []engine.LayoutService{{Name: "a-db"}, {Name: "m-app"}, {Name: "z-web", Published: []string{"80:80/tcp"}}}}
	talks := []talk{{from: "z-web", to: "m-app"}, {from: "m-app", to: "a-db"}, {from: "a-db", to: "z-web"}} // in a circle
	if got := fmt.Sprint(mapOrder(planOf(&l, talks), talks)); got != "[z-web m-app a-db]" {
		t.Errorf("the order is %s", got)
	}
}

// crowd is a project of n services on two networks.
func crowd(n int) (engine.Layout, []plan.Edge) {
	l := engine.Layout{Networks: []engine.LayoutNetwork{{Name: "back", Internal: true}, {Name: "front"}}}
	var edges []plan.Edge
	for i := range n {
		name := fmt.Sprintf("svc%04d", i)
		s := engine.LayoutService{Name: name, Networks: []string{"back"}}
		l.Networks[0].Members = append(l.Networks[0].Members, name)
		if i%3 == 0 {
			s.Networks, s.Published = []string{"back", "front"}, []string{fmt.Sprintf("%d:80/tcp", 8000+i)}
			l.Networks[1].Members = append(l.Networks[1].Members, name)
		}
		if i%4 > 0 {
			edges = append(edges, plan.Edge{From: name, To: fmt.Sprintf("svc%04d", i-1), Port: 80, Observed: i%2 == 0})
		}
		l.Services = append(l.Services, s)
	}
	return l, edges
}

func TestManyServicesAreAListOfNetworksWithArrows(t *testing.T) {
	l, edges := crowd(30)
	got := drawn(l, edges, 100)
	tells(t, got, "╔═ back, internal, 30 services", "╭─ front, leads out, 10 services", "svc0001", "·→ svc0000 80", "─→ svc0001 80", "▲ 8003")
}

func TestMapsAreAsWideAsTheyMayBe(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom(append([]string{"web", "app", "db", "cache", "a-service-with-a-long-name"}, hostile...))
		var l engine.Layout
		names := rapid.SliceOfNDistinct(name, 0, 9, rapid.ID[string]).Draw(rt, "services")
		var edges []plan.Edge
		for _, one := range names {
			s := engine.LayoutService{Name: one, Published: rapid.SampledFrom([][]string{nil, {"80:80/tcp"}, {"127.0.0.1:1:1/tcp", "[::1]:2:2/udp", "9/tcp", "10.0.0.1:3:3/tcp"}, {"\x1b[2J"}}).Draw(rt, "ports")}
			s.Mode = rapid.SampledFrom([]string{"", "", "", "host", "none", "service:web", "service:\x1b"}).Draw(rt, "mode")
			l.Services = append(l.Services, s)
			edges = append(edges, plan.Edge{From: one, To: name.Draw(rt, "to"), Port: rapid.IntRange(0, 65535).Draw(rt, "port"), Observed: rapid.Bool().Draw(rt, "seen")})
		}
		for _, n := range rapid.SliceOfNDistinct(name, 0, 4, rapid.ID[string]).Draw(rt, "networks") {
			one := engine.LayoutNetwork{Name: n, Internal: rapid.Bool().Draw(rt, "internal")}
			for i := range l.Services {
				if l.Services[i].Mode == "" && rapid.Bool().Draw(rt, "on") {
					one.Members = append(one.Members, l.Services[i].Name)
					l.Services[i].Networks = append(l.Services[i].Networks, n)
				}
			}
			l.Networks = append(l.Networks, one)
		}
		w := rapid.IntRange(1, 200).Draw(rt, "w")
		p := networkPane{state: &overviewState{version: 1, before: &l, after: &l, edges: edges}}
		p.refresh()
		for _, x := range p.whole(w) {
			if n := width(clean(x.text())); n > w && w >= 40 {
				rt.Fatalf("%d cells in %d: %q", n, w, x.text())
			}
		}
	})
}
