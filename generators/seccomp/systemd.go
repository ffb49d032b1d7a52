package seccomp

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"batten/profiles"
)

// Systemd exports a policy as a drop-in for a unit. systemd judges call names
// only: what it can say about arguments in its own words (namespaces, address
// families, personality) is said, the rest is named in comments. There is one
// error number, ENOSYS, because libraries depend on it. Minimum: systemd 235
// (RestrictNamespaces, LockPersonality). Source: systemd.exec(5).
func Systemd(r *Result) ([]byte, error) {
	p, err := r.flat()
	if err != nil {
		return nil, fmt.Errorf("export policy for systemd: %w", err)
	}
	var b bytes.Buffer
	b.WriteString("[Service]\n")
	if r.NoNewPrivileges {
		b.WriteString("NoNewPrivileges=yes\n")
	}
	wrapped(&b, "SystemCallArchitectures=", systemdArches(p))
	for _, rule := range p.Syscalls {
		if rule.Action == ActAllow && len(rule.Args) == 0 {
			if rule.Comment != "" {
				fmt.Fprintf(&b, "# %s\n", plain(rule.Comment))
			}
			wrapped(&b, "SystemCallFilter=", rule.Names)
		}
	}
	if names := filtered(p); len(names) > 0 {
		b.WriteString("# Judged by arguments in the other formats, allowed for all arguments here but for the settings below.\n")
		wrapped(&b, "SystemCallFilter=", names)
	}
	b.WriteString("SystemCallErrorNumber=ENOSYS\n")
	writeSystemdArguments(&b, p)
	return b.Bytes(), nil
}

func systemdArches(p *Policy) []string {
	out := []string{"native"}
	for i, a := range p.Architectures {
		if arch, ok := profiles.ArchFromOCI(a); ok && i > 0 {
			out = append(out, string(arch)) // systemd has the same names
		}
	}
	return out
}

// filtered returns the calls that are allowed only for some arguments.
func filtered(p *Policy) []string {
	var out []string
	for _, rule := range p.Syscalls {
		if rule.Action == ActAllow && len(rule.Args) > 0 {
			out = append(out, rule.Names...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func writeSystemdArguments(b *bytes.Buffer, p *Policy) {
	rest := filtered(p)
	done := func(name string) { rest = slices.DeleteFunc(rest, func(n string) bool { return n == name }) }
	if !p.mentions("unshare") && !p.mentions("setns") && p.forbidsNamespaces() {
		b.WriteString("RestrictNamespaces=yes\n")
		done("clone")
	}
	if families, whole := p.socketFamilies(); len(families) > 0 {
		wrapped(b, "RestrictAddressFamilies=", families)
		if whole {
			done("socket")
		}
	}
	if slices.Contains(rest, "personality") && p.onlyPersonality(0, 0xffffffff) {
		b.WriteString("LockPersonality=yes\n")
		done("personality")
	}
	if len(rest) > 0 {
		fmt.Fprintf(b, "# Not expressed: which arguments of %s were seen.\n", strings.Join(rest, ", "))
	}
}

// rulesOf returns the rules that allow a call.
func (p *Policy) rulesOf(name string) []Rule {
	var out []Rule
	for _, r := range p.Syscalls {
		if r.Action == ActAllow && slices.Contains(r.Names, name) {
			out = append(out, r)
		}
	}
	return out
}

func (p *Policy) mentions(name string) bool { return len(p.rulesOf(name)) > 0 }

// forbidsNamespaces tells whether clone can make no namespace.
func (p *Policy) forbidsNamespaces() bool {
	for _, r := range p.rulesOf("clone") {
		if len(r.Args) != 1 || !r.Args[0].mustBeZero() || r.Args[0].Value&cloneNamespaces != cloneNamespaces {
			return false
		}
	}
	return !p.mentions("clone3")
}

// socketFamilies returns the names of the families that socket is allowed for, nil
// when they are not known, and whether nothing but the family is judged.
func (p *Policy) socketFamilies() (names []string, whole bool) {
	whole = true
	for _, r := range p.rulesOf("socket") {
		i := slices.IndexFunc(r.Args, func(a Arg) bool { return a.Index == 0 && a.Op == OpMaskedEqual && a.Value == 0xffffffff })
		if i < 0 {
			return nil, false
		}
		name := profiles.DescribeArgument("socket", 0, r.Args[i].ValueTwo)
		if !strings.HasPrefix(name, "AF_") || !wordName.MatchString(name) {
			return nil, false
		}
		names = append(names, name)
		whole = whole && len(r.Args) == 1
	}
	slices.Sort(names)
	return slices.Compact(names), whole
}

// onlyPersonality tells whether personality is allowed for no other values.
func (p *Policy) onlyPersonality(values ...uint64) bool {
	return !slices.ContainsFunc(p.rulesOf("personality"), func(r Rule) bool {
		return len(r.Args) != 1 || !slices.Contains(values, r.Args[0].ValueTwo)
	})
}
