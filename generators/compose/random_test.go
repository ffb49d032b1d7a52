package compose

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"batten/plan"
	"batten/project"

	"pgregory.net/rapid"
)

// unproved begins the reason of a refusal that only the proof led to.
const unproved = "with it the result cannot be proved"

func TestRandomChangesOfRandomFilesAreProved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := drawFile(t)
		root, err := project.ParseSource([]byte(data))
		if err != nil {
			t.Skip("not a file that loads")
		}
		tree, err := decode(root)
		if err != nil {
			t.Skip("not a file that loads")
		}
		var decisions [][]plan.Change
		byPath := true
		for range rapid.IntRange(1, 8).Draw(t, "decisions") {
			var changes []plan.Change
			for range rapid.IntRange(1, 2).Draw(t, "changes") {
				c := drawChange(t, tree)
				// An index means another item once one before it is gone.
				byPath = byPath && c.At == nil && !strings.Contains(c.Path.String(), "[")
				changes = append(changes, c)
			}
			decisions = append(decisions, changes)
		}
		p := &project.Project{Dir: dir, Sources: []*project.Source{{Path: dir + "/compose.yml", Name: "compose.yml", Role: project.RoleMain, Data: []byte(data), Root: root}}}
		pl := newPlan(decisions...)
		out, err := Generate(t.Context(), Input{Project: p, Plan: pl, InPlace: true})
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		for _, r := range out.Refused {
			if strings.HasPrefix(r.Reason, unproved) {
				t.Fatalf("%s: %s\n%s", r.Finding, r.Reason, data)
			}
		}
		if len(out.Files) == 0 {
			return
		}
		keptOutside(t, []byte(data), out.Files[0])
		if byPath && len(out.Refused) == 0 && !insideRemoved(pl) {
			q := *p
			s := *p.Sources[0]
			s.Data = out.Files[0].Content
			if s.Root, err = project.ParseSource(s.Data); err != nil {
				t.Fatal("the result is no YAML")
			}
			q.Sources = []*project.Source{&s}
			second, err := Generate(t.Context(), Input{Project: &q, Plan: pl, InPlace: true})
			if err != nil {
				t.Fatalf("again: %v", err)
			}
			if len(second.Files) > 0 && !bytes.Equal(second.Files[0].Content, s.Data) {
				t.Fatalf("the second run changes more:\n%s\nfirst:\n%s\nsecond:\n%s", data, s.Data, second.Files[0].Content)
			}
		}
	})
}

// insideRemoved tells whether something is set below what another change removes:
// it vanishes, and would be made by a second run.
func insideRemoved(p *plan.Plan) bool {
	for _, a := range p.Decisions {
		for _, away := range a.Finding.Fix.Changes {
			if away.Op != plan.Remove {
				continue
			}
			for _, b := range p.Decisions {
				for _, c := range b.Finding.Fix.Changes {
					if c.Op != plan.Remove && len(c.Path) >= len(away.Path) && slices.Equal(c.Path[:len(away.Path)], away.Path) {
						return true
					}
				}
			}
		}
	}
	return false
}

// keptOutside checks that lines without a reason are the source's, in order.
func keptOutside(t interface {
	Fatalf(string, ...any)
}, source []byte, f plan.Artifact) {
	has := map[int]bool{}
	for _, r := range f.Why {
		if len(r.Findings) == 0 {
			t.Fatalf("lines %d-%d have no finding\n%s", r.First, r.Last, f.Content)
		}
		for l := r.First; l <= r.Last; l++ {
			has[l] = true
		}
	}
	old := lines(source)
	at := 0
	for i, l := range lines(f.Content) {
		if has[i+1] || l == "" {
			continue
		}
		for at < len(old) && old[at] != l {
			at++
		}
		if at == len(old) {
			t.Fatalf("line %d is not the source's and has no reason\n%s\nsource:\n%s", i+1, f.Content, source)
		}
		at++
	}
}

func lines(b []byte) []string {
	return strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(b), mark)), "\n")
}
