package compose

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"batten/plan"
	"batten/project"
)

// ErrNotProved means that the edited files could not be shown to say what was
// intended. Nothing is handed out then.
var ErrNotProved = errors.New("edited compose files not proved")

// Input is what [Generate] works on.
type Input struct {
	Project *project.Project
	// Plan's applied decisions are made, in its order.
	Plan   *plan.Plan
	Target plan.Target
	// InPlace gives the sources' own paths to the outputs.
	InPlace bool
	// Load reads the project with the contents of main sources, by absolute path,
	// replaced. Without it, that compose makes the same model of what is written as of
	// what is intended is not checked. It is called from two goroutines at once.
	Load func(ctx context.Context, files map[string][]byte) (*project.Model, error)
	// Compare loads what is intended, too, and compares the models.
	Compare bool
}

// Output are the files of the hardened project.
type Output struct {
	// Files are written beside their sources; Why ties their lines to findings.
	Files []plan.Artifact
	// From is the source that a file is the edited form of, by the file's path: an index
	// into the project's sources.
	From map[string]int
	// Model is what compose makes of the edited files; nil without [Input.Load].
	Model *project.Model
	// Main are the files to start the project with, in order, relative to its folder.
	Main []string
	// Refused are the decisions that were not made, in the order of the plan.
	Refused []Refusal
}

// Refusal is one decision that was not made.
type Refusal struct {
	Finding string // its ID
	Reason  string // one line; names of files and keys in it are as they are written
	At      plan.Position
}

// Generate edits the files of a project. Its error is one of the context, or wraps
// [ErrNotProved].
func Generate(ctx context.Context, in Input) (*Output, error) {
	g := newGeneration(in)
	for {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("edit compose files: %w", err)
		}
		a := g.settled()
		err := g.prove(ctx, a)
		if err == nil {
			return g.output(a), nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("edit compose files: %w", ctx.Err())
		}
		culprits := g.culprits(ctx, a)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("edit compose files: %w", ctx.Err())
		}
		if len(culprits) == 0 {
			return nil, fmt.Errorf("edit compose files: %w: %w", ErrNotProved, err)
		}
		g.refuse(refusal{by: culprits, reason: "with it the result cannot be proved: " + err.Error(), file: -1})
	}
}

// generation is one run of [Generate].
type generation struct {
	in        Input
	files     *files
	decisions []decision
	ids       []string
	refused   map[int]Refusal // for good
	texts     []*text
	styles    []style
	links     []*links
	proofs    int // that were tried in search of culprits
}

func newGeneration(in Input) *generation {
	g := &generation{in: in, files: readFiles(in.Project), refused: map[int]Refusal{}}
	for by, d := range in.Plan.Applied() {
		one := g.files.resolve(by, d)
		g.decisions = append(g.decisions, one)
		g.ids = append(g.ids, one.id)
		if one.refused != nil {
			g.refuse(*one.refused)
		}
	}
	for i, s := range in.Project.Sources {
		root := s.Root
		if g.files.blocked[i] != "" {
			root = nil
		}
		g.texts = append(g.texts, newText(s.Data))
		g.styles = append(g.styles, styleOf(root, s.Name))
		g.links = append(g.links, findLinks(root))
	}
	return g
}

// refuse gives decisions up for good.
func (g *generation) refuse(r refusal) {
	for _, by := range r.by {
		if _, done := g.refused[by]; !done {
			g.refused[by] = g.public(by, r)
		}
	}
}

func (g *generation) public(by int, r refusal) Refusal {
	out := Refusal{Finding: g.ids[by], Reason: r.reason}
	if r.file >= 0 && r.file < len(g.in.Project.Sources) {
		out.At = plan.Position{File: g.in.Project.Sources[r.file].Name, Line: r.line, Column: r.column}
	}
	return out
}

// attempt is a set of decisions, made.
type attempt struct {
	taken    []int
	clashes  []refusal
	intended []*value // of each source: what it is to be
	named    []*value // the same, with includes that name twins
	edits    [][]edit
	renamed  [][]edit
	bytes    [][]byte
	final    [][]byte
	why      [][]reason
	model    *project.Model
	twins    *twins
}

// settled makes all decisions that are left, without those whose text cannot be
// edited.
func (g *generation) settled() *attempt {
	for {
		a, refused := g.try(g.givenUp(nil))
		if len(refused) == 0 {
			return a
		}
		before := len(g.refused)
		for _, r := range refused {
			if len(r.by) == 0 {
				r.by = a.taken
			}
			g.refuse(r)
		}
		if len(g.refused) == before {
			return a // the proof will tell
		}
	}
}

func (g *generation) givenUp(more []int) map[int]bool {
	out := map[int]bool{}
	for by := range g.refused {
		out[by] = true
	}
	for _, by := range more {
		out[by] = true
	}
	return out
}

// try makes all decisions but some.
func (g *generation) try(without map[int]bool) (*attempt, []refusal) {
	c := g.files.combine(g.decisions, without)
	n := len(g.files.trees)
	a := &attempt{taken: c.taken, clashes: c.refusals, intended: make([]*value, n), named: make([]*value, n),
		edits: make([][]edit, n), renamed: make([][]edit, n), bytes: make([][]byte, n), final: make([][]byte, n), why: make([][]reason, n)}
	var refused []refusal
	changed := make([]bool, n)
	for i := range g.files.trees {
		a.intended[i], a.edits[i] = g.files.trees[i], nil
		if len(c.ops[i]) > 0 {
			var no []refusal
			a.intended[i], a.edits[i], no = g.rewritten(i, c.ops[i])
			refused = append(refused, no...)
		}
		changed[i] = len(a.edits[i]) > 0
	}
	if len(refused) == 0 {
		refused = g.left(a)
	}
	copy(a.named, a.intended)
	copy(a.renamed, a.edits)
	if g.in.InPlace {
		a.twins = &twins{needs: changed, ops: make([][]*op, n)}
		return a, refused
	}
	var no []refusal
	a.twins, no = g.files.pair(changed, c)
	refused = append(refused, no...)
	for i, more := range a.twins.ops {
		if len(more) > 0 {
			a.named[i], a.renamed[i], no = g.rewritten(i, slices.Concat(c.ops[i], more))
			refused = append(refused, no...)
		}
	}
	return a, refused
}

// rewritten is a source's tree with operations made, and the edits for it.
func (g *generation) rewritten(i int, ops []*op) (*value, []edit, []refusal) {
	from := g.files.trees[i]
	l := g.links[i]
	fixed := explicit(ops)
	ops, refused := l.follow(from, i, ops)
	to := interpret(from, ops)
	l.changed = false
	if len(l.users) > 0 {
		t := newTree(to)
		l.agree(t, fixed)
		to = t.root
		l.note(from, to)
	}
	edits, more := rewrite(i, g.texts[i], g.styles[i], l, g.in.Project.Sources[i].Root, from, to)
	return to, edits, append(refused, more...)
}

// output is what is handed out of a proved attempt.
func (g *generation) output(a *attempt) *Output {
	out := &Output{From: map[string]int{}, Model: a.model}
	for i, s := range g.in.Project.Sources {
		if a.twins.needs[i] {
			out.Files = append(out.Files, plan.Artifact{Path: g.path(a, i), Mode: 0o644, Content: a.final[i], What: "compose file",
				Why: lineReasons(a.why[i], g.ids)})
			out.From[g.path(a, i)] = i
		}
		if s.Role == project.RoleMain {
			out.Main = append(out.Main, g.path(a, i))
		}
	}
	refused := g.refused
	for _, r := range a.clashes {
		refused[r.by[0]] = g.public(r.by[0], r)
	}
	for by := range g.decisions {
		if r, ok := refused[by]; ok {
			out.Refused = append(out.Refused, r)
		}
	}
	slices.SortStableFunc(out.Files, func(a, b plan.Artifact) int { return cmp.Compare(a.Path, b.Path) })
	return out
}

// path is where the content of a source is written, or its own path.
func (g *generation) path(a *attempt, i int) string {
	full := g.in.Project.Sources[i].Path
	if a.twins.needs[i] && !g.in.InPlace {
		full = filepath.Join(filepath.Dir(full), a.twins.base[i])
	}
	if rel, err := filepath.Rel(g.in.Project.Dir, full); err == nil {
		full = rel
	}
	return filepath.ToSlash(full)
}
