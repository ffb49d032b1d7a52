package profiles

import (
	"slices"
	"strings"
)

// capabilityRow is one capability; its index in the table is its number.
type capabilityRow struct{ name, text string }

// Numbers: include/uapi/linux/capability.h. Meanings: capabilities(7).
var capabilityTable = []capabilityRow{
	{"CAP_CHOWN", "change the owner and group of any file"},
	{"CAP_DAC_OVERRIDE", "read, write and execute files whatever their permissions say"},
	{"CAP_DAC_READ_SEARCH", "read any file and search any directory; open files by handle, which leads out of a container"},
	{"CAP_FOWNER", "act on files of others as if it owned them: chmod, timestamps, sticky directories"},
	{"CAP_FSETID", "keep the set-user-ID and set-group-ID bits when it changes a file"},
	{"CAP_KILL", "send signals to processes of other users"},
	{"CAP_SETGID", "change group IDs and the list of groups"},
	{"CAP_SETUID", "change user IDs, become any user"},
	{"CAP_SETPCAP", "drop capabilities from the bounding set, add to the inheritable set, change securebits"},
	{"CAP_LINUX_IMMUTABLE", "set the immutable and append-only attributes of files"},
	{"CAP_NET_BIND_SERVICE", "listen on ports below 1024"},
	{"CAP_NET_BROADCAST", "nothing in current kernels: it is not checked"},
	{"CAP_NET_ADMIN", "configure interfaces, routes, firewall and socket options of the network namespace"},
	{"CAP_NET_RAW", "open raw and packet sockets: ping, packet capture, forged packets"},
	{"CAP_IPC_LOCK", "lock memory beyond the limit (mlock, huge pages)"},
	{"CAP_IPC_OWNER", "use System V IPC objects of others whatever their permissions say"},
	{"CAP_SYS_MODULE", "load and unload kernel modules: full control of the host"},
	{"CAP_SYS_RAWIO", "access I/O ports and raw memory of the host"},
	{"CAP_SYS_CHROOT", "call chroot, and enter mount namespaces"},
	{"CAP_SYS_PTRACE", "trace and read the memory of processes of other users"},
	{"CAP_SYS_PACCT", "switch process accounting on and off"},
	{"CAP_SYS_ADMIN", "a large collection of administration: mount, namespaces, quotas, swap, much of bpf; near to root"},
	{"CAP_SYS_BOOT", "reboot the machine, load another kernel"},
	{"CAP_SYS_NICE", "raise priorities, set real-time scheduling and CPU affinity of others"},
	{"CAP_SYS_RESOURCE", "exceed quotas, reserved disk space and resource limits"},
	{"CAP_SYS_TIME", "set the clocks of the machine"},
	{"CAP_SYS_TTY_CONFIG", "configure and hang up terminals"},
	{"CAP_MKNOD", "create device files"},
	{"CAP_LEASE", "take leases on files of others"},
	{"CAP_AUDIT_WRITE", "write records to the kernel's audit log"},
	{"CAP_AUDIT_CONTROL", "change audit rules, switch auditing on and off"},
	{"CAP_SETFCAP", "give capabilities to files, map user 0 into a user namespace"},
	{"CAP_MAC_OVERRIDE", "ignore mandatory access control (Smack)"},
	{"CAP_MAC_ADMIN", "change the policy of mandatory access control (AppArmor, Smack)"},
	{"CAP_SYSLOG", "read and clear the kernel log, see kernel addresses"},
	{"CAP_WAKE_ALARM", "set timers that wake the machine"},
	{"CAP_BLOCK_SUSPEND", "keep the machine from suspending"},
	{"CAP_AUDIT_READ", "read the kernel's audit log"},
	{"CAP_PERFMON", "use performance counters and tracing of the kernel"},
	{"CAP_BPF", "load BPF programs and create BPF maps"},
	{"CAP_CHECKPOINT_RESTORE", "checkpoint and restore processes: choose process IDs, read memory maps of others"},
}

// CapabilityName returns the name of capability n, "CAP_CHOWN" for 0, or ""
// for a number outside 0 to 40. Source: linux/capability.h.
func CapabilityName(n int) string {
	if n < 0 || n >= len(capabilityTable) {
		return ""
	}
	return capabilityTable[n].name
}

// CapabilityNumber returns the number of a capability. It takes the name with
// and without "CAP_", in either case: "CAP_NET_RAW", "net_raw".
func CapabilityNumber(name string) (int, bool) {
	full := "CAP_" + strings.TrimPrefix(strings.ToUpper(name), "CAP_")
	n := slices.IndexFunc(capabilityTable, func(r capabilityRow) bool { return r.name == full })
	return n, n >= 0
}

// CapabilityNames returns all names in the order of their numbers.
func CapabilityNames() []string {
	out := make([]string, len(capabilityTable))
	for i, r := range capabilityTable {
		out[i] = r.name
	}
	return out
}

// DescribeCapability says in one line what a capability permits, "" for an
// unknown one. Source: capabilities(7).
func DescribeCapability(name string) string {
	n, ok := CapabilityNumber(name)
	if !ok {
		return ""
	}
	return capabilityTable[n].text
}
