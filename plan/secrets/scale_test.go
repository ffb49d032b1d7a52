package secrets

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batten/project"
)

// generated is a project of n services, each with credentials of its own and one
// that all have.
func generated(tb testing.TB, n int) *project.Project {
	tb.Helper()
	var b strings.Builder
	b.WriteString("services:\n")
	for i := range n {
		fmt.Fprintf(&b, "  s%d:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: own%dtiger\n      APP_TOKEN: shared9lion\n"+
			"      DATABASE_URL: postgres://a:own%dtiger@db/x\n    labels:\n      a.token: label%dbear\n    command: serve --token own%dtiger\n", i, i, i, i, i)
	}
	dir := tb.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(b.String()), 0o600); err != nil {
		tb.Fatal(err)
	}
	p, err := project.Load(context.Background(), dir, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func BenchmarkMigrate(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := generated(b, n)
			for b.Loop() {
				set := Find(p)
				if len(Migrate(p, set, always, options)) != 5*n {
					b.Fatal("not all are moved")
				}
			}
		})
	}
}

// TestManyCredentialsOfOneServiceShareTheirFile bounds what the fixes hold together: each
// has its own changes and the one file.
func TestManyCredentialsOfOneServiceShareTheirFile(t *testing.T) {
	var b strings.Builder
	b.WriteString("services:\n  a:\n    image: x\n    environment:\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "      V%d_PASSWORD: own%dtiger\n", i, i)
	}
	p := compose(t, b.String())
	changes := 0
	for _, m := range Migrate(p, Find(p), always, options) {
		changes += len(m.Fix.Changes)
		if len(m.Fix.Files) != 1 {
			t.Fatalf("%d files", len(m.Fix.Files))
		}
	}
	if changes != 2*3000 {
		t.Errorf("%d changes", changes)
	}
}
