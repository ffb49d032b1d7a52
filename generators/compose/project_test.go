package compose

import (
	"context"
	"path"
	"strconv"
	"strings"
	"testing"

	"batten/plan"
	"batten/project"
)

// dir is the folder of projects that tests make up.
const dir = "/p"

// source is a file of such a project.
type source struct {
	name string
	role project.Role
	data string
}

func main(name, data string) source { return source{name, project.RoleMain, data} }

func newProject(t testing.TB, sources ...source) *project.Project {
	t.Helper()
	p := &project.Project{Name: "p", Dir: dir}
	for _, s := range sources {
		root, err := project.ParseSource([]byte(s.data))
		if err != nil {
			t.Fatalf("parse %s: %v", s.name, err)
		}
		full := path.Join(dir, s.name)
		p.Sources = append(p.Sources, &project.Source{Path: full, Name: s.name, Role: s.role, Data: []byte(s.data), Root: root})
		if s.role == project.RoleMain {
			p.Files = append(p.Files, full)
		}
	}
	return p
}

// newPlan makes each list of changes a decision of its own: T0, T1, …
func newPlan(decisions ...[]plan.Change) *plan.Plan {
	out := &plan.Plan{}
	for i, changes := range decisions {
		out.Decisions = append(out.Decisions, plan.Decision{Apply: true,
			Finding: plan.Finding{Rule: "T" + strconv.Itoa(i), Fix: &plan.Fix{Changes: changes}}})
	}
	return out
}

func generate(t testing.TB, p *project.Project, pl *plan.Plan) *Output {
	t.Helper()
	out, err := Generate(context.Background(), Input{Project: p, Plan: pl})
	if err != nil {
		t.Fatalf("generate: %v", err)
	}
	return out
}

// one is the only change's result on one file.
func one(t testing.TB, in string, decisions ...[]plan.Change) (string, []Refusal) {
	t.Helper()
	out := generate(t, newProject(t, main("compose.yml", in)), newPlan(decisions...))
	return string(out.Files[0].Content), out.Refused
}

func at(dotted string) project.Path { return strings.Split(dotted, "/") }

func set(dotted string, v any) []plan.Change {
	return []plan.Change{{Op: plan.Set, Path: at(dotted), Value: v}}
}

func remove(dotted string) []plan.Change { return []plan.Change{{Op: plan.Remove, Path: at(dotted)}} }

func add(dotted string, v any, key string) []plan.Change {
	return []plan.Change{{Op: plan.Add, Path: at(dotted), Value: v, Key: key}}
}

func replace(dotted string, v any) []plan.Change {
	return []plan.Change{{Op: plan.Replace, At: &plan.Place{Path: at(dotted)}, Value: v}}
}

func drop(dotted string) []plan.Change {
	return []plan.Change{{Op: plan.Drop, At: &plan.Place{Path: at(dotted)}}}
}

func all(lists ...[]plan.Change) [][]plan.Change { return lists }
