package compose

import (
	"cmp"
	"slices"
)

// serviceOrder is how people write a service: what it is, what it is given, how it is
// reached, what confines it, how it is run.
var serviceOrder = []string{
	"image", "entrypoint", "command", "user", "environment", "env_file", "secrets", "configs", "ports", "networks",
	"volumes", "tmpfs", "read_only", "cap_drop", "cap_add", "security_opt", "privileged", "init", "ulimits", "deploy",
	"restart", "healthcheck", "logging",
}

// order puts the keys that each service has gained in their usual order, behind those
// that it has. Keys that no order is known for come last, as they came.
func (t *tree) order(source *value) {
	services := t.root.get("services")
	if services == nil {
		return
	}
	had := source.get("services")
	for _, e := range services.keys {
		if !t.owned[e.v] || e.v.kind != mapKind {
			continue // as the source has it
		}
		var before *value
		if had != nil {
			before = had.get(e.key)
		}
		e.v.orderGained(before)
	}
}

func (v *value) orderGained(before *value) {
	var old, gained []entry
	for _, e := range v.keys {
		if before != nil && before.get(e.key) != nil {
			old = append(old, e)
			continue
		}
		gained = append(gained, e)
	}
	slices.SortStableFunc(gained, func(a, b entry) int { return cmp.Compare(rank(a.key), rank(b.key)) })
	v.keys, v.index = append(old, gained...), nil
}

func rank(key string) int {
	if i := slices.Index(serviceOrder, key); i >= 0 {
		return i
	}
	return len(serviceOrder)
}
