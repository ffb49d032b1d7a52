package apparmor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"batten/internal/testenv/require"
	"batten/profiles"
)

// large is a service that touches n paths: libraries, sources, and what it changes.
func large(n int) profiles.Profile {
	p := web(2)
	for i := range n {
		switch path := fmt.Sprintf("/usr/lib/python3/dist-packages/package%d/part%d/module%d.py", i%50, i%7, i); i % 10 {
		case 0:
			touch(&p, 2, fmt.Sprintf("/usr/lib/x86_64-linux-gnu/libname%d.so.%d.2.1", i, i%9), profiles.AccessMap, profiles.AccessRead)
		case 1:
			touch(&p, 2, fmt.Sprintf("/var/lib/web/data%d/table", i), profiles.AccessCreate, profiles.AccessWrite, profiles.AccessRead)
		case 2:
			touch(&p, 1, fmt.Sprintf("/tmp/upload-%06x", i*7919), profiles.AccessCreate, profiles.AccessRemove)
		default:
			touch(&p, 2, path, profiles.AccessRead).Mount = profiles.MountRoot
		}
	}
	return p
}

// The limit is what a person waits for without wondering; the work is about a second.
func TestFiveThousandPathsCompile(t *testing.T) {
	start := time.Now()
	r := generate(t, large(5000), Options{})
	took := time.Since(start)
	rep, err := Check(context.Background(), r.Text)
	if errors.Is(err, ErrNoParser) {
		require.Missing(t, "vm", "apparmor_parser is not installed (scripts/setup.sh test installs it)")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rules, generated in %v, compiled in %.2f s to %d KiB", len(r.Rules), took, rep.Seconds, rep.Bytes>>10)
	if total := took.Seconds() + rep.Seconds; total > 10 {
		t.Errorf("%.1f s", total)
	}
	if rep.Bytes > 4<<20 {
		t.Errorf("%d bytes", rep.Bytes)
	}
}

// A service that makes names as long as it can must not make the policy explode.
func TestLongNamesHaveABudget(t *testing.T) {
	p := web(1)
	for i := range 500 {
		name := "/srv/"
		for len(name) < 4000 {
			name += fmt.Sprintf("%dabcdefgh%d/", i, len(name))
		}
		touch(&p, 1, name+"x", profiles.AccessRead)
	}
	r := generate(t, p, Options{})
	if len(r.Refused) == 0 {
		t.Error("nothing was refused")
	}
	if rep := checked(t, r.Text); rep.Bytes > 4<<20 || rep.Seconds > 20 {
		t.Errorf("%+v", rep)
	}
}

func BenchmarkGenerate5000(b *testing.B) {
	p := large(5000)
	var r Result
	for b.Loop() {
		var err error
		if r, err = Generate(p, Options{Name: ownName}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(r.Rules)), "rules")
}

func BenchmarkGenerateAndCompile5000(b *testing.B) {
	p := large(5000)
	var rep Report
	for b.Loop() {
		r, err := Generate(p, Options{Name: ownName})
		if err != nil {
			b.Fatal(err)
		}
		if rep, err = Check(context.Background(), r.Text); err != nil {
			b.Skip(err)
		}
	}
	b.ReportMetric(rep.Seconds, "compile-s")
	b.ReportMetric(float64(rep.Bytes), "bytes")
}

// Files that share a line are allowed as they were, and no more.
func TestManyFilesOfAFolderShareALineThatAllowsTheSame(t *testing.T) {
	p := large(5000)
	packed := generate(t, p, Options{})
	before, after := map[string]bool{}, map[string]bool{}
	g := newGenerator(p, Options{Name: ownName})
	all := g.sights(g.rows(p))
	for _, s := range g.sections(p, all) {
		for _, r := range s.rules {
			for _, path := range r.Paths {
				after[path] = true
			}
		}
	}
	for _, f := range p.Files {
		before[f.Path] = true
	}
	shared := 0
	for _, r := range packed.Rules {
		open := strings.Index(r.Text, "/{") + 1
		if open == 0 || r.Generalised != "" || !strings.HasPrefix(r.Text, `"`) {
			continue
		}
		shared++
		names := strings.Split(r.Text[open+1:strings.Index(r.Text, "}")], ",")
		if len(names) != len(r.Paths) {
			t.Errorf("%d names for %d paths: %s", len(names), len(r.Paths), r.Text)
		}
		for _, name := range names {
			if path := r.Text[1:open] + name; !before[path] {
				t.Errorf("%s is allowed and was not recorded", path)
			}
		}
	}
	if shared == 0 || len(packed.Rules) > 2000 {
		t.Errorf("%d lines are shared, %d rules in all", shared, len(packed.Rules))
	}
	for path := range before {
		if !after[path] {
			t.Errorf("%s was recorded and has no rule", path)
		}
	}
}
