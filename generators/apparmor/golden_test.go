package apparmor

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"batten/profiles"
)

// recorded merges the recordings of a service in testdata.
func recorded(t testing.TB, service string) profiles.Profile {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", service+"-run*.json"))
	if err != nil || len(files) < 2 {
		t.Fatalf("recordings of %s: %v, %v", service, files, err)
	}
	var all []profiles.Profile
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := profiles.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, p)
	}
	p, err := profiles.Merge(all...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGoldenProfiles(t *testing.T) {
	for _, tt := range []struct {
		file, service string
		o             Options
	}{
		{"postgres.apparmor", "postgres", Options{}},
		{"postgres-nnp-complain.apparmor", "postgres", Options{NoNewPrivileges: true, Complain: true, IncludeExec: true}},
		{"nginx.apparmor", "nginx", Options{NoNewPrivileges: true}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			p := recorded(t, tt.service)
			tt.o.Name, _ = Name(p.Service.Project, p.Service.Name)
			r := generate(t, p, tt.o)
			golden(t, tt.file, r.Text)
			var notes bytes.Buffer
			for _, n := range r.Notes {
				fmt.Fprintf(&notes, "%s: %s\n", n.Kind, n.Text)
			}
			for _, x := range r.Refused {
				fmt.Fprintf(&notes, "refused %q: %s\n", x.Path, x.Why)
			}
			golden(t, tt.file+".notes", notes.Bytes())
			t.Logf("%+v", checked(t, r.Text))
		})
	}
}

// The order of the recordings and of their rows has no meaning.
func TestSameEvidenceSameBytes(t *testing.T) {
	p := recorded(t, "postgres")
	want := generate(t, p, Options{})
	q := p
	q.Files = append([]profiles.File(nil), p.Files...)
	for i := range q.Files {
		j := (i * 7) % len(q.Files)
		q.Files[i], q.Files[j] = q.Files[j], q.Files[i]
	}
	q.Programs = append([]profiles.Program(nil), p.Programs...)
	for i, j := 0, len(q.Programs)-1; i < j; i, j = i+1, j-1 {
		q.Programs[i], q.Programs[j] = q.Programs[j], q.Programs[i]
	}
	if got := generate(t, q, Options{}); !bytes.Equal(got.Text, want.Text) {
		t.Errorf("the order of rows changes the profile:\n%s\n%s", want.Text, got.Text)
	}
}
