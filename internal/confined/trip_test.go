package confined

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"batten/generators/apparmor"
	"batten/internal/audit"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
)

// recordings traces a container while something happens to it.
func recording(t *testing.T, c *container, health []string, what func()) profiles.Recording {
	t.Helper()
	s, err := ebpf.New(ebpf.Options{}).Start(t.Context(), []trace.Target{{
		Service: profiles.Service{Name: "service", Kind: profiles.KindContainer}, Container: c.id, HealthCheck: health,
		Run: profiles.Run{StartupSeen: true, Seccomp: profiles.SeccompRecord, NoNewPrivileges: true},
	}})
	if err != nil {
		t.Fatal(err)
	}
	what()
	all, err := s.Close()
	if err != nil {
		t.Fatal(err)
	}
	r := all[0]
	if !r.Run.SeesFiles() || len(r.Files) == 0 {
		t.Fatalf("no files recorded: %+v", r.Run)
	}
	if !r.Loss.FilesComplete() {
		t.Errorf("recording: %+v", r.Loss)
	}
	return r
}

// profile generates a profile and has the kernel enforce it.
func profile(t *testing.T, name string, p profiles.Profile) apparmor.Result {
	t.Helper()
	result, err := apparmor.Generate(p, apparmor.Options{Name: name, NoNewPrivileges: true, Capabilities: docker})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range result.Refused {
		t.Errorf("no rule for %+v", r)
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, result.Text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "apparmor_parser", "--replace", "--skip-cache", file).CombinedOutput(); err != nil {
		t.Fatalf("load profile: %v\n%s\n%s", err, out, result.Text)
	}
	return result
}

// watch hears every denial from now on.
type watch struct {
	*audit.Listener
	records chan audit.Record
}

func newWatch(t *testing.T) *watch {
	t.Helper()
	l, err := audit.Listen()
	if err != nil {
		t.Fatal(err)
	}
	w := &watch{l, make(chan audit.Record, 1<<16)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			r, err := l.Next()
			if err != nil {
				return
			}
			w.records <- r
		}
	}()
	t.Cleanup(func() { l.Close(); <-ended })
	return w
}

// denials returns what was denied under a profile since the last time, and the
// records as text, as a log holds them.
func (w *watch) denials(t *testing.T, name string) (events []audit.Event, log string) {
	t.Helper()
	mark := w.NewMark()
	if err := mark.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for {
		select {
		case r := <-w.records:
			if mark.Is(r) {
				if w.Lost() > 0 {
					t.Errorf("%d records were lost", w.Lost())
				}
				return events, text.String()
			}
			e, err := audit.Parse(r.Text)
			if err == nil && e.Verdict == audit.Denied && strings.HasPrefix(e.Profile, name) {
				events = append(events, e)
				fmt.Fprintf(&text, "type=%d %s\n", r.Type, r.Text)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the mark in the audit log was not heard")
		}
	}
}

// none fails for each denial.
func none(t *testing.T, what string, events []audit.Event) {
	t.Helper()
	for _, e := range events {
		t.Errorf("%s: denied: %s %q %q asked %s, lacked %s, by %s %s", what, e.Operation, e.Name, e.Target, e.Requested, e.Denied, e.Comm, e.Capability+e.Family+e.Signal)
	}
}

// results reads what the probe printed.
func results(out string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(out) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			found[name] = value
		}
	}
	return found
}

// shown numbers the lines of a profile for a failure.
func shown(text []byte) string {
	var out bytes.Buffer
	n := 0
	for line := range bytes.Lines(text) {
		n++
		fmt.Fprintf(&out, "%4d %s", n, line)
	}
	return out.String()
}
