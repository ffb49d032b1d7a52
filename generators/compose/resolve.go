package compose

import (
	"errors"
	"fmt"
	"slices"

	"batten/plan"
	"batten/project"
)

// decision is an applied decision with what its changes come to.
type decision struct {
	id      string
	service string
	ops     []op
	secret  bool     // brings files: what it takes away is in them
	refused *refusal // by resolving alone
}

// resolve turns the changes of a decision into operations on files.
func (f *files) resolve(by int, d plan.Decision) decision {
	out := decision{id: d.Finding.ID(), service: d.Finding.Service}
	if d.Finding.Fix == nil {
		return out
	}
	out.secret = len(d.Finding.Fix.Files) > 0
	for _, c := range d.Finding.Fix.Changes {
		r := resolver{files: f, by: by, service: d.Finding.Service}
		if err := r.change(c); err != nil {
			file, path := r.place(c)
			at := f.position(file, path)
			out.ops = nil
			out.refused = &refusal{by: []int{by}, reason: err.Error(), file: file, line: at.Line, column: at.Column}
			return out
		}
		for _, o := range r.ops {
			if why := f.blocked[o.file]; why != "" {
				out.ops = nil
				out.refused = &refusal{by: []int{by}, file: o.file, line: 1, column: 1,
					reason: fmt.Sprintf("%s cannot be edited: %s", f.project.Sources[o.file].Name, why)}
				return out
			}
		}
		out.ops = append(out.ops, r.ops...)
	}
	return out
}

type resolver struct {
	*files
	by      int
	service string
	ops     []op
}

func (r *resolver) change(c plan.Change) error {
	var v *value
	if c.Op == plan.Set || c.Op == plan.Add || c.Op == plan.Replace {
		var err error
		if v, err = given(c.Value, []int{r.by}); err != nil {
			return err
		}
	}
	switch c.Op {
	case plan.Set, plan.Add, plan.Remove:
		if len(c.Path) == 0 {
			return errors.New("the change names no key")
		}
		if err := r.known(c.Path); err != nil {
			return err
		}
	}
	switch c.Op {
	case plan.Set:
		return r.set(c.Path, v)
	case plan.Add:
		return r.add(c.Path, v, c.Key)
	case plan.Remove:
		return r.remove(c.Path)
	case plan.Replace, plan.Drop:
		return r.at(c.Op, c.At, v)
	}
	return fmt.Errorf("unknown operation %q", string(c.Op))
}

// place is where a change would be made, for people.
func (r *resolver) place(c plan.Change) (int, project.Path) {
	if c.At != nil {
		return c.At.File, c.At.Path
	}
	for n := len(c.Path); n > 0; n-- {
		if have := r.having(r.layer(c.Path[:n]), c.Path[:n]); len(have) > 0 {
			return have[len(have)-1], c.Path[:n]
		}
	}
	if len(r.main) > 0 {
		return r.main[0], nil
	}
	return -1, nil
}

// known refuses changes of a service that no file defines.
func (r *resolver) known(path project.Path) error {
	if path[0] != "services" {
		return nil
	}
	if len(path) < 2 {
		return errors.New("services cannot be changed as a whole")
	}
	if len(r.having(r.main, path[:2])) == 0 && len(r.having(r.include, path[:2])) == 0 {
		return fmt.Errorf("no file that can be edited defines service %q", path[1])
	}
	return nil
}

// emit appends an operation after checking that the way to it can be edited.
func (r *resolver) emit(do plan.Op, file int, path project.Path, v *value, key string) error {
	at := r.trees[file]
	for i, k := range path {
		if at == nil {
			break
		}
		if at.kind == taggedKind {
			return fmt.Errorf("%s carries the tag %s", path[:i], at.tag)
		}
		if at.kind == scalarKind && !at.isNull() || at.kind == listKind && at.child(k) == nil {
			return fmt.Errorf("%s is no mapping", path[:i])
		}
		at = at.child(k)
	}
	if at != nil && at.kind == taggedKind {
		return fmt.Errorf("%s carries the tag %s", path, at.tag)
	}
	r.ops = append(r.ops, op{do: do, file: file, path: path, value: v, key: key, by: r.by})
	return nil
}

func (r *resolver) set(path project.Path, v *value) error {
	if len(path) == 1 && path[0] == "version" {
		return r.setVersion(path, v)
	}
	if err := r.inheritedSet(path, v); err != nil {
		return err
	}
	layer := r.layer(path)
	have := r.having(layer, path)
	target := -1
	if len(have) == 0 {
		target = r.home(path)
	} else {
		target = have[len(have)-1]
	}
	if target < 0 {
		return errors.New("the project has no file to write to")
	}
	if v.kind == listKind || v.kind == mapKind {
		// What other files have there would be merged into it.
		for _, i := range have[:max(0, len(have)-1)] {
			if k := r.trees[i].lookup(path).kind; k == listKind || k == mapKind || k == taggedKind {
				if err := r.emit(plan.Remove, i, path, nil, ""); err != nil {
					return err
				}
			}
		}
	}
	return r.emit(plan.Set, target, path, v, "")
}

// setVersion writes the version to the first file and to all that have one: the
// classic compose program does not merge files of different versions.
func (r *resolver) setVersion(path project.Path, v *value) error {
	for n, i := range r.main {
		if n > 0 && r.trees[i].lookup(path) == nil {
			continue
		}
		if err := r.emit(plan.Set, i, path, v, ""); err != nil {
			return err
		}
	}
	return nil
}

func (r *resolver) remove(path project.Path) error {
	if from, v := r.base(path); v != nil {
		return fmt.Errorf("it is inherited by extends from %s", from)
	}
	for _, i := range r.having(slices.Concat(r.main, r.include), path) {
		if err := r.emit(plan.Remove, i, path, nil, ""); err != nil {
			return err
		}
	}
	return nil
}

// at makes a change of a written place.
func (r *resolver) at(do plan.Op, at *plan.Place, v *value) error {
	if at == nil || at.File < 0 || at.File >= len(r.trees) || len(at.Path) == 0 {
		return errors.New("the change names no place")
	}
	if r.trees[at.File].lookup(at.Path) == nil {
		return fmt.Errorf("nothing is written at %s any more", at.Path)
	}
	if slices.Contains(r.extends, at.File) {
		return r.extended(do, at, v)
	}
	return r.emit(do, at.File, at.Path, v, "")
}

// extended writes a key of its own into the service that extends another one, whose
// file is not edited.
func (r *resolver) extended(do plan.Op, at *plan.Place, v *value) error {
	last := len(at.Path) - 1
	parent := r.trees[at.File].lookup(at.Path[:last])
	name := r.project.Sources[at.File].Name
	if do != plan.Replace || parent.kind != mapKind || len(at.Path) < 3 || r.service == "" {
		return fmt.Errorf("it is written in %s, which others may extend, too", name)
	}
	local := project.Path{"services", r.service}.Join(at.Path[2:]...)
	if err := r.known(local); err != nil {
		return err
	}
	if from, v := r.base(local); v == nil || from != name {
		return fmt.Errorf("it is written in %s, which others may extend, too", name)
	}
	return r.set(local, v)
}
