package seccomp

import (
	"fmt"
	"slices"

	"batten/profiles"
)

// ceiling is what the service could do before, by call name.
type ceiling struct {
	byDefault Verdict
	calls     map[string]callRules
}

func (g *generator) newCeiling() (*ceiling, error) {
	p := g.o.Ceiling
	var err error
	switch {
	case p != nil:
		if err = p.Validate(); err == nil {
			p, err = p.Flatten(g.native, g.caps, "")
		}
	case g.profile.Service.Kind == profiles.KindContainer:
		p, err = DockerDefault(g.native, g.caps)
	default:
		p = Unconfined()
	}
	if err != nil {
		return nil, fmt.Errorf("read the service's former policy: %w", err)
	}
	return ceilingOf(p), nil
}

// ceilingOf reads a flat policy by name: a ceiling also bounds names that only
// other architectures have.
func ceilingOf(p *Policy) *ceiling {
	c := &ceiling{byDefault: verdict(p.DefaultAction, p.DefaultErrnoRet), calls: map[string]callRules{}}
	s := space{arch: profiles.ArchX8664}
	for _, r := range p.Syscalls {
		v := verdict(r.Action, r.ErrnoRet)
		if v == c.byDefault {
			continue
		}
		for _, name := range r.Names {
			c.calls[name] = c.calls[name].with(s.conditions(r.Args, v))
		}
	}
	return c
}

// allows tells whether a call is allowed for some arguments.
func (c *ceiling) allows(name string) bool {
	r := c.calls[name]
	if r.always != nil {
		return r.always.Allows()
	}
	return c.byDefault.Allows() || slices.ContainsFunc(r.when, func(w condition) bool { return w.verdict.Allows() })
}

// conditions returns the argument conditions under which a call is allowed, nil
// when it is allowed for all. Conditions under which it is refused cannot be
// turned into rules that allow; see [ceiling.bound].
func (c *ceiling) conditions(name string) []condition {
	r := c.calls[name]
	if r.always != nil || c.byDefault.Allows() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(r.when), func(w condition) bool { return !w.verdict.Allows() })
}

// bound keeps of the wanted rules what the ceiling allows, and returns the rules
// that fell away.
func (c *ceiling) bound(name string, want [][]Arg) (keep, lost [][]Arg) {
	limits := c.conditions(name)
	if want == nil {
		for _, l := range limits {
			keep = append(keep, l.args)
		}
		return keep, nil
	}
	for _, w := range want {
		if len(limits) == 0 {
			if c.decides(name, w).Allows() {
				keep = append(keep, w)
			} else {
				lost = append(lost, w)
			}
			continue
		}
		before := len(keep)
		for _, l := range limits {
			if both, ok := intersect(w, l.args); ok {
				keep = append(keep, both)
			}
		}
		if len(keep) == before {
			lost = append(lost, w)
		}
	}
	return dedupe(keep), lost
}

// decides judges a representative of a rule: arguments that it leaves open are 0.
func (c *ceiling) decides(name string, w []Arg) Verdict {
	var args [6]uint64
	for _, a := range w {
		args[a.Index] = a.representative()
	}
	return c.calls[name].decide(args, false, c.byDefault)
}

// representative is a value that the comparison accepts; batten's own rules only
// compare for equality.
func (a Arg) representative() uint64 {
	if a.Op == OpMaskedEqual {
		return a.ValueTwo & a.Value
	}
	return a.Value
}

// intersect combines a rule of batten's own (equalities, or one mask that must be
// zero) with a limit. It is false when no arguments satisfy both.
func intersect(own, limit []Arg) ([]Arg, bool) {
	out := slices.Clone(own)
	for _, l := range limit {
		i := slices.IndexFunc(out, func(a Arg) bool { return a.Index == l.Index })
		switch {
		case i < 0:
			out = append(out, l)
		case out[i].mustBeZero() && l.mustBeZero():
			out[i].Value |= l.Value
		case out[i].mustBeZero(): // not one comparison any more: the limit alone is no wider than before
			out[i] = l
		case !l.matches(out[i].representative()):
			return nil, false
		}
	}
	slices.SortFunc(out, func(a, b Arg) int { return int(a.Index) - int(b.Index) })
	return out, true
}

// mustBeZero recognises a mask of bits that must not be set.
func (a Arg) mustBeZero() bool {
	return a.Op == OpMaskedEqual && a.ValueTwo&a.Value == 0 && a.Value != 0xffffffff
}

func dedupe(rules [][]Arg) [][]Arg {
	var out [][]Arg
	for _, r := range rules {
		if !slices.ContainsFunc(out, func(o []Arg) bool { return slices.Equal(o, r) }) {
			out = append(out, r)
		}
	}
	return out
}

// deniesSome tells whether a call that is otherwise allowed is refused for some
// arguments.
func (c *ceiling) deniesSome(name string) bool {
	return c.calls[name].always == nil && c.byDefault.Allows() && len(c.calls[name].when) > 0
}
