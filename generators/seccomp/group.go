package seccomp

import (
	"cmp"
	"slices"

	"batten/profiles"
)

// policy writes the gathered calls as rules: one for each reason, then one for
// each argument list, then the refusals.
func (g *generator) policy() *Policy {
	p := &Policy{DefaultAction: ActErrno, DefaultErrnoRet: errno(ENOSYS), Syscalls: []Rule{}}
	g.arches(p)
	p.Syscalls = append(p.Syscalls, g.plainRules()...)
	p.Syscalls = append(p.Syscalls, g.argumentGrants()...)
	for _, s := range []Source{SourceFallback, SourceSecurity} {
		r := Rule{Action: ActErrno, ErrnoRet: errno(ENOSYS)}
		if s == SourceSecurity {
			r.ErrnoRet = errno(EPERM)
		}
		for _, name := range sortedNames(g.refused) {
			if reason := g.refused[name].reason; reason.Source == s {
				r.Names, r.Comment = append(r.Names, name), reason.comment()
			}
		}
		if len(r.Names) > 0 {
			p.Syscalls = append(p.Syscalls, r)
		}
	}
	return p
}

// arches lists only what was seen: a filter that serves fewer calling conventions
// leaves less to attack. The runtime stops a program that uses another.
func (g *generator) arches(p *Policy) {
	var second []string
	for _, a := range g.second {
		second = append(second, a.OCI())
	}
	if len(g.o.ExtraArch) == 0 {
		p.Architectures = append([]string{g.native.OCI()}, second...)
		return
	}
	for _, a := range g.hosts() {
		m := ArchMap{Architecture: a.OCI(), SubArchitectures: []string{}}
		if a == g.native {
			m.SubArchitectures = append(m.SubArchitectures, second...)
		}
		p.ArchMap = append(p.ArchMap, m)
	}
}

// plainRules groups the calls that are allowed for all arguments by their reason.
func (g *generator) plainRules() []Rule {
	type key struct {
		rank int
		text string
	}
	groups := map[key][]string{}
	for name, a := range g.allowed {
		if a.rules == nil {
			k := key{rank(a.reason.Source), a.reason.comment()}
			groups[k] = append(groups[k], name)
		}
	}
	var keys []key
	for k := range groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.text, b.text))
	})
	var out []Rule
	for _, k := range keys {
		slices.Sort(groups[k])
		out = append(out, Rule{Names: groups[k], Action: ActAllow, Comment: k.text})
	}
	return out
}

// argumentGrants makes one rule for each argument list of a call: a runtime ORs
// them.
func (g *generator) argumentGrants() []Rule {
	var out []Rule
	for _, name := range sortedNames(g.allowed) {
		a := g.allowed[name]
		for _, args := range a.rules {
			out = append(out, Rule{
				Names: []string{name}, Action: ActAllow, Args: args,
				Comment: describeRules(name, [][]Arg{args}) + ": " + a.reason.comment(),
			})
		}
	}
	return out
}

// check compiles the policy for each host and holds the filters against it.
func (g *generator) check(p *Policy) error {
	if err := p.Validate(); err != nil {
		return err
	}
	for _, host := range g.hosts() {
		flat, err := p.Flatten(host, nil, "")
		if err != nil {
			return err
		}
		filter, err := Assemble(flat, host)
		if err != nil {
			return err
		}
		if err := Verify(flat, filter, host); err != nil {
			return err
		}
		if !HasCompiler {
			continue
		}
		c, err := Compile(flat, host)
		if err != nil {
			return err
		}
		if err := Verify(flat.without(c.Unknown), c.Filter, host); err != nil {
			return err
		}
		g.noteUnknown(c.Unknown, host)
	}
	return nil
}

func (g *generator) noteUnknown(names []string, host profiles.Arch) {
	for _, name := range names {
		if g.allowed[name] != nil && host == g.native {
			g.note("%s is newer than libseccomp %s here; a runtime with this library leaves it out", name, LibraryVersion())
		}
	}
}
