package project

import "testing"

// Whatever is typed, a target is either refused or harmless as part of a URL path
// or an argument.
func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{"web", "container:web", "pid:1", "container:../x", "./x.yml", "\x1b[2J", "container:a?b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		target, err := ParseTarget(s)
		if err != nil {
			return
		}
		switch target.Kind {
		case TargetPID:
			if target.PID <= 0 {
				t.Fatalf("%q: process %d", s, target.PID)
			}
		case TargetContainer, TargetService:
			if !serviceName(target.Text) || target.Kind == TargetContainer && target.Text[0] == '-' {
				t.Fatalf("%q: %q", s, target.Text)
			}
		}
	})
}
