package seccomp

import (
	"fmt"
	"strings"
)

// ociArches are the architectures of the OCI runtime specification.
var ociArches = map[string]bool{
	"SCMP_ARCH_X86": true, "SCMP_ARCH_X86_64": true, "SCMP_ARCH_X32": true,
	"SCMP_ARCH_ARM": true, "SCMP_ARCH_AARCH64": true, "SCMP_ARCH_LOONGARCH64": true,
	"SCMP_ARCH_M68K": true, "SCMP_ARCH_MIPS": true, "SCMP_ARCH_MIPS64": true,
	"SCMP_ARCH_MIPS64N32": true, "SCMP_ARCH_MIPSEL": true, "SCMP_ARCH_MIPSEL64": true,
	"SCMP_ARCH_MIPSEL64N32": true, "SCMP_ARCH_PARISC": true, "SCMP_ARCH_PARISC64": true,
	"SCMP_ARCH_PPC": true, "SCMP_ARCH_PPC64": true, "SCMP_ARCH_PPC64LE": true,
	"SCMP_ARCH_RISCV64": true, "SCMP_ARCH_S390": true, "SCMP_ARCH_S390X": true,
	"SCMP_ARCH_SH": true, "SCMP_ARCH_SHEB": true,
}

// Validate checks that dockerd and the runtime will take the policy. Errors wrap
// [ErrInvalid] and name the field.
func (p *Policy) Validate() error {
	if p.DefaultAction == "" {
		return fmt.Errorf("%w: defaultAction is missing", ErrInvalid)
	}
	if err := checkAction("defaultAction", p.DefaultAction, p.DefaultErrnoRet); err != nil {
		return err
	}
	if p.DefaultAction == ActNotify {
		return fmt.Errorf("%w: defaultAction: runtimes refuse %s here", ErrInvalid, ActNotify)
	}
	if err := p.validateArches(); err != nil {
		return err
	}
	if err := checkWords("flags", p.Flags); err != nil {
		return err
	}
	if len(p.Syscalls) > maxRules {
		return fmt.Errorf("%w: syscalls: more than %d rules", ErrInvalid, maxRules)
	}
	allows := verdict(p.DefaultAction, nil).Allows()
	comparisons := 0
	for i := range p.Syscalls {
		if comparisons += len(p.Syscalls[i].Names) * len(p.Syscalls[i].Args); comparisons > maxComparisons {
			return fmt.Errorf("%w: syscalls: more than %d comparisons of arguments", ErrInvalid, maxComparisons)
		}
		if err := p.Syscalls[i].validate(fmt.Sprintf("syscalls[%d]", i)); err != nil {
			return err
		}
		switch p.Syscalls[i].Action {
		case ActAllow, ActLog, ActNotify, ActTrace:
			allows = true
		}
	}
	if !allows {
		return fmt.Errorf("%w: nothing is allowed, no container starts with it", ErrInvalid)
	}
	return nil
}

func (p *Policy) validateArches() error {
	if len(p.Architectures) > 0 && len(p.ArchMap) > 0 {
		return fmt.Errorf("%w: use either architectures or archMap", ErrInvalid)
	}
	if len(p.Architectures) > maxList || len(p.ArchMap) > maxList {
		return fmt.Errorf("%w: too many architectures", ErrInvalid)
	}
	for i, a := range p.Architectures {
		if err := checkArch(fmt.Sprintf("architectures[%d]", i), a); err != nil {
			return err
		}
	}
	for i, m := range p.ArchMap {
		field := fmt.Sprintf("archMap[%d]", i)
		if err := checkArch(field+".architecture", m.Architecture); err != nil {
			return err
		}
		if len(m.SubArchitectures) > maxList {
			return fmt.Errorf("%w: %s: too many architectures", ErrInvalid, field)
		}
		for j, a := range m.SubArchitectures {
			if err := checkArch(fmt.Sprintf("%s.subArchitectures[%d]", field, j), a); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Rule) validate(field string) error {
	if len(r.Names) == 0 {
		return fmt.Errorf("%w: %s: no names, so the rule does nothing", ErrInvalid, field)
	}
	if len(r.Names) > maxNames {
		return fmt.Errorf("%w: %s.names: more than %d", ErrInvalid, field, maxNames)
	}
	for i, n := range r.Names {
		if !callName.MatchString(n) {
			return fmt.Errorf("%w: %s.names[%d]: %.40q is no name of a call", ErrInvalid, field, i, n)
		}
		// The runtime would wait for an agent to let it write to that agent.
		if n == "write" && r.Action == ActNotify {
			return fmt.Errorf("%w: %s: runtimes refuse %s for write", ErrInvalid, field, ActNotify)
		}
	}
	if r.Action == "" {
		return fmt.Errorf("%w: %s.action is missing", ErrInvalid, field)
	}
	if err := checkAction(field+".action", r.Action, r.ErrnoRet); err != nil {
		return err
	}
	if len(r.Args) > maxArgs {
		return fmt.Errorf("%w: %s.args: more than %d", ErrInvalid, field, maxArgs)
	}
	for i, a := range r.Args {
		if a.Index > 5 {
			return fmt.Errorf("%w: %s.args[%d].index: %d, calls have arguments 0 to 5", ErrInvalid, field, i, a.Index)
		}
		if !a.Op.Valid() {
			return fmt.Errorf("%w: %s.args[%d].op: %.40q is no comparison", ErrInvalid, field, i, a.Op)
		}
	}
	if len(r.Comment) > maxComment {
		return fmt.Errorf("%w: %s.comment: more than %d bytes", ErrInvalid, field, maxComment)
	}
	if err := r.Includes.validate(field + ".includes"); err != nil {
		return err
	}
	return r.Excludes.validate(field + ".excludes")
}

func (f *Filter) validate(field string) error {
	if f == nil {
		return nil
	}
	if err := checkWords(field+".caps", f.Caps); err != nil {
		return err
	}
	if err := checkWords(field+".arches", f.Arches); err != nil {
		return err
	}
	if f.MinKernel != "" {
		if _, ok := parseKernel(f.MinKernel, true); !ok {
			return fmt.Errorf("%w: %s.minKernel: %.40q is not X.Y", ErrInvalid, field, f.MinKernel)
		}
	}
	return nil
}

func checkAction(field string, a Action, ret *uint) error {
	if !a.Valid() {
		return fmt.Errorf("%w: %s: %.40q is no action", ErrInvalid, field, a)
	}
	if ret != nil && *ret > maxErrno {
		return fmt.Errorf("%w: %s: errno %d is more than %d", ErrInvalid, field, *ret, maxErrno)
	}
	return nil
}

func checkArch(field, a string) error {
	if ociArches[a] {
		return nil
	}
	hint := ""
	if strings.EqualFold(a, "SCMP_ARCH_ARM64") {
		hint = " (it is called SCMP_ARCH_AARCH64)"
	}
	return fmt.Errorf("%w: %s: %.40q is no architecture%s", ErrInvalid, field, a, hint)
}

func checkWords(field string, list []string) error {
	if len(list) > maxList {
		return fmt.Errorf("%w: %s: more than %d", ErrInvalid, field, maxList)
	}
	for i, w := range list {
		if !wordName.MatchString(w) {
			return fmt.Errorf("%w: %s[%d]: %.40q", ErrInvalid, field, i, w)
		}
	}
	return nil
}
