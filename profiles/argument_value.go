package profiles

import (
	"slices"
	"strconv"
	"strings"
)

// signalNumbers are those that clone is called with in practice.
var signalNumbers = []argumentName{{17, "SIGCHLD"}, {10, "SIGUSR1"}, {12, "SIGUSR2"}, {9, "SIGKILL"}, {15, "SIGTERM"}}

// ArgumentValue is the inverse of [DescribeArgument]: it reads names, numbers and
// both joined with "|", as C source and strace write them. It is false when a
// part of the text has no known value.
func ArgumentValue(syscall string, index int, text string) (uint64, bool) {
	const longest = 1024
	if len(text) > longest {
		return 0, false
	}
	var value uint64
	for part := range strings.SplitSeq(text, "|") {
		v, ok := argumentPart(syscall, index, strings.TrimSpace(part))
		if !ok {
			return 0, false
		}
		value |= v
	}
	return value, true
}

func argumentPart(syscall string, index int, text string) (uint64, bool) {
	if v, err := strconv.ParseUint(text, 0, 64); err == nil {
		return v, true
	}
	var tables [][]argumentName
	if s, ok := syntaxOf(syscall, index); ok {
		tables = append(slices.Clone(s.flags), s.exact)
		if s.signal {
			tables = append(tables, signalNumbers)
		}
	} else if (syscall == "socket" || syscall == "socketpair") && index == 2 {
		tables = [][]argumentName{inetProtocols, netlinkProtocols}
	}
	for _, t := range tables {
		if i := slices.IndexFunc(t, func(a argumentName) bool { return a.name == text }); i >= 0 {
			return t[i].value, true
		}
	}
	return 0, false
}
