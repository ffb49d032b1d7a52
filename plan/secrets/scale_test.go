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
