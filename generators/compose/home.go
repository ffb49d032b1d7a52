package compose

import "batten/project"

// united are keys of a service to which every reader adds what other files have, entry
// by entry: what a service is given can stand where it is defined, so that the file
// does without those after it.
var united = map[string]bool{"environment": true, "secrets": true}

// home is the file that a key which is in none yet is written to: the last that has
// the mapping it goes into, or else the one that defines the service. Of the top, and
// of sections such as networks, it is the first file, which the others need anyway.
func (r *resolver) home(path project.Path) int {
	if path[0] != "services" || len(path) < 3 {
		if len(r.main) == 0 {
			return -1
		}
		return r.main[0]
	}
	if i := r.united(path); i >= 0 {
		return i
	}
	layer := r.layer(path[:2])
	for n := len(path) - 1; n > 2; n-- {
		if have := r.having(layer, path[:n]); len(have) > 0 {
			return have[len(have)-1]
		}
	}
	return r.definer(path[:2])
}

// definer is the file that a service can be started from: the first that says what it
// runs, or else the first that has it; -1 when none does.
func (r *resolver) definer(service project.Path) int {
	have := r.having(r.layer(service), service)
	for _, i := range have {
		if r.trees[i].lookup(service.Join("image")) != nil || r.trees[i].lookup(service.Join("build")) != nil {
			return i
		}
	}
	if len(have) == 0 {
		return -1
	}
	return have[0]
}

// united is the defining file of a service for an entry of a key that readers unite,
// -1 where the key is another one, or is written there in another form.
func (r *resolver) united(path project.Path) int {
	if len(path) < 3 || path[0] != "services" || !united[path[2]] {
		return -1
	}
	i := r.definer(path[:2])
	if i < 0 {
		return -1
	}
	form := mapKind
	if len(path) == 3 { // an item is added
		form = listKind
	}
	if v := r.trees[i].lookup(path[:3]); v != nil && !v.isNull() && v.kind != form {
		return -1
	}
	return i
}
