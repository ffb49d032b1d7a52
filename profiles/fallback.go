package profiles

import "slices"

// fallbacks are calls that libraries and runtimes try first and replace by an
// older one when the kernel answers "no such call". With a permission error they
// give up instead: threads do not start, files cannot be looked at.
var fallbacks = []string{
	"clone3", "close_range", "epoll_pwait2", "faccessat2", "fchmodat2", "futex_requeue",
	"futex_wait", "futex_waitv", "futex_wake", "openat2", "pidfd_getfd", "pidfd_open",
	"pidfd_send_signal", "rseq", "statx",
	"cachestat", "copy_file_range", "getrandom", "map_shadow_stack", "membarrier", "memfd_create",
	"memfd_secret", "mseal", "preadv2", "process_madvise", "process_mrelease", "pwritev2", "renameat2",
	// 32-bit twins with a 64-bit time.
	"clock_adjtime64", "clock_getres_time64", "clock_gettime64", "clock_nanosleep_time64",
	"clock_settime64", "futex_time64", "io_pgetevents_time64", "mq_timedreceive_time64",
	"mq_timedsend_time64", "ppoll_time64", "pselect6_time64", "recvmmsg_time64",
	"rt_sigtimedwait_time64", "sched_rr_get_interval_time64", "semtimedop_time64",
	"timer_gettime64", "timer_settime64", "timerfd_gettime64", "timerfd_settime64",
	"utimensat_time64",
}

// FallbackCalls returns, sorted, the calls to which the right refusal is ENOSYS,
// because callers then fall back to an older call.
func FallbackCalls() []string {
	out := slices.Clone(fallbacks)
	slices.Sort(out)
	return out
}

// IsFallback tells whether a call is one of [FallbackCalls].
func IsFallback(name string) bool { return slices.Contains(fallbacks, name) }
