package report

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"batten/plan"
)

const before = `services:
  web:
    image: nginx
    ports:
      - 8080:80
  db:
    image: postgres
    environment:
      POSTGRES_PASSWORD: hunter2
`

const after = `services:
  web:
    image: nginx
    ports:
      - 127.0.0.1:8080:80
    read_only: true
  db:
    image: postgres
    cap_drop:
      - ALL
`

func TestADiffNamesTheFindingsBehindEachLine(t *testing.T) {
	why := []plan.LineReason{
		{First: 5, Last: 5, Findings: []string{"B020/web/80"}},
		{First: 6, Last: 6, Findings: []string{"B008/web"}},
		{First: 9, Last: 10, Findings: []string{"B004/db"}},
		{First: 9, Last: 8, Findings: []string{"B040/db/POSTGRES_PASSWORD"}},
	}
	mask := func(s string) string { return strings.ReplaceAll(s, "hunter2", "********") }
	hunks := Diff("compose.yml", "compose.hardened.yml", []byte(before), []byte(after), why, mask)
	want := `--- compose.yml
+++ compose.hardened.yml
@@ -2,8 +2,9 @@
   web:
     image: nginx
     ports:
-      - 8080:80
+      - 127.0.0.1:8080:80
+    read_only: true
   db:
     image: postgres
-    environment:
-      POSTGRES_PASSWORD: ********
+    cap_drop:
+      - ALL
`
	if diff := cmp.Diff(want, string(Text(hunks))); diff != "" {
		t.Error(diff)
	}
	got := map[string][]string{}
	for _, h := range hunks {
		for _, l := range h.Lines {
			if l.Kind != " " {
				got[l.Kind+strings.TrimSpace(l.Text)] = l.Findings
			}
		}
	}
	if diff := cmp.Diff(map[string][]string{
		"-- 8080:80":                   {"B020/web/80", "B008/web"},
		"+- 127.0.0.1:8080:80":         {"B020/web/80"},
		"+read_only: true":             {"B008/web"},
		"-environment:":                {"B040/db/POSTGRES_PASSWORD", "B004/db"},
		"-POSTGRES_PASSWORD: ********": {"B040/db/POSTGRES_PASSWORD", "B004/db"},
		"+cap_drop:":                   {"B004/db"},
		"+- ALL":                       {"B004/db"},
	}, got); diff != "" {
		t.Error(diff)
	}
	all := []string{"B020/web/80", "B008/web", "B040/db/POSTGRES_PASSWORD", "B004/db"}
	if len(hunks) != 1 || !slices.Equal(hunks[0].Findings, all) {
		t.Errorf("findings %v, want %v", hunks[0].Findings, all)
	}
}

func TestNoDifferenceIsNoHunk(t *testing.T) {
	if got := Diff("a", "b", []byte(before), []byte(before), nil, nil); got != nil {
		t.Errorf("%+v", got)
	}
}

func TestANameCannotAddLinesToADiff(t *testing.T) {
	got := string(Text(Diff("a\n+++ evil", "b", nil, []byte("x\n"), nil, nil)))
	if strings.Count(got, "\n+++") != 1 {
		t.Errorf("%q", got)
	}
}

// TestADiffOfManyChangesStaysSmall is what a search that gives up would not pass.
func TestADiffOfManyChangesStaysSmall(t *testing.T) {
	var old, new strings.Builder
	for i := range 500 {
		fmt.Fprintf(&old, "  s%d:\n    image: x\n    restart: always\n", i)
		fmt.Fprintf(&new, "  s%d:\n    image: x\n    restart: on-failure:5\n    read_only: true\n    cap_drop:\n      - ALL\n", i)
	}
	added, removed := 0, 0
	for _, h := range Diff("a", "b", []byte(old.String()), []byte(new.String()), nil, nil) {
		for _, l := range h.Lines {
			switch l.Kind {
			case "+":
				added++
			case "-":
				removed++
			}
		}
	}
	if added != 2000 || removed != 500 {
		t.Errorf("%d lines added, %d removed, want 2000 and 500", added, removed)
	}
}

// drawText has few distinct lines, so that runs repeat; with or without CR and a
// last line feed.
func drawText(t *rapid.T, name string) []byte {
	lines := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "  c", "d\r", "", "-x", "+y", "\\ z", "@@"}), 0, 40).Draw(t, name)
	text := strings.Join(lines, "\n")
	if len(lines) > 0 && rapid.Bool().Draw(t, name+" ends") {
		text += "\n"
	}
	return []byte(text)
}

// patched is what patch does, with every line checked.
func patched(t *rapid.T, old []byte, hunks []Hunk) []byte {
	lines := splitLines(old)
	var out bytes.Buffer
	at := 0
	copyTo := func(to int) {
		for ; at < to; at++ {
			out.WriteString(lines[at])
		}
	}
	for _, h := range hunks {
		start := h.OldStart - 1
		if h.OldCount == 0 {
			start++
		}
		copyTo(start)
		oldCount, newCount := 0, 0
		for _, l := range h.Lines {
			text := l.Text
			if !l.NoEnd {
				text += "\n"
			}
			if l.Kind != "+" {
				if oldCount++; lines[at] != text {
					t.Fatalf("line %d is %q, the hunk says %q", at+1, lines[at], text)
				}
				at++
			}
			if l.Kind != "-" {
				newCount++
				out.WriteString(text)
			}
		}
		if oldCount != h.OldCount || newCount != h.NewCount {
			t.Fatalf("the header says %d and %d lines, they are %d and %d", h.OldCount, h.NewCount, oldCount, newCount)
		}
	}
	copyTo(len(lines))
	return out.Bytes()
}

func TestADiffAppliedGivesTheNewText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, new := drawText(t, "old"), drawText(t, "new")
		hunks := Diff("a", "b", old, new, nil, nil)
		if got := patched(t, old, hunks); !bytes.Equal(got, new) {
			t.Fatalf("gives %q, want %q", got, new)
		}
		again := 0
		for _, h := range hunks {
			if want := again + h.OldStart - 1; h.OldCount > 0 && h.NewCount > 0 && h.NewStart-1 != want {
				t.Fatalf("the header says line %d of the new text, it is %d", h.NewStart, want+1)
			}
			again += h.NewCount - h.OldCount
		}
	})
}

func TestPatchTakesTheText(t *testing.T) {
	program, err := exec.LookPath("patch")
	if err != nil {
		t.Skip("the program patch is not installed")
	}
	for name, c := range map[string][2]string{
		"compose":       {before, after},
		"from nothing":  {"", after},
		"end added":     {"a\nb", "a\nb\n"},
		"end removed":   {"a\nb\n", "a\nc"},
		"far apart":     {strings.Repeat("x\n", 5) + "a\n" + strings.Repeat("y\n", 30) + "b\n", strings.Repeat("x\n", 5) + "c\n" + strings.Repeat("y\n", 30) + "d\ne\n"},
		"carriage":      {"a\r\nb\r\n", "a\r\nc\r\n"},
		"like a header": {"--- a\n+++ b\n@@ -1 +1 @@\n", "--- a\n+++ c\n@@ -1 +1 @@\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "f")
			if err := os.WriteFile(file, []byte(c[0]), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(program, "--binary", "-u", "f")
			cmd.Dir, cmd.Stdin = dir, bytes.NewReader(Text(Diff("f", "f", []byte(c[0]), []byte(c[1]), nil, nil)))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("patch: %v: %s", err, out)
			}
			got, err := os.ReadFile(file)
			if err != nil || string(got) != c[1] {
				t.Errorf("patch made %q (%v), want %q", got, err, c[1])
			}
		})
	}
}

// BenchmarkDiff is a file of many short services, each with many findings, which
// make one hunk.
func BenchmarkDiff(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var old, new strings.Builder
			var why []plan.LineReason
			line := 0
			for i := range n {
				fmt.Fprintf(&old, "  s%d:\n    image: x\n", i)
				fmt.Fprintf(&new, "  s%d:\n    image: x\n", i)
				line += 2
				for k := range 20 {
					fmt.Fprintf(&new, "    key%d: value\n", k)
					line++
					why = append(why, plan.LineReason{First: line, Last: line, Findings: []string{fmt.Sprintf("B%03d/s%d", k, i)}})
				}
			}
			for b.Loop() {
				Diff("a", "b", []byte(old.String()), []byte(new.String()), why, nil)
			}
		})
	}
}
