package tui

import (
	"strings"
	"testing"

	"batten/internal/engine"
)

func sampleHunks() []engine.Hunk {
	return []engine.Hunk{{
		OldStart: 3, OldCount: 4, NewStart: 3, NewCount: 5, Findings: []string{"B020/web/80"},
		Lines: []engine.DiffLine{
			{Kind: " ", Text: "  web:"}, {Kind: "-", Text: "    - 8080:80", Findings: []string{"B020/web/80"}}, {Kind: "-", Text: "    gone"},
			{Kind: "+", Text: "    - 127.0.0.1:8080:80", Findings: []string{"B020/web/80"}}, {Kind: " ", Text: "  db:"}, {Kind: "+", Text: "    new: 1"}, {Kind: "+", Text: "    new: 2"},
		},
	}}
}

func TestADifferenceIsLaidOut(t *testing.T) {
	remark := func(id string) (line, string) { return said("bind it"), ruleOf(id) }
	for name, c := range map[string]struct {
		view diffView
		want string
	}{
		"one below the other": {diffView{w: 40, remark: remark}, `
@@ -3,4 +3,5 @@
   3    3     web:
# B020/web/80: bind it
   4      -     - 8080:80
   5      -     gone
        4 +     - 127.0.0.1:8080:80
   6    5     db:
        6 +     new: 1
        7 +     new: 2
`},
		"side by side": {diffView{w: 63, beside: true, remark: remark}, `
@@ -3,4 +3,5 @@
   3     web:                  │    3     web:
# B020/web/80: bind it
   4 -     - 8080:80           │    4 +     - 127.0.0.1:8080:80
   5 -     gone                │
   6     db:                   │    5     db:
                               │    6 +     new: 1
                               │    7 +     new: 2
`},
		"narrow": {diffView{w: 33, beside: true, remark: remark}, `
@@ -3,4 +3,5 @@
   3     web:   │    3     web:
# B020/web/80: bind it
   4 -     - 8… │    4 +     - 1…
   5 -     gone │
   6     db:    │    5     db:
                │    6 +     new…
                │    7 +     new…
`},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for _, r := range c.view.rows(sampleHunks()) {
				b.WriteString(strings.TrimRight(r.text(), " ") + "\n")
			}
			if got := "\n" + b.String(); got != c.want {
				t.Errorf("got:%s\nwant:%s", got, c.want)
			}
		})
	}
}

func TestTheDifferingPartOfALineIsMarked(t *testing.T) {
	rows := diffView{w: 80, remark: func(string) (line, string) { return nil, "" }}.rows(sampleHunks())
	var marked []string
	for _, r := range rows {
		for _, s := range r.line {
			if s.role == marking {
				marked = append(marked, s.text)
			}
		}
	}
	if len(marked) != 2 || marked[0] != "" || marked[1] != "127.0.0.1:" {
		t.Errorf("%q", marked)
	}
}
