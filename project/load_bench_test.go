package project

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// large is a compose file of n services as people write them.
func large(n int) string {
	var b strings.Builder
	b.WriteString("services:\n")
	for i := range n {
		fmt.Fprintf(&b, `  svc%d:
    image: nginx:1.%d
    restart: always
    ports:
      - "%d:80"
    environment:
      MODE: production
      DB_PASSWORD: change%d
      LEVEL: ${LEVEL:-info}
    volumes:
      - data%d:/var/lib/data
    networks: [front]
    healthcheck:
      test: [CMD, curl, -f, localhost]
`, i, i, 1000+i, i, i)
		if i%5 > 0 {
			fmt.Fprintf(&b, "    depends_on: [svc%d]\n", i-1)
		}
	}
	b.WriteString("networks:\n  front: {}\nvolumes:\n")
	for i := range n {
		fmt.Fprintf(&b, "  data%d: {}\n", i)
	}
	return b.String()
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{10, 100, 500, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(large(n)), 0o644); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := Load(b.Context(), dir, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Rules look up fifty keys of each service.
func BenchmarkLookup(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(large(n)), 0o644); err != nil {
				b.Fatal(err)
			}
			p, err := Load(b.Context(), dir, nil)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				for _, s := range p.Services {
					for range 50 {
						if _, ok := p.Lookup("services", s.Name, "image"); !ok {
							b.Fatal(s.Name)
						}
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*50), "ns/lookup")
		})
	}
}
