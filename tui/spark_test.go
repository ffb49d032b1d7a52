package tui

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestASparklineIsAsHighAsItsNumbers(t *testing.T) {
	for _, c := range []struct {
		values      []int
		want, ascii string
	}{
		{nil, "", ""},
		{[]int{0, 0, 0}, "▁▁▁", "___"},
		{[]int{1}, "█", "#"},
		{[]int{0, 1, 1000}, "▁▂█", "_.#"},
		{[]int{0, 1, 2, 3, 4, 5, 6}, "▁▃▄▅▆▇█", "_:-=+*#"},
	} {
		if got := sparkline(c.values, false).text(); got != c.want {
			t.Errorf("%v is %q, want %q", c.values, got, c.want)
		}
		if got := sparkline(c.values, true).text(); got != c.ascii {
			t.Errorf("%v is %q in ASCII, want %q", c.values, got, c.ascii)
		}
	}
}

func TestOnlyNothingIsDrawnAsNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.SliceOfN(rapid.IntRange(0, 1_000_000), 1, 60).Draw(rt, "values")
		got := []rune(sparkline(values, false).text())
		if len(got) != len(values) {
			rt.Fatalf("%d cells of %d numbers", len(got), len(values))
		}
		for i, v := range values {
			if (got[i] == '▁') != (v == 0) {
				rt.Fatalf("%d is drawn as %q", v, got[i])
			}
		}
	})
}

func TestTheRateHasAMinuteAndForgetsWhatIsOlder(t *testing.T) {
	var r rate
	r.add(500*time.Millisecond, 3)
	r.add(900*time.Millisecond, 4)
	r.add(59*time.Second, 2)
	got := r.minute(60)
	if got[0] != 7 || got[59] != 2 || r.most() != 7 {
		t.Errorf("the minute is %v", got)
	}
	r.add(61*time.Second, 0)
	if got := r.minute(60); got[57] != 2 || r.most() != 2 {
		t.Errorf("after two more seconds it is %v", got)
	}
	r.add(time.Hour, 1)
	if got := r.minute(60); got[59] != 1 || r.most() != 1 {
		t.Errorf("after an hour it is %v", got)
	}
	r.add(time.Second, 9) // long ago
	if r.most() != 1 {
		t.Errorf("what is older counts: %v", r.minute(60))
	}
}

func TestCellsOfSeveralSecondsStayAsTheyWere(t *testing.T) {
	for _, cells := range []int{60, 30, 20, 15, 12, 10} {
		var r rate
		before := r.minute(cells)
		for second := range 200 {
			r.add(time.Duration(second)*time.Second, second%7)
			now := r.minute(cells)
			if len(now) != cells {
				t.Fatalf("%d cells of %d", len(now), cells)
			}
			// All but the last are what they were, or one further to the left.
			if same := slices.Equal(now[:cells-1], before[:cells-1]); !same && !slices.Equal(now[:cells-1], before[1:]) {
				t.Fatalf("in second %d %v became %v", second, before, now)
			}
			before = now
		}
	}
}
