package compose

import (
	"fmt"

	"batten/plan"
	"batten/project"
)

// combined are the operations that decisions agreed on, by file.
type combined struct {
	ops      [][]*op
	tries    []*wanted
	trees    []*value
	refusals []refusal // of decisions that contradict one before them
	taken    []int     // decisions that are in
	joins    []*op     // what the decision at hand asks for as one before it does
}

// wanted is what was asked for at one path of a file, and below.
type wanted struct {
	set      *op // Set or Replace
	away     *op // Remove or Drop
	adds     []*op
	children map[string]*wanted
}

// verdict is how an operation stands to those before it.
type verdict int

const (
	fits verdict = iota
	idle         // what it asks for is so already, or is gone
	clashes
)

// combine takes the operations of decisions together, in the order of the plan. One
// that contradicts an earlier one is refused, whole.
func (f *files) combine(decisions []decision, refused map[int]bool) *combined {
	c := &combined{ops: make([][]*op, len(f.trees)), tries: make([]*wanted, len(f.trees)), trees: f.trees}
	for i := range c.tries {
		c.tries[i] = &wanted{}
	}
	for by, d := range decisions {
		if refused[by] || len(d.ops) == 0 {
			continue
		}
		var fitting []*op
		c.joins = c.joins[:0]
		other, where := -1, op{}
		for i := range d.ops {
			o := d.ops[i]
			switch v, with := c.check(&o); v {
			case fits:
				fitting = append(fitting, &o)
			case clashes:
				other, where = with, o
			}
		}
		if other >= 0 {
			at := f.position(where.file, where.path)
			c.refusals = append(c.refusals, refusal{by: []int{by}, file: where.file, line: at.Line, column: at.Column,
				reason: fmt.Sprintf("contradicts %s", decisions[other].id)})
			continue
		}
		c.taken = append(c.taken, by)
		for _, o := range c.joins {
			o.value = o.value.with(by) // both stand behind it
		}
		for _, o := range fitting {
			c.commit(o)
		}
	}
	return c
}

// check tells how an operation stands to those that are in, and to whose it is in
// contradiction.
func (c *combined) check(o *op) (verdict, int) {
	at := c.tries[o.file]
	for i, key := range o.path {
		if at.away != nil {
			return idle, at.away.by
		}
		if at.set != nil {
			if v := c.inside(at.set, o.path[i:], o); v != fits {
				return v, at.set.by
			}
		}
		if at = at.children[key]; at == nil {
			return fits, -1
		}
	}
	switch o.do {
	case plan.Remove, plan.Drop:
		return c.checkAway(at, o)
	case plan.Add:
		return c.checkAdd(at, o)
	}
	return c.checkSet(at, o)
}

func (c *combined) checkSet(at *wanted, o *op) (verdict, int) {
	if at.away != nil && at.away.by != o.by {
		if o.do == plan.Replace {
			return idle, at.away.by
		}
		return clashes, at.away.by
	}
	if at.set != nil && at.set.by != o.by {
		if !equal(at.set.value, o.value) {
			return clashes, at.set.by
		}
		c.joins = append(c.joins, at.set)
		return idle, at.set.by
	}
	return c.checkBelow(at, nil, o)
}

// checkBelow compares a value with what was asked for inside what it replaces.
func (c *combined) checkBelow(at *wanted, rel project.Path, o *op) (verdict, int) {
	for _, a := range at.adds {
		if v := c.inside(o, rel, a); v == clashes && a.by != o.by {
			return clashes, a.by
		}
	}
	for key, child := range at.children {
		path := rel.Join(key)
		for _, inner := range []*op{child.set, child.away} {
			if inner == nil || inner.by == o.by {
				continue
			}
			if v := c.inside(o, path, inner); v == clashes {
				return clashes, inner.by
			}
		}
		if v, with := c.checkBelow(child, path, o); v != fits {
			return v, with
		}
	}
	return fits, -1
}

func (c *combined) checkAway(at *wanted, o *op) (verdict, int) {
	if at.set != nil && at.set.do == plan.Set && at.set.by != o.by {
		return clashes, at.set.by
	}
	if at.away != nil {
		return idle, at.away.by
	}
	for _, a := range at.adds {
		if a.by != o.by {
			return clashes, a.by
		}
	}
	return fits, -1
}

func (c *combined) checkAdd(at *wanted, o *op) (verdict, int) {
	if at.away != nil && at.away.by != o.by {
		return clashes, at.away.by
	}
	if at.set != nil {
		if v := c.inside(at.set, nil, o); v != fits {
			return v, at.set.by
		}
	}
	for _, a := range at.adds {
		if v := c.between(a, o); v != fits {
			return v, a.by
		}
	}
	for _, child := range at.children {
		if r := child.set; r != nil && r.do == plan.Replace && child.away == nil && matches(r.value, o.value, o.key) == gives && r.by != o.by {
			return clashes, r.by
		}
	}
	return fits, -1
}

// between compares two items that are added to one list.
func (c *combined) between(a, b *op) verdict {
	switch {
	case equal(a.value, b.value):
		c.joins = append(c.joins, a)
		return idle
	case matches(a.value, b.value, b.key) == gives || matches(b.value, a.value, a.key) == gives:
		if a.by == b.by {
			return fits
		}
		return clashes
	}
	return fits
}

// inside tells how an operation below a value that is set stands to that value.
func (c *combined) inside(set *op, rel project.Path, o *op) verdict {
	at := set.value
	for i, key := range rel {
		if at.kind == listKind {
			return c.insideList(at, rel[i:], o)
		}
		if at.kind != mapKind && !at.isNull() {
			return pick(o.do == plan.Remove || o.do == plan.Drop, idle, clashes)
		}
		next := at.get(key)
		if next == nil {
			switch o.do {
			case plan.Remove, plan.Drop:
				return idle
			case plan.Replace:
				return clashes // what it changes is no longer there
			}
			return fits
		}
		at = next
	}
	switch o.do {
	case plan.Remove, plan.Drop:
		return clashes
	case plan.Add:
		if at.kind != listKind {
			return pick(at.isNull(), fits, clashes)
		}
		for _, it := range at.items {
			switch matches(it.v, o.value, o.key) {
			case same:
				return idle
			case gives:
				return clashes
			}
		}
		return fits
	}
	return pick(equal(at, o.value), idle, clashes)
}

// insideList judges a change of an item whose list is set: what counts is whether the
// new list has the item.
func (c *combined) insideList(list *value, rest project.Path, o *op) verdict {
	has := func(v *value) bool {
		for _, it := range list.items {
			if v != nil && equal(it.v, v) {
				return true
			}
		}
		return false
	}
	if len(rest) > 1 {
		return clashes
	}
	switch o.do {
	case plan.Drop, plan.Remove:
		return pick(has(c.trees[o.file].lookup(o.path)), clashes, idle)
	case plan.Add:
		return clashes
	}
	return pick(has(o.value), idle, clashes)
}

func pick(yes bool, a, b verdict) verdict {
	if yes {
		return a
	}
	return b
}

// with is the value with one more decision behind it.
func (v *value) with(by int) *value {
	out := *v
	out.by = union(v.by, []int{by})
	return &out
}

func (c *combined) commit(o *op) {
	at := c.tries[o.file]
	for _, key := range o.path {
		next := at.children[key]
		if next == nil {
			next = &wanted{}
			if at.children == nil {
				at.children = map[string]*wanted{}
			}
			at.children[key] = next
		}
		if a := at.away; a != nil && a.by == o.by && (o.do == plan.Set || o.do == plan.Add) {
			// One decision takes a mapping away and sets a key in it: that key is all it
			// is to have.
			a.do, a.value = plan.Set, &value{kind: mapKind, by: []int{a.by}}
			at.set, at.away = a, nil
		}
		at = next
	}
	switch o.do {
	case plan.Remove, plan.Drop:
		at.away = o
	case plan.Add:
		at.adds = append(at.adds, o)
	default:
		if at.away != nil && at.away.by == o.by {
			at.away.do = "" // the decision takes away and sets: it sets
			at.away = nil
		}
		at.set = o
	}
	c.ops[o.file] = append(c.ops[o.file], o)
}
