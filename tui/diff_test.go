package tui

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"batten/internal/engine"
	"batten/plan"
)

// sampleHunks are two hunks: a line that is replaced, one that goes, and some that come.
func sampleHunks() []engine.Hunk {
	port := []string{"B020/web/80"}
	return []engine.Hunk{
		{
			OldStart: 3, OldCount: 4, NewStart: 3, NewCount: 5,
			Lines: []engine.DiffLine{
				{Kind: " ", Text: "  web:"}, {Kind: "-", Text: "    - 8080:80", Findings: port}, {Kind: "-", Text: "    gone"},
				{Kind: "+", Text: "    - 127.0.0.1:8080:80", Findings: port}, {Kind: " ", Text: "  db:"}, {Kind: "+", Text: "    new: 1"}, {Kind: "+", Text: "    new: 2"},
			},
		},
		{OldStart: 20, OldCount: 1, NewStart: 21, NewCount: 1, Lines: []engine.DiffLine{{Kind: "-", Text: "end"}, {Kind: "+", Text: "ende", NoEnd: true}}},
	}
}

func sampleRemark(id string) []line { return []line{said("! " + id + "  bind it")} }

// laidOut are all rows of a difference.
func diffRowsOf(hunks []engine.Hunk, sides bool) []contentRow {
	d := newDifference(hunks, sampleRemark, func(string) int { return 1 })
	d.arrange(sides)
	out := make([]contentRow, d.count())
	for i := range out {
		out[i] = d.at(i)
		out[i].place, out[i].stop = d.place(i), d.stop(i)
	}
	return out
}

// drawnRows are rows as they are in w cells, with as many scrolled away on the left.
func drawnRows(rows []contentRow, left, w int) string {
	var b strings.Builder
	b.WriteByte('\n')
	for _, r := range rows {
		if r.draw != nil {
			b.WriteString(strings.TrimRight(r.draw(left, w).fit(w, "…").text(), " "))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestADifferenceIsLaidOut(t *testing.T) {
	for name, c := range map[string]struct {
		w, left  int
		twoSides bool
		want     string
	}{
		"one below the other": {w: 40, want: `
@@ -3,4 +3,5 @@  3 lines added, 2 remov…
  3   3     web:
! B020/web/80  bind it
  4     -     - 8080:80
  5     -     gone
      4 +     - 127.0.0.1:8080:80
  6   5     db:
      6 +     new: 1
      7 +     new: 2

@@ -20,1 +21,1 @@  1 line added, 1 remo…
 20     - end
     21 + ende  (no line end)
`},
		"side by side": {w: 63, twoSides: true, want: `
@@ -3,4 +3,5 @@  3 lines added, 2 removed
  3     web:                   │   3     web:
! B020/web/80  bind it
  4 -     - 8080:80            │   4 +     - 127.0.0.1:8080:80
  5 -     gone                 │
  6     db:                    │   5     db:
                               │   6 +     new: 1
                               │   7 +     new: 2

@@ -20,1 +21,1 @@  1 line added, 1 removed
 20 - end                      │  21 + ende  (no line end)
`},
		"narrow": {w: 33, twoSides: true, want: `
@@ -3,4 +3,5 @@  3 lines added, …
  3     web:    │   3     web:
! B020/web/80  bind it
  4 -     - 80… │   4 +     - 12…
  5 -     gone  │
  6     db:     │   5     db:
                │   6 +     new:…
                │   7 +     new:…

@@ -20,1 +21,1 @@  1 line added,…
 20 - end       │  21 + ende  (n…
`},
		"narrow, scrolled: numbers, signs and reasons stay": {w: 33, left: 8, twoSides: true, want: `
@@ -3,4 +3,5 @@  3 lines added, …
  3             │   3
! B020/web/80  bind it
  4 - 80:80     │   4 + 7.0.0.1:…
  5 -           │
  6             │   5
                │   6 +  1
                │   7 +  2

@@ -20,1 +21,1 @@  1 line added,…
 20 -           │  21 + o line e…
`},
	} {
		t.Run(name, func(t *testing.T) {
			rows := diffRowsOf(sampleHunks(), c.twoSides)
			if got := drawnRows(rows, c.left, c.w); got != c.want {
				t.Errorf("got:%s\nwant:%s", got, c.want)
			}
		})
	}
}

func TestTheDifferingPartOfALineIsMarkedInWholeWords(t *testing.T) {
	for _, c := range []struct{ text, other, want string }{
		{"    - 127.0.0.1:8080:80", "    - 8080:80", "127.0.0.1:"},
		{"    - 8080:80", "    - 127.0.0.1:8080:80", ""},
		{"size=64m,noexec", "size=16m,noexec", "64m"},
		{"image: shop:12", "image: shop:1", "12"},
		{"restart: größer", "restart: größe", "größer"},
		{"same", "same", ""},
	} {
		from, to, ok := differing(c.text, c.other)
		if !ok || c.text[from:to] != c.want {
			t.Errorf("%q beside %q marks %q, not %q (%v)", c.text, c.other, c.text[from:to], c.want, ok)
		}
	}
	if _, _, ok := differing("    read_only: true", "    privileged: yes"); ok {
		t.Error("lines with nothing in common are marked as if they had")
	}
}

func TestMarkedPartsOfAnyTextsAreInThem(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text, other := rapid.StringN(0, 20, -1).Draw(rt, "text"), rapid.StringN(0, 20, -1).Draw(rt, "other")
		from, to, ok := differing(text, other)
		if ok && (from < 0 || to < from || to > len(text)) {
			rt.Fatalf("%d to %d of %q", from, to, text)
		}
	})
}

// stops are the rows that n goes to.
func stops(rows []contentRow) []string {
	var out []string
	for _, r := range rows {
		if r.stop {
			out = append(out, r.draw(0, 80).text())
		}
	}
	for i := range out {
		out[i] = strings.Join(strings.Fields(out[i]), " ")
	}
	return out
}

func TestNGoesFromReasonToReasonAndToChangesWithoutOne(t *testing.T) {
	for _, sides := range []bool{false, true} {
		got := stops(diffRowsOf(sampleHunks(), sides))
		if len(got) != 5 || !strings.HasPrefix(got[0], "@@ -3") || got[1] != "! B020/web/80 bind it" || !strings.HasSuffix(got[2], "new: 1") || !strings.HasPrefix(got[3], "@@ -20") {
			t.Errorf("side by side %v: %q", sides, got)
		}
	}
}

func TestEachLineOfADifferenceIsShownOnceAndPlacesOnlyGrow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var h engine.Hunk
		kinds := rapid.SampledFrom([]string{" ", "+", "-"})
		for i := range rapid.IntRange(0, 30).Draw(rt, "lines") {
			h.Lines = append(h.Lines, engine.DiffLine{Kind: kinds.Draw(rt, "kind"), Text: string(rune('a' + i%26))})
		}
		for _, sides := range []bool{false, true} {
			n, seen := newNumbered(h), map[int]int{}
			for _, c := range n.cells(sides) {
				for _, i := range c.lines() {
					seen[int(i)]++
				}
			}
			for i, l := range h.Lines {
				if seen[i] != 1 {
					rt.Fatalf("line %d (%q) is shown %d times", i, l.Kind, seen[i])
				}
			}
			place := 0
			for _, r := range diffRowsOf([]engine.Hunk{h, h}, sides) {
				if r.place < place {
					rt.Fatalf("place %d after %d", r.place, place)
				}
				place = r.place
			}
		}
	})
}

func TestARemarkIsAsHighAsItIsSaidToBe(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`[a-z /]{0,60}`), rapid.String(), rapid.SampledFrom(hostile))
		f := plan.Finding{Rule: "B020", Service: "web", Key: text.Draw(rt, "key"), Message: text.Draw(rt, "message")}
		if rapid.Bool().Draw(rt, "fixed") {
			f.Fix = &plan.Fix{Summary: text.Draw(rt, "summary")}
		}
		if rapid.Bool().Draw(rt, "proved") {
			f.Evidence = []plan.Evidence{{Text: text.Draw(rt, "evidence")}}
		}
		r := remarks{w: rapid.IntRange(1, 80).Draw(rt, "w"), found: map[string]*plan.Finding{f.ID(): &f}}
		if said, is := r.height(f.ID()), len(r.of(f.ID())); said != is {
			rt.Fatalf("%d rows are said, and there are %d", said, is)
		}
	})
}
