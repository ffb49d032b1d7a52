package ebpf

import "batten/profiles"

// wrappers are the kernel's ways of asking for a capability. The function that
// called the outermost of them is the reason. Source: kernel/capability.c,
// security/security.c, fs/inode.c, fs/namei.c.
var wrappers = map[string]bool{
	"security_capable": true, "capable": true, "ns_capable": true, "ns_capable_common": true,
	"ns_capable_setid": true, "capable_wrt_inode_uidgid": true, "file_ns_capable": true,
	"inode_owner_or_capable": true, "has_ns_capability": true, "has_capability": true,
	"privileged_wrt_inode_uidgid": true, "netlink_capable": true, "netlink_ns_capable": true,
	"netlink_net_capable": true, "sk_ns_capable": true, "sk_capable": true, "sk_net_capable": true,
	"perfmon_capable": true, "bpf_capable": true, "checkpoint_restore_ns_capable": true,
	"ns_capable_noaudit": true, "has_ns_capability_noaudit": true, "has_capability_noaudit": true,
	"cap_capable": true, "capable_wrt_mnt": true,
}

// unaudited checks have no consequence that anyone would notice: the kernel asks
// in passing and is content with a no. security_vm_enough_memory_mm asks for
// CAP_SYS_ADMIN at every mapping, to grant a reserve of memory (mm/util.c).
var unaudited = map[string]bool{
	"security_vm_enough_memory_mm": true, "__vm_enough_memory": true, "cap_vm_enough_memory": true,
	"ns_capable_noaudit": true, "has_ns_capability_noaudit": true, "has_capability_noaudit": true,
	"oom_badness": true,
}

// consequential callers ask without audit and refuse all the same: without the
// no_new_privs bit a filter is taken from CAP_SYS_ADMIN only (kernel/seccomp.c).
var consequential = map[string]bool{
	"seccomp_prepare_filter": true, "seccomp_set_mode_filter": true, "do_seccomp": true,
}

// classify reads the callers of cap_capable, innermost first.
func classify(frames []string) (caller string, class profiles.Class) {
	class = profiles.ClassNeed
	named := false
	for _, f := range frames {
		if f == "" {
			break
		}
		named = true
		if unaudited[f] {
			class = profiles.ClassNoise
		}
		if caller == "" && !wrappers[f] {
			caller = f
		}
	}
	if !named {
		return "", profiles.ClassUnknown
	}
	if consequential[caller] {
		class = profiles.ClassNeed
	}
	return caller, class
}
