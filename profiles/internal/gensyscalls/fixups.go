package main

// notCalls are constants of the headers that name no system call: masks and
// bases of ranges.
var notCalls = map[string]bool{
	"syscall_mask":          true, // arm: mask of the number
	"arch_specific_syscall": true, // aarch64: first number of the architecture's own range
}

// armPrivate are the calls in Arm's own range, arch/arm/include/uapi/asm/unistd.h:
// __ARM_NR_BASE is 0x0f0000.
var armPrivate = []call{
	{"breakpoint", 0x0f0001},
	{"cacheflush", 0x0f0002},
	{"usr26", 0x0f0003},
	{"usr32", 0x0f0004},
	{"set_tls", 0x0f0005},
	{"get_tls", 0x0f0006},
}

// x32Own are the calls whose arguments differ in layout from the 64-bit ones and
// which therefore have a number of their own, arch/x86/entry/syscalls/syscall_64.tbl,
// ABI "x32". The 64-bit number of the same name does not exist for x32.
var x32Own = []call{
	{"rt_sigaction", 512}, {"rt_sigreturn", 513}, {"ioctl", 514}, {"readv", 515},
	{"writev", 516}, {"recvfrom", 517}, {"sendmsg", 518}, {"recvmsg", 519},
	{"execve", 520}, {"ptrace", 521}, {"rt_sigpending", 522}, {"rt_sigtimedwait", 523},
	{"rt_sigqueueinfo", 524}, {"sigaltstack", 525}, {"timer_create", 526}, {"mq_notify", 527},
	{"kexec_load", 528}, {"waitid", 529}, {"set_robust_list", 530}, {"get_robust_list", 531},
	{"vmsplice", 532}, {"move_pages", 533}, {"preadv", 534}, {"pwritev", 535},
	{"rt_tgsigqueueinfo", 536}, {"recvmmsg", 537}, {"sendmmsg", 538}, {"process_vm_readv", 539},
	{"process_vm_writev", 540}, {"setsockopt", 541}, {"getsockopt", 542}, {"io_setup", 543},
	{"io_submit", 544}, {"execveat", 545}, {"preadv2", 546}, {"pwritev2", 547},
}

// x32Absent are the calls of the 64-bit table, ABI "64", that x32 never had.
var x32Absent = map[string]bool{
	"uselib": true, "_sysctl": true, "create_module": true, "get_kernel_syms": true,
	"query_module": true, "nfsservctl": true, "set_thread_area": true, "uprobe": true, "uretprobe": true,
	"get_thread_area": true, "epoll_ctl_old": true, "epoll_wait_old": true, "vserver": true,
}

func fixUp(arch string, calls []call) []call {
	var out []call
	for _, c := range calls {
		if !notCalls[c.name] {
			out = append(out, c)
		}
	}
	if arch == "arm" {
		out = append(out, armPrivate...)
	}
	return out
}

// x32From derives the x32 table; numbers are without bit 30.
func x32From(x8664 []call) []call {
	own := map[string]bool{}
	for _, c := range x32Own {
		own[c.name] = true
	}
	var out []call
	for _, c := range x8664 {
		if !own[c.name] && !x32Absent[c.name] {
			out = append(out, c)
		}
	}
	return append(out, x32Own...)
}
