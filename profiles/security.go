package profiles

import (
	"slices"
	"strings"
)

// SecurityCall is a system call whose refusal is a protection, and why.
type SecurityCall struct {
	Name   string `json:"name"`
	Reason string `json:"reason"` // one line
}

// Reasons are about what the call opens to a program that was taken over.
// Sources: the calls' manual pages, section 2.
var securityCalls = []SecurityCall{
	{"_sysctl", "writes kernel settings; gone from current kernels"},
	{"acct", "switches process accounting, writing to a file of its choice as the kernel"},
	{"add_key", "puts keys into kernel keyrings, which are not separated by container"},
	{"adjtimex", "changes the clock of the whole machine"},
	{"bpf", "loads programs into the kernel"},
	{"chroot", "changes the root directory; with it a process can prepare an escape from one"},
	{"clock_adjtime", "changes the clock of the whole machine"},
	{"clock_settime", "sets the clock of the whole machine"},
	{"create_module", "loads code into the kernel; gone from current kernels"},
	{"delete_module", "removes kernel modules"},
	{"fanotify_init", "watches and holds up file access of the whole machine"},
	{"finit_module", "loads code into the kernel from a file"},
	{"fsconfig", "configures a new file system, reaching its parsers in the kernel"},
	{"fsmount", "creates a mount"},
	{"fsopen", "opens a file system type for mounting, reaching rarely used kernel code"},
	{"fspick", "reconfigures an existing mount"},
	{"get_kernel_syms", "lists kernel symbols; gone from current kernels"},
	{"get_mempolicy", "shows the memory layout of the machine, and once leaked kernel memory"},
	{"init_module", "loads code into the kernel"},
	{"io_uring_enter", "does file and network operations that no system call filter sees"},
	{"io_uring_register", "prepares operations that no system call filter sees"},
	{"io_uring_setup", "opens a second way into the kernel that no system call filter sees; many flaws were found there"},
	{"ioperm", "gives access to I/O ports of the machine"},
	{"iopl", "gives access to all I/O ports of the machine"},
	{"kcmp", "compares kernel objects of other processes"},
	{"kexec_file_load", "loads another kernel to run instead of this one"},
	{"kexec_load", "loads another kernel to run instead of this one"},
	{"keyctl", "reads and changes kernel keyrings, which are not separated by container"},
	{"listmount", "lists mounts, of other mount namespaces too"},
	{"listns", "lists namespaces of the machine"},
	{"lookup_dcookie", "resolves file names across namespaces; gone from current kernels"},
	{"lsm_set_self_attr", "changes the process's confinement under a security module"},
	{"mbind", "places memory on nodes of the machine"},
	{"migrate_pages", "moves memory of other processes between nodes"},
	{"modify_ldt", "sets up 16-bit and other rare segments, kernel code with a history of flaws"},
	{"mount", "attaches file systems: the first step of many escapes"},
	{"mount_setattr", "changes properties of mounts, making read-only ones writable"},
	{"move_mount", "moves a mount to another place"},
	{"move_pages", "moves memory of other processes between nodes"},
	{"name_to_handle_at", "makes file handles, the input of open_by_handle_at"},
	{"nfsservctl", "controlled the kernel's NFS server; gone from current kernels"},
	{"open_by_handle_at", "opens files by number instead of by path, outside the container's root too"},
	{"open_tree", "makes a copy of a mount tree"},
	{"open_tree_attr", "makes a copy of a mount tree with other properties"},
	{"perf_event_open", "watches the kernel and other processes through counters; a history of flaws"},
	{"personality", "changes how the kernel runs the process; can switch off address randomisation"},
	{"pivot_root", "changes the root mount"},
	{"process_vm_readv", "reads memory of another process"},
	{"process_vm_writev", "writes memory of another process"},
	{"ptrace", "controls another process: reads its memory, changes its calls"},
	{"query_module", "asks about kernel modules; gone from current kernels"},
	{"quotactl", "changes disk quotas, reaching kernel code of file systems"},
	{"quotactl_fd", "changes disk quotas, reaching kernel code of file systems"},
	{"reboot", "stops or restarts the machine"},
	{"request_key", "asks for keys, which can make the kernel start a helper program on the host"},
	{"set_mempolicy", "places memory on nodes of the machine"},
	{"set_mempolicy_home_node", "places memory on nodes of the machine"},
	{"setdomainname", "changes the domain name of the namespace"},
	{"sethostname", "changes the host name of the namespace"},
	{"setns", "enters other namespaces, those of the host too"},
	{"settimeofday", "sets the clock of the whole machine"},
	{"statmount", "reads about mounts, of other mount namespaces too"},
	{"stime", "sets the clock of the whole machine"},
	{"swapoff", "switches swap space of the machine off"},
	{"swapon", "makes a file swap space of the machine"},
	{"syslog", "reads the kernel's log, which contains addresses"},
	{"umount", "detaches file systems, uncovering what lies under them"},
	{"umount2", "detaches file systems, uncovering what lies under them"},
	{"unshare", "makes new namespaces; a user namespace opens most privileged kernel code"},
	{"uselib", "loads a library in an outdated way"},
	{"userfaultfd", "lets a program stop the kernel at a memory access, which makes flaws easier to exploit"},
	{"ustat", "asks about mounted file systems in an outdated way"},
	{"vhangup", "hangs up the terminal"},
	{"vm86", "runs 16-bit code, rare kernel code"},
	{"vm86old", "runs 16-bit code, rare kernel code"},
	{"vmsplice", "maps memory into pipes, which made several flaws exploitable"},
}

// Security tells whether a call is security-relevant, and why in one line.
func Security(name string) (reason string, ok bool) {
	i, ok := slices.BinarySearchFunc(securityCalls, name, func(c SecurityCall, name string) int {
		return strings.Compare(c.Name, name)
	})
	if !ok {
		return "", false
	}
	return securityCalls[i].Reason, true
}

// SecurityCalls returns all security-relevant calls, sorted by name.
func SecurityCalls() []SecurityCall { return slices.Clone(securityCalls) }
