package profiles

import "slices"

// families are sets of calls that give the same privilege: which one a program
// uses is the choice of its C library, its language and its age. Families may
// overlap (a rmdir can be done by unlinkat, and so can an unlink); a call's family
// is the union of the sets that it stands in, not their closure.
var families = [][]string{
	{"stat", "lstat", "fstat", "newfstatat", "statx", "stat64", "lstat64", "fstat64", "fstatat64", "oldstat", "oldlstat", "oldfstat"},
	{"statfs", "statfs64"},
	{"fstatfs", "fstatfs64"},
	{"open", "openat"},
	{"access", "faccessat", "faccessat2"},
	{"poll", "ppoll", "ppoll_time64"},
	{"select", "pselect6", "_newselect", "pselect6_time64"},
	{"epoll_wait", "epoll_pwait", "epoll_pwait2"},
	{"epoll_create", "epoll_create1"},
	{"pipe", "pipe2"},
	{"dup", "dup2", "dup3"},
	{"fork", "vfork", "clone"},
	{"getdents", "getdents64"},
	{"rename", "renameat", "renameat2"},
	{"unlink", "unlinkat"},
	{"mkdir", "mkdirat"},
	{"rmdir", "unlinkat"},
	{"readlink", "readlinkat"},
	{"link", "linkat"},
	{"symlink", "symlinkat"},
	{"chmod", "fchmodat", "fchmodat2"},
	{"chown", "lchown", "fchownat", "chown32", "lchown32"},
	{"fchown", "fchown32"},
	{"utime", "utimes", "futimesat", "utimensat", "utimensat_time64"},
	{"eventfd", "eventfd2"},
	{"inotify_init", "inotify_init1"},
	{"signalfd", "signalfd4"},
	{"accept", "accept4"},
	{"send", "sendto", "sendmsg", "sendmmsg"},
	{"recv", "recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64"},
	{"pread64", "preadv", "preadv2"},
	{"pwrite64", "pwritev", "pwritev2"},
	{"futex", "futex_time64", "futex_wait", "futex_wake", "futex_requeue", "futex_waitv"},
	{"exit", "exit_group"},
	{"rt_sigreturn", "sigreturn", "restart_syscall"},
	{"rt_sigaction", "sigaction", "signal"},
	{"rt_sigprocmask", "sigprocmask"},
	{"rt_sigpending", "sigpending"},
	{"rt_sigsuspend", "sigsuspend"},
	{"rt_sigtimedwait", "rt_sigtimedwait_time64"},
	{"clock_gettime", "clock_gettime64", "gettimeofday", "time"},
	{"clock_getres", "clock_getres_time64"},
	{"clock_nanosleep", "clock_nanosleep_time64", "nanosleep"},
	{"timer_gettime", "timer_gettime64"},
	{"timer_settime", "timer_settime64"},
	{"timerfd_gettime", "timerfd_gettime64"},
	{"timerfd_settime", "timerfd_settime64"},
	{"mq_timedsend", "mq_timedsend_time64"},
	{"mq_timedreceive", "mq_timedreceive_time64"},
	{"semop", "semtimedop", "semtimedop_time64"},
	{"sched_rr_get_interval", "sched_rr_get_interval_time64"},
	{"io_pgetevents", "io_pgetevents_time64", "io_getevents"},
	{"wait4", "waitpid", "waitid"},
	{"mmap", "mmap2"},
	{"lseek", "_llseek"},
	{"fcntl", "fcntl64"},
	{"truncate", "truncate64"},
	{"ftruncate", "ftruncate64"},
	{"sendfile", "sendfile64"},
	{"fadvise64", "fadvise64_64", "arm_fadvise64_64"},
	{"sync_file_range", "arm_sync_file_range"},
	{"getrlimit", "ugetrlimit", "prlimit64"},
	{"setrlimit", "prlimit64"},
	{"getuid", "getuid32"}, {"geteuid", "geteuid32"}, {"getgid", "getgid32"}, {"getegid", "getegid32"},
	{"setuid", "setuid32"}, {"setgid", "setgid32"},
	{"setreuid", "setreuid32"}, {"setregid", "setregid32"},
	{"setresuid", "setresuid32"}, {"setresgid", "setresgid32"},
	{"getresuid", "getresuid32"}, {"getresgid", "getresgid32"},
	{"getgroups", "getgroups32"}, {"setgroups", "setgroups32"},
	{"setfsuid", "setfsuid32"}, {"setfsgid", "setfsgid32"},
}

// Family returns the calls that give the same privilege as the named one, itself
// included, sorted. It only names calls that some architecture has; an unknown
// name is its own family. Which of them exist on one architecture says
// [SyscallNumber].
func Family(name string) []string {
	out := []string{name}
	for _, f := range families {
		if !slices.Contains(f, name) {
			continue
		}
		for _, m := range f {
			if KnownSyscall(m) {
				out = append(out, m)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
