package main

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"batten/internal/testenv/console"
)

// From the start of the process to the first frame, and to the frame with the services.
func BenchmarkTheFirstFrameOfTheDemonstration(b *testing.B) {
	first, whole := time.Duration(0), time.Duration(0)
	for b.Loop() {
		cmd := exec.Command(program, "demo", "--out", b.TempDir())
		start := time.Now()
		c := console.Start(b, cmd, 80, 24)
		until := func(text string) time.Duration {
			for !strings.Contains(c.Raw(), text) {
				if time.Since(start) > time.Minute {
					b.Fatalf("no %q:\n%s", text, c.Screen())
				}
				time.Sleep(time.Millisecond)
			}
			return time.Since(start)
		}
		first += until("Overview")
		whole += until("checklist")
		b.StopTimer()
		c.Press("<ctrl+c>")
		c.End()
		b.StartTimer()
	}
	b.ReportMetric(float64(first.Milliseconds())/float64(b.N), "ms-first")
	b.ReportMetric(float64(whole.Milliseconds())/float64(b.N), "ms-services")
}
