package network

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"batten/plan"
)

// drawProject makes a project of up to eight services of all sorts on networks of
// all sorts, and recordings for some.
func drawProject(t *rapid.T) (text string, recordings map[string][]string) {
	n := rapid.IntRange(2, 8).Draw(t, "services")
	images := rapid.SampledFrom([]string{"postgres", "redis", "nginx", "example/app", "example/app", "grafana/grafana"})
	places := rapid.SampledFrom([]string{"default", "default", "default", "default", "inner", "plain", "other", "fixed"})
	recordings = map[string][]string{}
	var b strings.Builder
	b.WriteString("services:\n")
	for i := range n {
		name := fmt.Sprintf("s%d", i)
		fmt.Fprintf(&b, "  %s:\n    image: %s\n", name, images.Draw(t, "image"))
		if rapid.IntRange(0, 2).Draw(t, "publishes") == 0 {
			fmt.Fprintf(&b, "    ports: ['%d:80']\n", 8000+i)
		}
		mode := rapid.IntRange(0, 12).Draw(t, "mode")
		switch {
		case mode == 0:
			b.WriteString("    network_mode: host\n")
		case mode == 1 && i > 0:
			b.WriteString("    network_mode: service:s0\n")
		default:
			list := rapid.SliceOfNDistinct(places, 0, 3, rapid.ID[string]).Draw(t, "places")
			if len(list) > 0 {
				b.WriteString("    networks:\n")
			}
			for _, p := range list {
				switch {
				case p == "fixed":
					fmt.Fprintf(&b, "      fixed: {ipv4_address: 10.9.0.%d}\n", i+10)
				case rapid.Bool().Draw(t, "alias"):
					fmt.Fprintf(&b, "      %s: {aliases: [alias%d]}\n", p, i)
				default:
					fmt.Fprintf(&b, "      %s: {}\n", p)
				}
			}
		}
		if i > 0 {
			to := rapid.SliceOfNDistinct(rapid.IntRange(0, i-1), 0, 3, rapid.ID[int]).Draw(t, "talks")
			if len(to) > 0 {
				b.WriteString("    environment:\n")
			}
			for _, one := range to {
				fmt.Fprintf(&b, "      U%d: http://s%d:80\n", one, one)
			}
		}
		switch rapid.IntRange(0, 3).Draw(t, "recorded") {
		case 0:
			recordings[name] = []string{"listen 80"}
		case 1:
			recordings[name] = []string{"connect 1.1.1.1 443"}
		}
	}
	b.WriteString("networks: {inner: {internal: true}, plain: {}, other: {external: true}, fixed: {ipam: {config: [{subnet: 10.9.0.0/24}]}}}\n")
	return b.String(), recordings
}

func withRecordings(t *rapid.T, dir, text string, recordings map[string][]string, target plan.Target) plan.Facts {
	f := load(t, dir, text)
	f.Target = target
	for name, sockets := range recordings {
		record(f, name, sockets...)
	}
	return f
}

func TestADivisionKeepsWhatTalksAndParts(t *testing.T) {
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	divided := 0
	rapid.Check(t, func(t *rapid.T) {
		text, recordings := drawProject(t)
		target := rapid.SampledFrom([]plan.Target{plan.TargetCompose, plan.TargetSwarm}).Draw(t, "target")
		f := withRecordings(t, dir, text, recordings, target)
		s := Segment(f, Infer(f, nil), Intent{})
		if !s.Needed {
			if len(s.Changes()) > 0 {
				t.Fatal("not needed, and has changes")
			}
			return
		}
		divided++
		result := apply(t, text, s.Changes())
		g := withRecordings(t, dir, result, recordings, target)
		again := Segment(g, Infer(g, nil), Intent{})
		old, now := s.current, again.current
		if again.Needed {
			t.Fatalf("divided again: %v\n%s\n%s", again.Why, text, result)
		}
		for p := range old.talks {
			if !now.together(p.from, p.to) {
				t.Fatalf("%s no longer reaches %s\n%s\n%s", p.from, p.to, text, result)
			}
		}
		for name := range now.riders {
			checkPlace(t, old, now, name, result)
		}
		checkPairs(t, s, now, result)
		if d := cmp.Diff(LayoutOf(g.Project.Model), After(f.Project, s)); d != "" {
			t.Fatalf("the layout foretold is another: %s\n%s", d, result)
		}
	})
	if divided == 0 {
		t.Fatal("no project was divided")
	}
}

// checkPlace holds what is true of one service after a division.
func checkPlace(t *rapid.T, old, now *current, name, result string) {
	replaceable := func(n string) bool { return now.kept[n] == "" && now.open(n) }
	if now.public[name] && !slices.ContainsFunc(now.networks[name], now.open) {
		t.Fatalf("%s publishes on internal networks alone\n%s", name, result)
	}
	if old.quiet(name) && old.takesPart(name) && slices.ContainsFunc(now.networks[name], replaceable) {
		t.Fatalf("%s needs no outside and has a way there\n%s", name, result)
	}
	if old.outside[name].Needed && !slices.ContainsFunc(now.networks[name], now.open) {
		t.Fatalf("%s lost its way to the outside\n%s", name, result)
	}
	if !old.outside[name].Needed && !old.public[name] && !slices.ContainsFunc(old.networks[name], old.open) &&
		slices.ContainsFunc(now.networks[name], now.open) {
		t.Fatalf("%s was shut in and is not any more\n%s", name, result)
	}
	// Each alias of a network that went is known to every client.
	for network, own := range old.services[name].Config.Networks {
		if own == nil || old.kept[network] != "" {
			continue
		}
		for p := range old.talks {
			if p.to != name || !old.together(p.from, name) || shares(old.keptOf(p.from), old.keptOf(name)) {
				continue
			}
			for _, alias := range own.Aliases {
				heard := slices.ContainsFunc(now.networks[p.from], func(n string) bool {
					there := now.services[name].Config.Networks[n]
					return there != nil && slices.Contains(there.Aliases, alias)
				})
				if !heard {
					t.Fatalf("%s no longer knows %s as %s\n%s", p.from, name, alias, result)
				}
			}
		}
	}
}

// checkPairs: two services without business share no new network but one of those
// that lead out, or that of a server whose clients both are.
func checkPairs(t *rapid.T, s Segmentation, now *current, result string) {
	for _, n := range s.Networks {
		for _, a := range n.Members {
			for _, b := range n.Members {
				if a >= b || n.Purpose == ForEdge || n.Purpose == ForEgress {
					continue
				}
				direct := now.talks[pair{a, b}] || now.talks[pair{b, a}]
				clients := now.talks[pair{a, n.Server}] && now.talks[pair{b, n.Server}]
				if !direct && !clients {
					t.Fatalf("%s and %s share %s\n%s", a, b, n.Name, result)
				}
			}
		}
	}
}
