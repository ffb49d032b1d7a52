package compose

// equal tells whether two values are the same: scalars by type and value, mappings
// whatever their order.
func equal(a, b *value) bool {
	c := comparer{}
	return c.equal(a, b)
}

// comparer remembers pairs of large values, so that values shared many times are
// compared once.
type comparer struct {
	same map[[2]*value]bool
}

func (c *comparer) equal(a, b *value) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil || a.kind != b.kind {
		return false
	}
	switch a.kind {
	case scalarKind:
		return a.tag == b.tag && a.text == b.text
	case taggedKind:
		return a.tag == b.tag && c.equal(a.inner, b.inner)
	}
	if len(a.items) != len(b.items) || len(a.keys) != len(b.keys) {
		return false
	}
	pair := [2]*value{a, b}
	if c.same[pair] {
		return true // equal, or being compared: a difference shows elsewhere
	}
	if c.same == nil {
		c.same = map[[2]*value]bool{}
	}
	c.same[pair] = true
	for i := range a.items {
		if !c.equal(a.items[i].v, b.items[i].v) {
			return false
		}
	}
	for i := range a.keys {
		if !c.equal(a.keys[i].v, b.get(a.keys[i].key)) {
			return false
		}
	}
	return true
}
