package seccomp

import (
	"strings"
	"testing"

	"batten/profiles"
)

// profileOf makes a profile of that many calls.
func profileOf(n int) profiles.Profile {
	p := web()
	names := profiles.SyscallNames(profiles.ArchX8664)
	see(&p, profiles.PartApplication, "", 2, strings.Join(names[:min(n, len(names))], " "))
	return p
}

func BenchmarkGenerate(b *testing.B) {
	for _, n := range []int{60, 350} {
		p := profileOf(n - 22)
		b.Run(map[int]string{60: "60", 350: "350"}[n], func(b *testing.B) {
			for b.Loop() {
				if _, err := Generate(p, Options{NoNewPrivileges: true, Ceiling: Unconfined()}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
