package apparmor

import (
	"fmt"
	"strconv"
	"strings"
)

// set is a set of characters of a class.
type set struct {
	name  string // begins the variable's name
	chars string // as inside of brackets, in AppArmor and in regexp alike
}

var (
	setDigit    = set{"digit", "0-9"}
	setHex      = set{"hex", "0-9a-f"}
	setHexUpper = set{"HEX", "0-9A-F"}
	setLower    = set{"lower", "0-9a-z"}
	setRandom   = set{"rand", "0-9A-Za-z"}
	setTemp     = set{"temp", "0-9a-z_"}
	// sets is the order in which the tightest is looked for.
	sets = []set{setDigit, setHex, setHexUpper, setLower, setRandom}
)

// holds tells whether all of a text is of the set.
func (s set) holds(text string) bool {
	for i := range len(text) {
		if !s.has(text[i]) {
			return false
		}
	}
	return true
}

func (s set) has(c byte) bool {
	for rest := s.chars; rest != ""; {
		if len(rest) >= 3 && rest[1] == '-' {
			if c >= rest[0] && c <= rest[2] {
				return true
			}
			rest = rest[3:]
			continue
		}
		if c == rest[0] {
			return true
		}
		rest = rest[1:]
	}
	return false
}

// class is what a wildcard may stand for; the zero value is none. None crosses a
// folder, and all but classAny are bounded in length.
type class struct {
	kind classKind
	set  set // of classFixed
	n    int // its length
}

type classKind uint8

const (
	classNone    classKind = iota
	classFixed             // n characters of a set
	classInt               // a decimal number of 1 to n digits
	classPID               // the number of a process or thread: 1 to 7 digits, none begins with 0
	classVersion           // nothing, or the rest of a version: a dot, a digit, anything
	classAny               // anything but "/"
)

// number is a class of numbers as large as n digits: as long as the usual ones, or as
// any at all. Each digit costs the automaton a state for each rule.
func number(n int) class {
	if n <= intDigits {
		return class{kind: classInt, n: intDigits}
	}
	return class{kind: classInt, n: longDigits}
}

func fixed(s set, n int) class { return class{kind: classFixed, set: s, n: n} }

// The lengths: the kernel's largest process number has seven digits, a second of the
// clock ten, the largest 64-bit number twenty.
const (
	pidDigits  = 7
	intDigits  = 10
	longDigits = 20
)

// text is how a rule spells the class.
func (c class) text() string {
	switch c.kind {
	case classFixed:
		if c.n <= 2 {
			return c.value()
		}
		return "@{" + c.variable() + "}"
	case classInt, classPID:
		return "@{" + c.variable() + "}"
	case classVersion:
		return "{,.[0-9]*}"
	case classAny:
		return "*"
	}
	return ""
}

// variable is the name of the variable that the class is spelled with, "" for none.
func (c class) variable() string {
	switch c.kind {
	case classFixed:
		if c.n > 2 {
			return c.set.name + strconv.Itoa(c.n)
		}
	case classInt:
		if c.n > intDigits {
			return "long"
		}
		return "int"
	case classPID:
		return "pid"
	}
	return ""
}

// value is what the variable stands for.
func (c class) value() string {
	switch c.kind {
	case classFixed:
		return strings.Repeat("["+c.set.chars+"]", c.n)
	case classInt:
		return "[0-9]" + strings.Repeat("{[0-9],}", c.n-1)
	case classPID:
		return "[1-9]" + strings.Repeat("{[0-9],}", pidDigits-1)
	}
	return ""
}

// expr is the class as a regular expression of Go.
func (c class) expr() string {
	switch c.kind {
	case classFixed:
		return fmt.Sprintf("[%s]{%d}", c.set.chars, c.n)
	case classInt:
		return fmt.Sprintf("[0-9]{1,%d}", c.n)
	case classPID:
		return fmt.Sprintf("[1-9][0-9]{0,%d}", pidDigits-1)
	case classVersion:
		return `(?:\.[0-9][^/]*)?`
	case classAny:
		return "[^/]*"
	}
	return ""
}
