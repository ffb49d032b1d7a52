package ptrace_test

import (
	"os/exec"
	"strconv"
	"testing"
	"time"

	"batten/internal/launch"
)

// benchCalls is how many calls one run of the loop makes; starting the program is
// spread over them.
const benchCalls = 50_000

func BenchmarkGetppid(b *testing.B) {
	program := build(b, "loop")
	args := []string{program, strconv.Itoa(benchCalls)}
	perCall := func(b *testing.B, run func()) {
		began := time.Now()
		for range b.N {
			run()
		}
		b.ReportMetric(float64(time.Since(began).Nanoseconds())/float64(b.N)/benchCalls, "ns/call")
		b.ReportMetric(0, "ns/op")
	}
	b.Run("untraced", func(b *testing.B) {
		perCall(b, func() {
			if err := exec.Command(args[0], args[1:]...).Run(); err != nil {
				b.Fatal(err)
			}
		})
	})
	for _, m := range modes {
		b.Run(m.backend, func(b *testing.B) {
			perCall(b, func() {
				if _, code, _ := record(b, m.options, &launch.Command{Args: args}); code != 0 {
					b.Fatal(code)
				}
			})
		})
	}
	if strace, err := exec.LookPath("strace"); err == nil {
		b.Run("strace-f-c", func(b *testing.B) {
			perCall(b, func() {
				if err := exec.Command(strace, append([]string{"-f", "-c", "-o", "/dev/null"}, args...)...).Run(); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// BenchmarkShortCommand is the price of tracing a command that ends at once.
func BenchmarkShortCommand(b *testing.B) {
	for _, m := range modes {
		b.Run(m.backend, func(b *testing.B) {
			for range b.N {
				record(b, m.options, &launch.Command{Args: []string{"true"}})
			}
		})
	}
}
