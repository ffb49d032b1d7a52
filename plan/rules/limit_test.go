package rules

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestALimitIsAtLeastTwiceThePeakAndNotMuchMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		peak := rapid.Uint64Range(0, 1<<40).Draw(t, "peak")
		bytes, ok := bytesOf(memorySize(peak))
		if !ok {
			t.Fatalf("%q is no size", memorySize(peak))
		}
		if got := uint64(bytes); got < 2*peak || got > max(leastMemory, 3*peak) {
			t.Fatalf("peak %d: limit %d", peak, got)
		}
	})
}

func TestALimitIsASizeForTheLargestOfPeaks(t *testing.T) {
	if got := memorySize(1<<64 - 1); got != "2097152g" {
		t.Errorf("got %s", got)
	}
}

// An engine refuses a container that may use more processors than there are.
func TestNoMoreProcessorsAreAskedForThanTheRecordingProves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		there := rapid.Uint64Range(1, 64).Draw(t, "processors")
		peak := rapid.Uint64Range(1, 1000*there).Draw(t, "peak")
		got := cpuShare(peak)
		if got > 1000*there || got < leastCPU || got < min(peak, 1000*there) || got%leastCPU != 0 {
			t.Fatalf("%d of %d processors: %d", peak, there, got)
		}
	})
}

func TestSizesAreReadAsEnginesDo(t *testing.T) {
	for text, want := range map[string]string{
		"512m": "512m", "512M": "512m", "512MB": "512m", "1g": "1g", " 2G ": "2g", "6291456": "6291456", "8388608b": "8388608",
		"": "", "m": "", "0m": "", "-1": "", "1.5g": "", "5m": "", "1k": "", "999999999999999999999g": "", "1 g": "", "1t": "", "99999999999g": "",
	} {
		got, ok := parseMemory(text)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v", text, got, ok)
		}
	}
}

func TestSharesAndNumbersOfFilesThatMeanNothingAreRefused(t *testing.T) {
	for _, text := range []string{"", "x", "0", "-1", "NaN", "Inf", "0.001", "1e300", "0x1p40"} {
		if got, ok := parseCPU(text); ok {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
	for _, text := range []string{"", "0", "x", "1:0", "2:1", "1:2:3", "99999999999", "1:"} {
		if soft, hard, ok := parseFiles(text); ok {
			t.Errorf("%q is taken for %d:%d", text, soft, hard)
		}
	}
}

func FuzzChosenLimits(f *testing.F) {
	f.Add("512m")
	f.Add("0.5")
	f.Add("1:2")
	f.Fuzz(func(t *testing.T, text string) {
		if got, ok := parseMemory(text); ok {
			if again, ok := parseMemory(got); !ok || again != got || strings.ContainsAny(got, " \n:#") {
				t.Errorf("%q gives %q", text, got)
			}
		}
		if got, ok := parseCPU(text); ok {
			if n, err := strconv.ParseFloat(got, 64); err != nil || n < 0.01 {
				t.Errorf("%q gives %q", text, got)
			}
		}
		if soft, hard, ok := parseFiles(text); ok && (soft == 0 || soft > hard) {
			t.Errorf("%q gives %d:%d", text, soft, hard)
		}
	})
}
