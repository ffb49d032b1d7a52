package profiles

import "strings"

// DescribeSyscall says in one line what a call does, for every call of every
// architecture's table; "" for a name that none has. The texts follow the manual
// pages, section 2.
func DescribeSyscall(name string) string {
	for _, table := range []map[string]string{aboutFiles, aboutProcesses, aboutNetwork, aboutSystem, aboutOld} {
		if text, ok := table[name]; ok {
			return text
		}
	}
	if !KnownSyscall(name) {
		return ""
	}
	return describeTwin(name)
}

// describeTwin explains the variants of 32-bit architectures by the call that
// they are a variant of.
func describeTwin(name string) string {
	for _, v := range []struct{ suffix, text string }{
		{"_time64", "with 64-bit time"}, // before "64"
		{"64_64", "with 64-bit offsets"},
		{"64", "with 64-bit sizes or time"},
		{"32", "with 32-bit user and group IDs"},
		{"2", "second form"},
	} {
		base, ok := strings.CutSuffix(name, v.suffix)
		if !ok {
			continue
		}
		for _, b := range []string{base, base + "64", "new" + base} {
			if b == name {
				continue
			}
			if text := DescribeSyscall(b); text != "" { // ends: every step names a known, other call
				return text + " (" + v.text + ")"
			}
		}
	}
	return ""
}
