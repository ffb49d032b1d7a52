package seccomp

import (
	"slices"
	"testing"

	"batten/profiles"
)

func TestDockersDefaultIsUnderstoodAsLibseccompUnderstandsIt(t *testing.T) {
	for _, arch := range hosts {
		for _, caps := range [][]string{nil, {}, {"CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_BPF"}} {
			p, err := DockerDefault(arch, caps)
			if err != nil {
				t.Fatal(err)
			}
			f, err := Assemble(p, arch)
			if err != nil {
				t.Fatal(err)
			}
			if err := Verify(p, f, arch); err != nil {
				t.Errorf("assembled for %s: %v", arch, err)
			}
			if !HasCompiler {
				continue
			}
			// libseccomp 2.5.4 lacks a call in its table of x32.
			p.Architectures = slices.DeleteFunc(p.Architectures, func(a string) bool { return a == profiles.ArchX32.OCI() })
			c, err := Compile(p, arch)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %d instructions, the library's %d, unknown to it %v", arch, len(f), len(c.Filter), c.Unknown)
			if err := Verify(p.without(c.Unknown), c.Filter, arch); err != nil {
				t.Errorf("compiled for %s: %v", arch, err)
			}
		}
	}
}

func TestDockersDefaultDependsOnCapabilities(t *testing.T) {
	mount, _ := profiles.SyscallNumber(profiles.ArchX8664, "mount")
	for _, test := range []struct {
		caps []string
		want bool
	}{{nil, false}, {[]string{"CAP_SYS_ADMIN"}, true}} {
		p, err := DockerDefault(profiles.ArchX8664, test.caps)
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.Decide(profiles.ArchX8664, profiles.ArchX8664, uint32(mount), [6]uint64{})
		if err != nil || v.Allows() != test.want {
			t.Errorf("%v: mount %v, error %v", test.caps, v, err)
		}
	}
}

func BenchmarkDockerDefault(b *testing.B) {
	for b.Loop() {
		if _, err := DockerDefault(profiles.ArchX8664, nil); err != nil {
			b.Fatal(err)
		}
	}
}
