package ebpf

import (
	"testing"

	"batten/profiles"
)

func TestCallersTellNeedsFromNoise(t *testing.T) {
	for name, c := range map[string]struct {
		frames []string
		caller string
		class  profiles.Class
	}{
		"a change of owner":             {[]string{"security_capable", "capable_wrt_inode_uidgid", "setattr_prepare", "ext4_setattr"}, "setattr_prepare", profiles.ClassNeed},
		"a mapping":                     {[]string{"cap_vm_enough_memory", "security_vm_enough_memory_mm", "mmap_region"}, "cap_vm_enough_memory", profiles.ClassNoise},
		"another user's process":        {[]string{"security_capable", "ns_capable_noaudit", "__ptrace_may_access"}, "__ptrace_may_access", profiles.ClassNoise},
		"a filter without no_new_privs": {[]string{"security_capable", "ns_capable_noaudit", "seccomp_set_mode_filter", "do_seccomp"}, "seccomp_set_mode_filter", profiles.ClassNeed},
		"symbols without names":         {[]string{""}, "", profiles.ClassUnknown},
	} {
		if caller, class := classify(c.frames); caller != c.caller || class != c.class {
			t.Errorf("%s: %s of %s", name, class, caller)
		}
	}
}
