package plan

// division is what a fix makes of the networks of a project.
type division struct {
	networks map[string][]string // by service
	size     map[string]int      // services on a network
	internal map[string]bool
}

// division reads the networks that a fix makes from its changes, once; nil when it
// puts no service on a network.
func (c *scored) division(f Finding) *division {
	id := f.ID()
	if d, ok := c.network.divided[id]; ok {
		return d
	}
	d := &division{map[string][]string{}, map[string]int{}, map[string]bool{}}
	if f.Fix != nil {
		for _, one := range f.Fix.Changes {
			d.take(one)
		}
	}
	if len(d.networks) == 0 {
		c.network.divided[id] = nil
		return nil
	}
	// Services that the fix does not name stay where they are.
	for _, s := range c.facts.Project.Services {
		if _, named := d.networks[s.Name]; !named {
			d.networks[s.Name] = networksOf(&scored{facts: c.facts, service: s})
		}
		for _, name := range d.networks[s.Name] {
			d.size[name]++
		}
	}
	for name, internal := range c.network.internal {
		if _, made := d.internal[name]; !made {
			d.internal[name] = internal
		}
	}
	c.network.divided[id] = d
	return d
}

// take reads one change: services.NAME.networks, or networks.NAME.
func (d *division) take(c Change) {
	switch p := c.Path; {
	case c.Op != Set:
	case len(p) == 3 && p[0] == "services" && p[2] == "networks":
		d.networks[p[1]] = namesIn(c.Value)
	case len(p) == 2 && p[0] == "networks":
		d.internal[p[1]] = false
		if m, ok := c.Value.(Map); ok {
			for _, pair := range m {
				if pair.Key == "internal" {
					d.internal[p[1]] = pair.Value == true
				}
			}
		}
	}
}

// namesIn are the items of a list of names, or the keys of a mapping.
func namesIn(v any) []string {
	var out []string
	switch v := v.(type) {
	case Map:
		for _, p := range v {
			out = append(out, p.Key)
		}
	default:
		eachText(v, func(s string) { out = append(out, s) })
	}
	return out
}
