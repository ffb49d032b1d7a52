package compose

import (
	"fmt"
	"strings"

	"batten/plan"
	"batten/project"
)

// match says how an item stands to one that is added.
type match int

const (
	other match = iota
	gives       // it gives way
	same        // it is that very item
)

// matches compares an item of a list with one that is added under a key.
func matches(item, added *value, key string) match {
	switch {
	case equal(item, added):
		return same
	case key != "" && item.isString() && strings.HasPrefix(item.text, key):
		return gives
	}
	return other
}

// add puts an item at the end of a list, in the last file that has the list, or where
// the service is defined. Items of other files that give way to it are dropped there,
// for lists add up.
func (r *resolver) add(path project.Path, v *value, key string) error {
	if done, err := r.inheritedAdd(path, v, key); done || err != nil {
		return err
	}
	have := r.having(r.layer(path), path)
	if len(have) == 0 {
		target := r.home(path)
		if target < 0 {
			return fmt.Errorf("the project has no file to write to")
		}
		return r.emit(plan.Add, target, path, v, key)
	}
	target, there := have[len(have)-1], -1
	if i := r.united(path); i >= 0 {
		target = i
	}
	for _, i := range have {
		list := r.trees[i].lookup(path)
		switch {
		case list.kind == taggedKind:
			return fmt.Errorf("%s carries the tag %s", path, list.tag)
		case list.kind == mapKind || list.kind == scalarKind && !list.isNull() && !list.isString():
			return fmt.Errorf("%s is no list", path)
		}
		for _, it := range itemsOf(list) {
			switch matches(it.v, v, key) {
			case same:
				target, there = i, i
			case gives:
				if there < 0 {
					target = i
				}
			}
		}
	}
	for _, i := range have {
		if i == target {
			continue
		}
		list := r.trees[i].lookup(path)
		for n, it := range itemsOf(list) {
			if matches(it.v, v, key) == other {
				continue
			}
			if list.kind != listKind {
				if err := r.emit(plan.Remove, i, path, nil, ""); err != nil {
					return err
				}
				continue
			}
			if err := r.emit(plan.Drop, i, path.Join(fmt.Sprint(n)), nil, ""); err != nil {
				return err
			}
		}
	}
	return r.emit(plan.Add, target, path, v, key)
}

// itemsOf are the items of a list; a string in place of a list is its only item.
func itemsOf(v *value) []item {
	switch {
	case v.kind == listKind:
		return v.items
	case v.isString():
		return []item{{v, -1}}
	}
	return nil
}
