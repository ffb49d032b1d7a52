package seccomp

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Encode writes the policy in canonical form: two spaces, names sorted and
// without repetition, empty conditions left out, rules in their order, newline at
// the end. Equal policies give equal bytes.
func (p *Policy) Encode() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(p.canonical()); err != nil {
		panic(err) // plain data: cannot fail
	}
	return b.Bytes()
}

// canonical returns a deep copy in canonical form.
func (p *Policy) canonical() *Policy {
	c := *p
	c.DefaultErrnoRet = cloneErrno(p.DefaultErrnoRet)
	c.Architectures = cloneList(p.Architectures)
	c.Flags = cloneList(p.Flags)
	c.ArchMap = nil
	for _, m := range p.ArchMap {
		m.SubArchitectures = append([]string{}, m.SubArchitectures...)
		c.ArchMap = append(c.ArchMap, m)
	}
	c.Syscalls = make([]Rule, len(p.Syscalls))
	for i, r := range p.Syscalls {
		c.Syscalls[i] = r.canonical()
	}
	return &c
}

func (r Rule) canonical() Rule {
	r.Names = slices.Compact(slices.Sorted(slices.Values(r.Names)))
	r.ErrnoRet = cloneErrno(r.ErrnoRet)
	if len(r.Args) == 0 {
		r.Args = nil
	} else {
		r.Args = slices.Clone(r.Args)
	}
	r.Includes, r.Excludes = r.Includes.canonical(), r.Excludes.canonical()
	return r
}

func (f *Filter) canonical() *Filter {
	if f.empty() {
		return nil
	}
	return &Filter{Caps: cloneList(f.Caps), Arches: cloneList(f.Arches), MinKernel: f.MinKernel}
}

func cloneErrno(n *uint) *uint {
	if n == nil {
		return nil
	}
	return errno(*n)
}

func cloneList(l []string) []string {
	if len(l) == 0 {
		return nil
	}
	return slices.Clone(l)
}
