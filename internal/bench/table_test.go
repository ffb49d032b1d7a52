package bench

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"batten/internal/launch"
)

func TestMain(m *testing.M) {
	if memoryChild() {
		return
	}
	launch.Hook()
	os.Exit(m.Run())
}

// variant is one way of running the same thing.
type variant struct {
	name string
	// run returns one measurement.
	run func(b *testing.B) float64
}

// compare measures all variants in turns and prints their medians, and the median
// of each one's ratio to the first in the same turn: a machine that is slower for a
// while is so for both. unit is printed behind the numbers.
func compare(b *testing.B, title, unit string, rounds int, variants ...variant) {
	b.Helper()
	samples := make([][]float64, len(variants))
	for range rounds {
		for i, v := range variants {
			samples[i] = append(samples[i], v.run(b))
		}
	}
	var out strings.Builder
	fmt.Fprintf(&out, "\n%s (median of %d, in turns)\n", title, rounds)
	for i, v := range variants {
		ratios := make([]float64, rounds)
		for turn := range ratios {
			ratios[turn] = samples[i][turn] / samples[0][turn]
		}
		fmt.Fprintf(&out, "  %-44s %12.1f %-6s %6.2f×   (%.1f … %.1f)\n", v.name, median(samples[i]), unit, median(ratios),
			slices.Min(samples[i]), slices.Max(samples[i]))
	}
	fmt.Print(out.String())
}

func median(list []float64) float64 {
	s := slices.Clone(list)
	slices.Sort(s)
	if len(s)%2 == 0 {
		return (s[len(s)/2-1] + s[len(s)/2]) / 2
	}
	return s[len(s)/2]
}

// once keeps the benchmark runner from repeating what has its own rounds.
func once(b *testing.B) bool {
	b.ReportMetric(0, "ns/op")
	return b.N == 1
}
