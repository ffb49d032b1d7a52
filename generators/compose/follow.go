package compose

import (
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

// maxShares bounds the places of one value that are looked at: aliases of aliases
// multiply them.
const maxShares = 4096

// following are keys of services whose values nobody keeps through an anchor once they
// are taken out of it: what stands there may be a secret.
var following = [][]string{
	{"environment"}, {"labels"}, {"command"}, {"entrypoint"}, {"build", "args"}, {"healthcheck"},
}

// follows tells whether a path is one at which all users of an anchor see a change.
func follows(path project.Path) bool {
	if strings.HasPrefix(path[0], "x-") {
		return true
	}
	return len(path) > 2 && path[0] == "services" && slices.ContainsFunc(following, func(keys []string) bool {
		return len(path) >= 2+len(keys) && slices.Equal(path[2:2+len(keys)], keys)
	})
}

// takes tells whether an operation takes a value that is there out of its place.
func (o *op) takes() bool {
	return o.do == plan.Replace || o.do == plan.Drop || o.do == plan.Remove
}

// pathKey is a path as a map's key.
func pathKey(path project.Path) string {
	var b strings.Builder
	for _, k := range path {
		b.WriteString(k)
		b.WriteByte(0)
	}
	return b.String()
}

// shares are the other places at which a file has the very value of a path by an
// anchor: those of users of anchors around the path and, with back, those of the
// anchors that it is taken from. It tells whether these are all.
func (l *links) shares(root *value, path project.Path, back bool) ([]project.Path, bool) {
	v := root.lookup(path)
	if v == nil || len(l.users) == 0 {
		return nil, true
	}
	found := []project.Path{path}
	seen := map[string]bool{pathKey(path): true}
	visit := func(from, to, at project.Path) {
		if len(at) < len(from) || !slices.Equal(at[:len(from)], from) {
			return
		}
		other := to.Join(at[len(from):]...)
		if key := pathKey(other); !seen[key] && root.lookup(other) == v {
			seen[key] = true
			found = append(found, other)
		}
	}
	for i := 0; i < len(found); i++ {
		if len(found) > maxShares {
			return nil, false
		}
		for _, n := range l.anchors {
			for _, u := range l.users[n] {
				visit(l.paths[n], u.path, found[i])
				if back {
					visit(u.path, l.paths[n], found[i])
				}
			}
		}
	}
	return found[1:], true
}

// follow has the users of anchors follow what is taken out of the anchored values,
// except where decisions change them by themselves. A scalar that a service anchors
// may mean anything to one that takes it under a key of another kind: that one keeps it.
func (l *links) follow(source *value, file int, ops []*op) ([]*op, []refusal) {
	if len(l.users) == 0 {
		return ops, nil
	}
	own, above := map[string]bool{}, map[string]bool{}
	for _, o := range ops {
		if o.do == plan.Add || o.do == "" {
			continue
		}
		own[pathKey(o.path)] = true
		for n := range o.path {
			above[pathKey(o.path[:n])] = true
		}
	}
	changed := func(path project.Path) bool {
		for n := range path {
			if own[pathKey(path[:n+1])] {
				return true
			}
		}
		return above[pathKey(path)]
	}
	out := slices.Clone(ops)
	var refused []refusal
	for _, o := range ops {
		if !o.takes() || !follows(o.path) {
			continue
		}
		places, ok := l.shares(source, o.path, false)
		if !ok {
			refused = append(refused, refusal{by: []int{o.by}, reason: errSize.Error(), file: file, line: 1, column: 1})
			continue
		}
		for _, path := range places {
			if changed(path) || !follows(path) && !strings.HasPrefix(o.path[0], "x-") {
				continue
			}
			own[pathKey(path)] = true
			copied := *o
			copied.path = path
			out = append(out, &copied)
		}
	}
	return out, refused
}

// explicit are the paths at which changes name what is to become of them.
func explicit(ops []*op) []project.Path {
	var out []project.Path
	for _, o := range ops {
		if o.takes() && follows(o.path) {
			out = append(out, o.path)
		}
	}
	return out
}
