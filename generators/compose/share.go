package compose

import (
	"slices"
	"strconv"
	"strings"

	"batten/project"

	"go.yaml.in/yaml/v4"
)

func index(i int) string { return strconv.Itoa(i) }

// agree changes anchored values of which all users want the same: a secret that every
// service takes through one anchor goes where it is written, not into copies. Only
// extension fields are changed by it; what stands in a service is that service's. What
// a change makes of a place in the anchored value is not for its users to undo.
func (l *links) agree(t *tree, explicit []project.Path) {
	for i := len(l.anchors) - 1; i >= 0; i-- {
		n := l.anchors[i]
		path := l.paths[n]
		users := l.users[n]
		if len(users) == 0 {
			continue
		}
		old := t.root.lookup(path)
		if len(path) > 0 && strings.HasPrefix(path[0], "x-") && old != nil {
			if to := t.agreed(old, users); to != old && untouched(old, to, path, explicit) {
				parent := t.down(path, false)
				parent.replace(path[len(path)-1], to)
			}
		}
	}
}

// untouched tells whether a value at a path stays what it is at some paths.
func untouched(old, to *value, path project.Path, explicit []project.Path) bool {
	return !slices.ContainsFunc(explicit, func(p project.Path) bool {
		if len(p) < len(path) || !slices.Equal(p[:len(path)], path) {
			return false
		}
		rest := p[len(path):]
		return !equal(old.lookup(rest), to.lookup(rest))
	})
}

// want is what a user wants of an anchored value: nil when it is to go.
type want struct {
	v     *value
	merge *yaml.Node
}

func (t *tree) agreed(old *value, users []user) *value {
	wants := make([]want, 0, len(users))
	for _, u := range users {
		v := t.root.lookup(u.path)
		if v == nil {
			return old
		}
		wants = append(wants, want{v, u.merge})
	}
	return agreedOn(old, wants)
}

func agreedOn(old *value, wants []want) *value {
	if to, ok := unanimous(wants); ok {
		if to == nil || equal(old, to) || to.kind != old.kind {
			return old
		}
		return to
	}
	if old.kind != mapKind {
		return old
	}
	out := old
	for _, e := range old.keys {
		var inner []want
		kept := true
		for _, u := range wants {
			if u.v.kind != mapKind {
				return old
			}
			if u.merge != nil && writes(u.merge, e.key) {
				continue // its own value counts there
			}
			inner = append(inner, want{v: u.v.get(e.key)})
		}
		to, ok := unanimous(inner)
		switch {
		case len(inner) == 0:
			continue
		case ok && to == nil:
			kept = false
		case !ok:
			for _, u := range inner {
				if u.v == nil {
					to = e.v
				}
			}
			if to == nil {
				to = agreedOn(e.v, inner)
			}
		}
		if kept && (equal(to, e.v) || to.kind != e.v.kind) {
			continue // another kind could not be merged where this one is
		}
		if out == old {
			copied := *old
			copied.keys = append([]entry(nil), old.keys...)
			copied.index, copied.copied = nil, true
			out = &copied
		}
		if kept {
			out.put(e.key, to)
			continue
		}
		var by []int
		for _, u := range wants {
			by = union(by, u.v.reasonOf(e.key, nil))
		}
		out.gone = append(out.gone, gone{key: e.key, by: by})
		out.keys[out.at(e.key)].v = nil
	}
	if out != old {
		out.index = nil
		keys := out.keys[:0]
		for _, e := range out.keys {
			if e.v != nil {
				keys = append(keys, e)
			}
		}
		out.keys = keys
	}
	return out
}

// unanimous is what all aliases want; users that merge want single keys.
func unanimous(wants []want) (*value, bool) {
	for i, u := range wants {
		if u.merge != nil || i > 0 && (u.v == nil) != (wants[0].v == nil) || u.v != nil && !equal(u.v, wants[0].v) {
			return nil, false
		}
	}
	if len(wants) == 0 {
		return nil, false
	}
	return wants[0].v, true
}

// writes tells whether a mapping has a key of its own.
func writes(n *yaml.Node, key string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag != tagMerge && keyText(n.Content[i]) == key {
			return true
		}
	}
	return false
}

// note finds out whether anchored values change, so that their users are looked at.
func (l *links) note(from, to *value) {
	for _, n := range l.anchors {
		if len(l.users[n]) > 0 && !equal(from.lookup(l.paths[n]), to.lookup(l.paths[n])) {
			l.changed = true
		}
	}
}

// alias writes out what an alias stands for, with its changes. Where keys are only
// set, the rest still comes from the anchor.
func (w *rewriter) alias(s slot, target, to *value, by []int) {
	if target != nil && target.kind == mapKind && to.kind == mapKind && s.where != inFlow {
		var set []entry
		same, lost := 0, false
		for _, e := range to.keys {
			if old := target.get(e.key); old != nil && equal(old, e.v) {
				same++
			} else {
				set = append(set, e)
			}
		}
		for _, e := range target.keys {
			lost = lost || to.get(e.key) == nil
		}
		if !lost && same > 0 {
			w.override(s, to, set, by)
			return
		}
	}
	w.replace(s, to, by)
}

func (w *rewriter) override(s slot, to *value, set []entry, by []int) {
	merged := &value{kind: mapKind, by: to.by}
	merged.keys = append(merged.keys, set...)
	at, err := w.span(s.node)
	if err == nil {
		w.emitter.merge = "<<: *" + s.node.Value
		if s.where == ofDash {
			err = w.behindDash(s, at, false, merged, by)
		} else {
			err = w.belowKey(s, at, merged, by)
		}
		w.emitter.merge = ""
	}
	if err != nil {
		w.refuse(s.node, by, err)
	}
}
