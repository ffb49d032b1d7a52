package confined

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"batten/internal/audit"
	"batten/internal/testenv/workload"
	"batten/profiles"
	"batten/trace/imports"
)

// forbidden is what each service is never seen to do. Of shells and interpreters the
// one that the service itself does not use.
var forbidden = map[string][]string{
	"nginx":    {"exec=/usr/bin/bash", "exec=/usr/bin/python3", "remove=/usr/share/nginx/html/index.html"},
	"redis":    {"exec=/usr/bin/bash", "exec=/usr/bin/python3"},
	"postgres": {"exec=/usr/bin/python3"},
}

// always is what none does. A raw socket needs a capability that the container has: it
// is the profile that refuses.
var always = []string{
	"read=/etc/shadow", "read=/root/.bashrc", "write=/outside", "write=/etc/passwd", "mkdir=/usr/new", "raw", "packet", "alg",
}

// Each in a machine of its own, for they take long and run side by side.

func TestRedisWorksUnderItsProfileAndAllElseIsRefused(t *testing.T) {
	if inside(t) {
		roundTrip(t, workload.Redis())
	}
}

func TestPostgreSQLWorksUnderItsProfileAndAllElseIsRefused(t *testing.T) {
	if inside(t) {
		roundTrip(t, workload.Postgres())
	}
}

// What was denied is read back from the audit log, as an import reads it, and added
// to the recording: the next profile allows it.
func TestNginxWorksUnderItsProfileAllElseIsRefusedAndDenialsBecomeRules(t *testing.T) {
	if !inside(t) {
		return
	}
	r, log := roundTrip(t, workload.Nginx())
	const name = "batten.test.nginx"
	denied, notes, err := imports.Audit(strings.NewReader(log), name, imports.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	t.Logf("%d files denied, notes %q", len(denied.Files), notes)
	merged, err := profiles.MergeOptions{AnyService: true}.Merge(r.Profile(), denied.Profile())
	if err != nil {
		t.Fatal(err)
	}
	profile(t, name, merged)
	repaired := lay(t, "c0", workload.Nginx().Command...)
	repaired.profile = name
	life(t, repaired, workload.Nginx(), func(ctx context.Context) {
		_, out, err := repaired.exec(ctx, "0", "/confined/probe", "read=/etc/shadow", "write=/outside", "read=/etc/gshadow")
		got := results(out)
		if err != nil || got["read=/etc/shadow"] != "0" || got["write=/outside"] != "0" || got["read=/etc/gshadow"] != "13" {
			t.Errorf("repaired: %s %v", out, err)
		}
	})
}

// roundTrip returns the recording, and what the kernel wrote of the denials.
func roundTrip(t *testing.T, s workload.Service) (r profiles.Recording, log string) {
	t.Helper()
	health := []string{"/confined/probe"}
	recorded := lay(t, "a0", s.Command...)
	r = recording(t, recorded, append([]string{"CMD"}, health...), func() {
		life(t, recorded, s, func(ctx context.Context) {
			if code, out, err := recorded.exec(ctx, "0", health...); code != 0 || err != nil {
				t.Errorf("the probe: %d %s %v", code, out, err)
			}
		})
	})
	name := "batten.test." + s.Name
	result := profile(t, name, r.Profile())
	w := newWatch(t)

	enforced := lay(t, "b0", s.Command...)
	enforced.profile = name
	life(t, enforced, s, func(ctx context.Context) {
		none(t, "at work", first(w.denials(t, name)))
		asked := append(slices.Clone(always), forbidden[s.Name]...)
		code, out, err := enforced.exec(ctx, "0", append(health, asked...)...)
		if code != 0 || err != nil {
			t.Fatalf("the probe: %d %s %v", code, out, err)
		}
		got := results(out)
		for _, a := range asked {
			if got[a] != "13" { // EACCES
				t.Errorf("%s: error %s", a, got[a])
			}
		}
		noted, text := w.denials(t, name)
		log += text
		for _, name := range []string{"/etc/shadow", "/outside", "/usr/new/", "/usr/bin/python3"} {
			if !slices.ContainsFunc(noted, func(e audit.Event) bool { return strings.HasPrefix(e.Name, name) }) {
				t.Errorf("the denial of %s was not read: %+v", name, noted)
			}
		}
	})
	none(t, "at its end", first(w.denials(t, name)))
	if t.Failed() {
		t.Logf("profile:\n%s", shown(result.Text))
	}
	return r, log
}

func first[A, B any](a A, _ B) A { return a }

// life starts a service, drives it, does something more, stops it, starts it again on
// the same files, looks whether its data is there, and stops it.
func life(t *testing.T, c *container, s workload.Service, more func(context.Context)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	target := workload.Target{Address: "127.0.0.1", Client: func(ctx context.Context, argv ...string) (int, string, error) {
		return outside(ctx, argv)
	}}
	for _, step := range []func(context.Context, workload.Target) error{s.Drive, s.Check} {
		c.start(t)
		if err := s.Await(ctx, target); err != nil {
			t.Errorf("%v: %s", err, c.out.String())
		} else if err := step(ctx, target); err != nil {
			t.Errorf("%v: %s", err, c.out.String())
		}
		if more != nil {
			more(ctx)
			more = nil
		}
		c.stop(t, "TERM")
	}
}
