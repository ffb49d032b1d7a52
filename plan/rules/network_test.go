package rules

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"batten/internal/testenv/require"
	"batten/plan"
	"batten/profiles"
	"batten/project"
)

func TestPortsOfAListThatIsReplacedAreNotLookedAt(t *testing.T) {
	facts := factsFrom(t, `-- compose.yaml --
services: {api: {image: x, ports: ["1:1", "2:2"]}}
-- compose.override.yaml --
services: {api: {ports: !override ["3:3"]}}
`)
	var keys []string
	for _, item := range portItems(facts.Project, facts.Project.Services[0]) {
		keys = append(keys, item.key)
	}
	if d := cmp.Diff([]string{"3:3/tcp"}, keys); d != "" {
		t.Error(d)
	}
}

func TestAVariableIsClearWhenItCanOnlyBeANumber(t *testing.T) {
	p := &project.Project{Model: &project.Model{Environment: map[string]string{"N": "80", "PAIR": "80:80", "EMPTY": ""}}}
	for text, want := range map[string]bool{
		"80": true, "8000-8010": true, "${N}": true, "$N": true, "${UNSET:-80}": true, "${A:-1}-${B-2}": true, "8${N}": true,
		"${PAIR}": false, "${PAIR:-80}": false, "${UNSET}": false, "${UNSET:?no}": false, "${UNSET:-1:2}": false,
		"${UNSET:-${N}}": false, "${UNSET:+x}": false, "a": false, "$": false, "${EMPTY}": true, "${N": true,
	} {
		if got := clearNumber(p, text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestAPortSurvivesBeingBoundAndReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		port := func(label string) string {
			first := rapid.IntRange(1, 65000).Draw(t, label)
			if rapid.Bool().Draw(t, label+" range") {
				return fmt.Sprintf("%d-%d", first, first+9)
			}
			return strconv.Itoa(first)
		}
		want := portPlace{protocol: rapid.SampledFrom([]string{"tcp", "udp", "sctp"}).Draw(t, "protocol"), target: port("target"),
			host: rapid.SampledFrom([]string{"127.0.0.1", "::1", "192.0.2.1"}).Draw(t, "host")}
		if rapid.Bool().Draw(t, "published") {
			want.published = rapid.SampledFrom([]string{port("host port"), "${P:-80}"}).Draw(t, "how")
		}
		got := portPlace{protocol: "tcp"}
		got.short(want.text(want.host))
		if got.host != want.host || got.key() != want.key() {
			t.Fatalf("%s is read as %+v", want.text(want.host), got)
		}
	})
}

func FuzzShortPort(f *testing.F) {
	for _, seed := range []string{"80", "127.0.0.1:80:80/udp", "[::]:80:80", "${A:-1:2}:3", ":::", "", "}{/][:", "${"} {
		f.Add(seed)
	}
	p := &project.Project{Model: &project.Model{}}
	f.Fuzz(func(t *testing.T, text string) {
		place := portPlace{protocol: "tcp"}
		place.short(text)
		clearNumber(p, text)
		if strings.Join(splitOutside(text, ':'), ":") != text {
			t.Fatal("splitting loses text")
		}
	})
}

func TestTheNetworkOfTheMachineGivesWayToPortsOnce(t *testing.T) {
	facts := factsFrom(t, `-- compose.yaml --
services: {a: {image: x, network_mode: host, ports: ["80:80", "8080:8080"]}, b: {image: postgres, network_mode: host}}
`)
	facts.Profiles["a"] = &profiles.Profile{Runs: []profiles.Run{{}}, Evidence: profiles.Evidence{Sockets: []profiles.Socket{
		{Use: profiles.SocketListen, Protocol: "tcp", Port: 80, Address: "0.0.0.0", Runs: 1},
		{Use: profiles.SocketListen, Protocol: "tcp", Port: 81, Address: "::", Runs: 1},
	}}}
	on := true
	settings := plan.Settings{Choices: []plan.Setting{{Rule: "B018", Apply: &on}}}
	got := applyChanges(t, facts.Project, changesOf(plan.Make(facts, settings, networkRules)))["compose.yaml"]
	for _, want := range []string{"127.0.0.1:80:80", "127.0.0.1:81:81", "127.0.0.1:8080:8080"} {
		if strings.Count(string(got), want) != 1 {
			t.Errorf("%s is not there once:\n%s", want, got)
		}
	}
}

func changesOf(p *plan.Plan) []plan.Change {
	var out []plan.Change
	for _, d := range p.Applied() {
		out = append(out, d.Finding.Fix.Changes...)
	}
	return out
}

// Whatever the network rules do in real projects, they do at once: no place is
// changed twice, and a second look leaves nothing to do.
func TestRealProjectsNeedOneLook(t *testing.T) {
	root := corpusFolder(t)
	on := true
	settings := plan.Settings{Choices: []plan.Setting{{Rule: "B024", Apply: &on}, {Rule: "B022", Apply: &on}}}
	counts := map[string]int{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "ml") {
			return err
		}
		p, err := project.Load(context.Background(), filepath.Dir(path), []string{filepath.Base(path)})
		if err != nil {
			return nil // loading is another package's to test
		}
		for _, target := range []plan.Target{plan.TargetCompose, plan.TargetSwarm} {
			if target == plan.TargetSwarm && len(p.Services) < 2 {
				continue
			}
			first := plan.Make(plan.Facts{Project: p, Target: target}, settings, networkRules)
			changes := changesOf(first)
			for _, one := range first.Applied() {
				counts[one.Finding.Rule]++
			}
			checkOnce(t, path, changes)
			archive := &txtar.Archive{}
			for name, data := range applyChanges(t, p, changes) {
				archive.Files = append(archive.Files, txtar.File{Name: filepath.Base(name), Data: data})
			}
			if env, err := os.ReadFile(filepath.Join(filepath.Dir(path), ".env")); err == nil {
				archive.Files = append(archive.Files, txtar.File{Name: ".env", Data: env})
			}
			archive.Files = append(archive.Files, txtar.File{Name: "files", Data: []byte(filepath.Base(path))})
			after := factsOf(t, archive)
			after.Target = target
			for _, one := range plan.Make(after, settings, networkRules).Applied() {
				if len(one.Finding.Fix.Changes) > 0 {
					t.Errorf("%s for %s: still to do: %s %s", path, target, one.Finding.ID(), one.Finding.Message)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log("applied:", counts)
	if counts["B020"] == 0 || counts["B024"] == 0 || counts["B022"] == 0 {
		t.Errorf("rules that find nothing: %v", counts)
	}
}

func checkOnce(t *testing.T, path string, changes []plan.Change) {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range changes {
		key := c.Path.String()
		if c.At != nil {
			key = fmt.Sprint(c.At.File, c.At.Path)
		}
		if seen[key] && c.Op != plan.Add {
			t.Errorf("%s: changed twice: %s", path, key)
		}
		seen[key] = true
	}
}

// corpusFolder is the folder of other people's compose files.
func corpusFolder(t *testing.T) string {
	t.Helper()
	return require.Corpus(t)
}

func BenchmarkNetworkRules(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			var text strings.Builder
			text.WriteString("services:\n")
			for i := range n {
				fmt.Fprintf(&text, "  s%d: {image: redis, ports: ['%d:6379'], environment: {A_URL: 'http://s%d:80'}}\n", i, 10000+i, (i+1)%n)
			}
			dir := b.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(text.String()), 0o644); err != nil {
				b.Fatal(err)
			}
			p, err := project.Load(context.Background(), dir, nil)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				plan.Make(plan.Facts{Project: p}, plan.Settings{}, networkRules)
			}
		})
	}
}
