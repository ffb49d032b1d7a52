package profiles

import (
	"fmt"
	"strconv"
	"strings"
)

// argumentName is the name of one value, or of one bit.
type argumentName struct {
	value uint64
	name  string
}

// argumentSyntax says how the values of one argument read.
type argumentSyntax struct {
	syscall string
	index   int
	// exact are names of whole values; with flags beside them, of what is left when
	// the flags are taken away.
	exact []argumentName
	flags [][]argumentName
	// signal is true when the low byte is a signal number (clone).
	signal bool
}

// syntaxOf returns how an argument reads. Protocols are not among them: their
// meaning depends on the domain (see [DescribeArguments]).
func syntaxOf(syscall string, index int) (argumentSyntax, bool) {
	for _, s := range []argumentSyntax{
		{syscall: "socket", index: 0, exact: socketDomains},
		{syscall: "socket", index: 1, exact: socketTypes, flags: [][]argumentName{socketFlags}},
		{syscall: "socketpair", index: 0, exact: socketDomains},
		{syscall: "socketpair", index: 1, exact: socketTypes, flags: [][]argumentName{socketFlags}},
		{syscall: "clone", index: 0, flags: [][]argumentName{cloneFlags}, signal: true},
		{syscall: "unshare", index: 0, flags: [][]argumentName{cloneFlags, namespaceFlags}},
		{syscall: "setns", index: 1, flags: [][]argumentName{cloneFlags, namespaceFlags}},
		{syscall: "personality", index: 0, exact: personalities, flags: [][]argumentName{personalityFlags}},
		{syscall: "prctl", index: 0, exact: prctlOptions},
		{syscall: "ioctl", index: 1, exact: ioctlRequests},
		{syscall: "keyctl", index: 0, exact: keyctlOperations},
		{syscall: "ptrace", index: 0, exact: ptraceRequests},
		{syscall: "bpf", index: 0, exact: bpfCommands},
		{syscall: "seccomp", index: 0, exact: seccompOperations},
	} {
		if s.syscall == syscall && s.index == index {
			return s, true
		}
	}
	return argumentSyntax{}, false
}

// personalityQuery asks for the personality and changes nothing, personality(2).
const personalityQuery = 0xffffffff

// DescribeArgument names the value of one argument as C source would, "AF_INET",
// "CLONE_NEWUSER|CLONE_NEWNET", "TCGETS"; bits and values without a name are
// hexadecimal. Sources: the kernel's headers, named at the tables.
func DescribeArgument(syscall string, index int, value uint64) string {
	s, ok := syntaxOf(syscall, index)
	if !ok {
		return hex(value)
	}
	if syscall == "personality" && value == personalityQuery {
		return "0xffffffff (read only)"
	}
	if name := nameOf(s.exact, value); name != "" {
		return name
	}
	if s.flags == nil && !s.signal {
		return hex(value)
	}
	return s.describeFlags(value)
}

func (s argumentSyntax) describeFlags(value uint64) string {
	var parts []string
	rest := value
	var signal string
	if s.signal && rest&0xff != 0 {
		signal = "signal " + strconv.FormatUint(rest&0xff, 10)
		if rest&0xff == 17 {
			signal = "SIGCHLD"
		}
		rest &^= 0xff
	}
	for _, table := range s.flags {
		for _, f := range table {
			if rest&f.value == f.value {
				parts = append(parts, f.name)
				rest &^= f.value
			}
		}
	}
	if rest != 0 || s.exact != nil {
		name := nameOf(s.exact, rest)
		if name == "" && rest != 0 {
			name = hex(rest)
		}
		if name != "" && (rest != 0 || len(parts) == 0) {
			parts = append([]string{name}, parts...)
		}
	}
	if signal != "" {
		parts = append(parts, signal)
	}
	if len(parts) == 0 {
		return "0"
	}
	return strings.Join(parts, "|")
}

// DescribeArguments renders one recorded tuple of a call, see [ArgumentSpecs]:
// "AF_INET, SOCK_STREAM, IPPROTO_TCP".
func DescribeArguments(syscall string, values []uint64) string {
	spec, _ := ArgumentsOf(syscall)
	parts := make([]string, len(values))
	for i, v := range values {
		index := i
		if i < len(spec.Index) {
			index = spec.Index[i]
		}
		parts[i] = DescribeArgument(syscall, index, v)
		if isSocket := syscall == "socket" || syscall == "socketpair"; isSocket && index == 2 {
			if name := nameOf(protocolsOf(values[0]), v); name != "" && v != 0 {
				parts[i] = name
			} else {
				parts[i] = strconv.FormatUint(v, 10)
			}
		}
	}
	return strings.Join(parts, ", ")
}

// protocolsOf returns the names of a domain's protocols.
func protocolsOf(domain uint64) []argumentName {
	switch domain {
	case 2, 10: // AF_INET, AF_INET6
		return inetProtocols
	case 16: // AF_NETLINK
		return netlinkProtocols
	}
	return nil
}

func nameOf(table []argumentName, value uint64) string {
	for _, a := range table {
		if a.value == value {
			return a.name
		}
	}
	return ""
}

func hex(v uint64) string { return fmt.Sprintf("0x%x", v) }
