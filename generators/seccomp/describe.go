package seccomp

import (
	"fmt"
	"strings"

	"batten/profiles"
)

// maxDescribed bounds the argument lists that one line of text names.
const maxDescribed = 6

// describeRules says in one line which arguments are meant, "" for all.
func describeRules(name string, rules [][]Arg) string {
	var lists []string
	for i, args := range rules {
		if i == maxDescribed {
			lists = append(lists, fmt.Sprintf("and %d more", len(rules)-i))
			break
		}
		var parts []string
		for _, a := range args {
			parts = append(parts, describeArg(name, a))
		}
		lists = append(lists, strings.Join(parts, ", "))
	}
	return strings.Join(lists, "; ")
}

func describeArg(name string, a Arg) string {
	value := func(v uint64) string { return profiles.DescribeArgument(name, int(a.Index), v) }
	switch a.Op {
	case OpMaskedEqual:
		if a.mustBeZero() {
			return "without " + describeBits(name, a)
		}
		if spec, ok := profiles.ArgumentsOf(name); ok && spec.Kind == profiles.ArgumentFlags && a.Value == a.ValueTwo {
			return "with " + value(a.ValueTwo)
		}
		return value(a.ValueTwo & a.Value)
	case OpEqual:
		return value(a.Value)
	}
	signs := map[Op]string{OpNotEqual: "not", OpLess: "<", OpLessEqual: "<=", OpGreater: ">", OpGreaterEqual: ">="}
	return fmt.Sprintf("argument %d %s %d", a.Index, signs[a.Op], a.Value)
}

// describeBits names forbidden flags; the namespaces are what matters of them.
func describeBits(name string, a Arg) string {
	if name == "clone" && a.Value&cloneNamespaces == cloneNamespaces {
		return "new namespaces"
	}
	if name == "unshare" && a.Value&unshareNamespaces == unshareNamespaces {
		return "new namespaces"
	}
	if name == "clone" || name == "unshare" {
		return profiles.DescribeArgument(name, int(a.Index), a.Value&unshareNamespaces)
	}
	return profiles.DescribeArgument(name, int(a.Index), a.Value)
}
