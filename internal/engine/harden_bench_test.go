package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bigProject is a project of n services as people write them: three in four talk to
// a neighbour, all publish, some hold a password.
func bigProject(n int) string {
	var b strings.Builder
	b.WriteString("# a generated project\nservices:\n")
	for i := range n {
		fmt.Fprintf(&b, "\n  # service %d\n  svc%d:\n    image: registry.example/team/svc%d:1.%d\n", i, i, i, i)
		fmt.Fprintf(&b, "    ports:\n      - \"%d:8080\"\n", 10000+i)
		fmt.Fprintf(&b, "    environment:\n      - LOG_LEVEL=info\n      - WORKERS=%d\n", i%8+1)
		if i%5 == 0 {
			fmt.Fprintf(&b, "      - API_TOKEN=tok-%08d-abcdef\n", i)
		}
		if i%4 != 0 {
			fmt.Fprintf(&b, "      - UPSTREAM=http://svc%d:8080/\n    depends_on:\n      - svc%d\n", i-1, i-1)
		}
		fmt.Fprintf(&b, "    volumes:\n      - data%d:/var/lib/svc   # kept\n    restart: always\n", i)
	}
	b.WriteString("\nvolumes:\n")
	for i := range n {
		fmt.Fprintf(&b, "  data%d:\n", i)
	}
	return b.String()
}

// BenchmarkHarden measures everything between a compose file and its hardened form,
// nothing written, without an engine.
func BenchmarkHarden(b *testing.B) {
	for _, n := range []int{10, 100, 500, 1000} {
		b.Run(fmt.Sprintf("services=%d", n), func(b *testing.B) {
			dir := b.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(bigProject(n)), 0o644); err != nil {
				b.Fatal(err)
			}
			e, err := New(Options{Dir: dir})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				h, err := e.Harden(b.Context(), HardenRequest{SurveyRequest: SurveyRequest{Offline: true}})
				if err != nil {
					b.Fatal(err)
				}
				if len(h.Plan.Applied()) < n {
					b.Fatalf("%d changes in %d services", len(h.Plan.Applied()), n)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/service")
		})
	}
}
