package seccomp

import (
	"bytes"
	"fmt"
)

// SPO exports a policy as a SeccompProfile of the security-profiles-operator, in
// YAML. The format has no default errno, so that what no rule names is refused
// with EPERM; the rules that answer ENOSYS are kept. errnoRet is written as a
// number, which is what runtimes read; early releases of the operator declare text.
// Source: the operator's API v1beta1.
func SPO(r *Result, service string) ([]byte, error) {
	p, err := r.flat()
	if err != nil {
		return nil, fmt.Errorf("export policy for the security-profiles-operator: %w", err)
	}
	var b bytes.Buffer
	b.WriteString("apiVersion: security-profiles-operator.x-k8s.io/v1beta1\nkind: SeccompProfile\nmetadata:\n")
	fmt.Fprintf(&b, "  name: %s\nspec:\n", objectName(service))
	if p.DefaultErrnoRet != nil && p.DefaultAction == ActErrno && *p.DefaultErrnoRet != EPERM {
		fmt.Fprintf(&b, "  # The format cannot say that unlisted calls answer errno %d; they answer 1.\n", *p.DefaultErrnoRet)
	}
	fmt.Fprintf(&b, "  defaultAction: %s\n", p.DefaultAction)
	if len(p.Architectures) > 0 {
		b.WriteString("  architectures:\n")
		for _, a := range p.Architectures {
			fmt.Fprintf(&b, "    - %s\n", a)
		}
	}
	b.WriteString("  syscalls:\n")
	for _, rule := range p.Syscalls {
		writeSPORule(&b, rule)
	}
	return b.Bytes(), nil
}

func writeSPORule(b *bytes.Buffer, r Rule) {
	if r.Comment != "" {
		fmt.Fprintf(b, "    # %s\n", plain(r.Comment))
	}
	fmt.Fprintf(b, "    - action: %s\n", r.Action)
	if r.ErrnoRet != nil {
		fmt.Fprintf(b, "      errnoRet: %d\n", *r.ErrnoRet)
	}
	if len(r.Args) > 0 {
		b.WriteString("      args:\n")
		for _, a := range r.Args {
			fmt.Fprintf(b, "        - index: %d\n          op: %s\n          value: %d\n", a.Index, a.Op, a.Value)
			if a.Op == OpMaskedEqual {
				fmt.Fprintf(b, "          valueTwo: %d\n", a.ValueTwo)
			}
		}
	}
	b.WriteString("      names:\n")
	for _, n := range r.Names {
		fmt.Fprintf(b, "        - %s\n", n)
	}
}
