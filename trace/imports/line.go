package imports

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// prefix is what strace writes in front of a call, depending on its options.
type prefix struct {
	pid  int // 0 when the log does not say
	time stamp
}

// stamp is a time in the log.
type stamp struct {
	kind  stampKind
	value time.Duration // since midnight, since 1970, or since the line before
}

type stampKind int

const (
	stampNone stampKind = iota
	stampDay            // -t, -tt
	stampUnix           // -ttt
	stampStep           // -r
)

var (
	pidBracket = regexp.MustCompile(`^\[pid\s+([0-9]{1,7})(?:<[^>]*>)?\] `)
	pidPlain   = regexp.MustCompile(`^([0-9]{1,7})(?:<[^>]*>)?\s+`)
	dayTime    = regexp.MustCompile(`^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))? `)
	seconds    = regexp.MustCompile(`^\s*([0-9]{1,11})\.([0-9]{1,9}) `)
	unixWhole  = regexp.MustCompile(`^([0-9]{8,11}) `)
	stepParens = regexp.MustCompile(`^\(\+\s+([0-9]{1,11})\.([0-9]{1,9})\) `)
	brackets   = regexp.MustCompile(`^\[\s*(?:[0-9a-f?]{1,16}|0x[0-9a-f]+)\] `) // -n, -i
)

// splitPrefix takes the prefixes off a line: process, time, number of the call and
// instruction pointer, in the order in which strace writes them.
func splitPrefix(line string) (prefix, string) {
	var p prefix
	if m := pidBracket.FindStringSubmatch(line); m != nil {
		p.pid, _ = strconv.Atoi(m[1])
		line = line[len(m[0]):]
	} else if m := pidPlain.FindStringSubmatch(line); m != nil {
		p.pid, _ = strconv.Atoi(m[1])
		line = line[len(m[0]):]
	}
	line = splitTime(&p.time, line)
	for range 2 {
		line = line[len(brackets.FindString(line)):]
	}
	return p, strings.TrimLeft(line, " ")
}

func splitTime(t *stamp, line string) string {
	if m := dayTime.FindStringSubmatch(line); m != nil {
		h, _ := strconv.Atoi(m[1])
		min, _ := strconv.Atoi(m[2])
		t.kind = stampDay
		t.value = time.Duration(h)*time.Hour + time.Duration(min)*time.Minute + fraction(m[3], m[4])
		line = line[len(m[0]):]
	} else if m := unixWhole.FindStringSubmatch(line); m != nil {
		t.kind, t.value = stampUnix, fraction(m[1], "")
		line = line[len(m[0]):]
	} else if m := seconds.FindStringSubmatch(line); m != nil {
		t.kind, t.value = stampStep, fraction(m[1], m[2])
		if t.value >= 10_000_000*time.Second { // no step is that long: a date
			t.kind = stampUnix
		}
		line = line[len(m[0]):]
	}
	// -r beside another time: the other one is enough.
	return line[len(stepParens.FindString(line)):]
}

// fraction makes a time of whole seconds and the digits behind the point.
func fraction(whole, digits string) time.Duration {
	s, _ := strconv.Atoi(whole)
	ns, _ := strconv.Atoi((digits + "000000000")[:9])
	return min(time.Duration(s), 1<<33)*time.Second + time.Duration(ns)
}

// clock turns stamps into a time since the first one.
type clock struct {
	begun      bool
	base, last time.Duration
}

// at returns the time of a stamp since the beginning, and remembers it.
func (c *clock) at(s stamp) time.Duration {
	v := s.value
	switch s.kind {
	case stampNone:
		return c.last
	case stampStep:
		if c.begun {
			c.last += max(0, v)
		}
		c.begun = true
		return c.last
	}
	if !c.begun {
		c.base, c.begun = v, true
	}
	if s.kind == stampDay && v-c.base < -12*time.Hour {
		v += 24 * time.Hour // past midnight
	}
	now := max(0, v-c.base) // logs of several processes put together may step back
	c.last = max(c.last, now)
	return now
}
