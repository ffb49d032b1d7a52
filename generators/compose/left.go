package compose

import (
	"errors"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

// errLeft is why a decision is given up whose change something else undoes.
var errLeft = errors.New("what it takes away would still be there, through an anchor or by another change")

// minSecret is the length from which on a text is looked for inside others.
const minSecret = 4

// left finds decisions that are made without effect: what they take away is still
// there, at its place or, when it was a secret, at one that shares it.
func (g *generation) left(a *attempt) []refusal {
	var out []refusal
	for _, by := range a.taken {
		d := &g.decisions[by]
		for i := range d.ops {
			o := &d.ops[i]
			if !o.takes() && (o.do != plan.Set || !d.secret || !follows(o.path)) || o.do != plan.Set && d.setsAt(o.path) {
				continue
			}
			if !g.leftOf(a, d, o) {
				continue
			}
			at := g.files.position(o.file, o.path)
			out = append(out, refusal{by: []int{by}, reason: errLeft.Error(), file: o.file, line: at.Line, column: at.Column})
			break
		}
	}
	return out
}

// setsAt tells whether a decision itself gives a path, or what holds it, a value.
func (d *decision) setsAt(path project.Path) bool {
	return slices.ContainsFunc(d.ops, func(o op) bool {
		return o.do == plan.Set && len(o.path) <= len(path) && slices.Equal(path[:len(o.path)], o.path)
	})
}

func (g *generation) leftOf(a *attempt, d *decision, o *op) bool {
	source, to := g.files.trees[o.file], a.intended[o.file]
	old := source.lookup(o.path)
	if old == nil {
		return false
	}
	if o.do != plan.Set && old.kind == scalarKind && (o.value == nil || !equal(o.value, old)) {
		if now := to.lookup(o.path); now != nil && equal(now, old) {
			return true
		}
	}
	if !d.secret || !follows(o.path) {
		return false
	}
	return !eachScalar(old, o.path, new(int), func(path project.Path, v *value) bool {
		if len(v.text) < minSecret || holdsText(o.value, v.text) {
			return true
		}
		places, _ := g.links[o.file].shares(source, path, true)
		for _, p := range append([]project.Path{path}, places...) {
			if now := to.lookup(p); now != nil && now.kind == scalarKind && strings.Contains(now.text, v.text) {
				return false
			}
		}
		return true
	})
}

// eachScalar calls a function for the scalars of a value until it says false, and for
// no more than can be shares of one.
func eachScalar(v *value, path project.Path, count *int, do func(project.Path, *value) bool) bool {
	if *count++; v == nil || *count > maxShares {
		return true
	}
	if v.kind == scalarKind {
		return do(path, v)
	}
	for _, it := range v.items {
		if it.v != nil && !eachScalar(it.v, path.Join(index(it.from)), count, do) {
			return false
		}
	}
	for _, e := range v.keys {
		if !eachScalar(e.v, path.Join(e.key), count, do) {
			return false
		}
	}
	return true
}

// holdsText tells whether a scalar of a value has a text in it.
func holdsText(v *value, text string) bool {
	return v != nil && !eachScalar(v, nil, new(int), func(_ project.Path, s *value) bool { return !strings.Contains(s.text, text) })
}
