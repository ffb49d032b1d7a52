package compose

import (
	"cmp"
	"slices"

	"batten/plan"
	"batten/project"
)

// tree is a file's value while changes are made to it. What it shares with the source
// is copied before it is changed, so that the source's values stay, and so that a
// change through an alias changes this one place.
type tree struct {
	root  *value
	owned map[*value]bool
}

func newTree(root *value) *tree {
	t := &tree{owned: map[*value]bool{}}
	t.root = t.own(root)
	return t
}

func (t *tree) own(v *value) *value {
	if t.owned[v] {
		return v
	}
	out := *v
	out.items, out.keys = slices.Clone(v.items), slices.Clone(v.keys)
	out.index, out.copied = nil, true
	t.owned[&out] = true
	return &out
}

// phases order the kinds of changes: values first, then what is taken out of lists,
// what is added to them, and what goes altogether.
var phases = map[plan.Op]int{plan.Set: 1, plan.Replace: 1, plan.Drop: 2, plan.Add: 3, plan.Remove: 4}

// interpret makes changes to a file's tree. It knows nothing of text.
func interpret(source *value, ops []*op) *value {
	ops = slices.Clone(ops)
	slices.SortStableFunc(ops, func(a, b *op) int {
		return cmp.Or(cmp.Compare(phases[a.do], phases[b.do]), cmp.Compare(len(a.path), len(b.path)))
	})
	t := newTree(source)
	for _, o := range ops {
		switch o.do {
		case plan.Set, plan.Replace:
			t.set(o.path, o.value, o.do == plan.Set)
		case plan.Add:
			t.add(o)
		case plan.Drop, plan.Remove:
			t.take(o.path, []int{o.by})
		}
	}
	t.sweep(t.root, nil)
	t.order(source)
	return t.root
}

// down is the mapping or list that holds the last key of a path; nil where there is
// none and it is not to be made.
func (t *tree) down(path project.Path, create bool) *value {
	at := t.root
	for _, key := range path[:len(path)-1] {
		next := at.child(key)
		if next == nil || next.isNull() {
			if !create || next == nil && at.kind == listKind {
				return nil
			}
			made := &value{kind: mapKind}
			t.owned[made] = true
			at.replace(key, made)
			at = made
			continue
		}
		if next.kind != mapKind && next.kind != listKind {
			return nil
		}
		next = t.own(next)
		at.replace(key, next)
		at = next
	}
	return at
}

// replace puts a value in place of a child, or, in a mapping, makes one.
func (v *value) replace(key string, to *value) {
	if v.kind == listKind {
		v.items[v.item(key)].v = to
		return
	}
	v.put(key, to)
}

func (t *tree) set(path project.Path, to *value, create bool) {
	parent := t.down(path, create)
	if parent == nil {
		return
	}
	key := path[len(path)-1]
	old := parent.child(key)
	if old == nil && (!create || parent.kind == listKind) || old != nil && equal(old, to) {
		return
	}
	if old != nil {
		to = align(old, to)
	}
	parent.replace(key, to)
}

// align gives items of a list that the source has, too, their places there, so that
// only what differs is written.
func align(old, to *value) *value {
	if old.kind != listKind || to.kind != listKind {
		return to
	}
	out := *to
	out.items = slices.Clone(to.items)
	next := 0
	for i := range out.items {
		for n := next; n < len(old.items); n++ {
			if old.items[n].from >= 0 && equal(old.items[n].v, out.items[i].v) {
				out.items[i] = old.items[n]
				next = n + 1
				break
			}
		}
	}
	return &out
}

func (t *tree) add(o *op) {
	parent := t.down(o.path, true)
	if parent == nil {
		return
	}
	key := o.path[len(o.path)-1]
	list := parent.child(key)
	if list == nil && parent.kind == listKind {
		return
	}
	if list == nil || list.isNull() {
		made := &value{kind: listKind, by: o.value.by}
		t.owned[made] = true
		parent.replace(key, made)
		list = made
	}
	if list.isString() {
		if equal(list, o.value) {
			return
		}
		list = &value{kind: listKind, items: []item{{list, -1}}, by: o.value.by}
		t.owned[list] = true
	}
	if list.kind != listKind {
		return
	}
	list = t.own(list)
	parent.replace(key, list)
	done := false
	for i := range list.items {
		it := &list.items[i]
		if it.v == nil {
			continue
		}
		m := matches(it.v, o.value, o.key)
		switch {
		case m == other:
		case done:
			it.v = nil
			list.gone = append(list.gone, gone{from: it.from, by: o.value.by})
		case m == same:
			done = true
		default:
			it.v, done = o.value, true
		}
	}
	if !done {
		list.items = append(list.items, item{o.value, -1})
	}
}

// take leaves a grave in place of an entry or item.
func (t *tree) take(path project.Path, by []int) {
	parent := t.down(path, false)
	if parent == nil {
		return
	}
	key := path[len(path)-1]
	old := parent.child(key)
	if old == nil {
		return
	}
	parent.bury(key, by)
}

func (v *value) bury(key string, by []int) {
	if v.kind == listKind {
		i := v.item(key)
		v.gone = append(v.gone, gone{from: v.items[i].from, by: by})
		v.items[i].v = nil
		return
	}
	v.gone = append(v.gone, gone{key: key, by: by})
	v.keys[v.at(key)].v = nil
}
