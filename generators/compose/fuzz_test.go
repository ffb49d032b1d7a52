package compose

import (
	"strconv"
	"strings"
	"testing"

	"batten/plan"
	"batten/project"
)

// script reads changes: one a line, "op path value", "+" joins it to the decision
// before.
func script(text string) [][]plan.Change {
	var out [][]plan.Change
	for line := range strings.Lines(text) {
		joined := strings.HasPrefix(line, "+")
		fields := strings.SplitN(strings.TrimSpace(strings.TrimPrefix(line, "+")), " ", 3)
		if len(fields) < 2 || len(out) > 32 {
			continue
		}
		value := ""
		if len(fields) > 2 {
			value = fields[2]
		}
		c := plan.Change{Op: plan.Op(fields[0]), Path: strings.Split(fields[1], "/"), Value: value}
		if n, err := strconv.Atoi(value); err == nil {
			c.Value = n
		}
		if strings.HasPrefix(value, "-") {
			c.Value = []any{value[1:], plan.Map{{Key: "k", Value: value}}}
		}
		switch c.Op {
		case plan.Replace, plan.Drop:
			c.At = &plan.Place{Path: c.Path}
		case plan.Add:
			c.Key, _, _ = strings.Cut(value, "=")
		}
		if joined && len(out) > 0 {
			out[len(out)-1] = append(out[len(out)-1], c)
		} else {
			out = append(out, []plan.Change{c})
		}
	}
	return out
}

func FuzzWhatIsHandedOutIsProved(f *testing.F) {
	for _, data := range awkward {
		f.Add([]byte(data), "set services/s0/read_only 1\nadd services/s0/security_opt a=b\n+drop services/s0/ports/0\nremove services/s0/environment/A\nset services/s0/deploy/resources/limits/memory 64M\nset version 3.8\nreplace services/s0/ports/1 -x\n")
	}
	for _, e := range edits {
		f.Add([]byte(e.in), "set services/web/cap_drop -ALL\nremove services/web/environment\nset networks/n/internal 1\n")
	}
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		root, err := project.ParseSource(data)
		if err != nil {
			return
		}
		p := &project.Project{Dir: dir, Sources: []*project.Source{{Path: dir + "/compose.yml", Name: "compose.yml", Role: project.RoleMain, Data: data, Root: root}}}
		out, err := Generate(t.Context(), Input{Project: p, Plan: newPlan(script(text)...), InPlace: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range out.Files {
			if _, err := project.ParseSource(file.Content); err != nil {
				t.Fatalf("handed out what does not parse: %v", err)
			}
			keptOutside(t, data, file)
		}
	})
}
