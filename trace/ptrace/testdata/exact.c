/* A program without a library: it makes exactly the calls that stand here. */
static long call(long nr, long a, long b, long c)
{
	long r;
#if defined(__x86_64__)
	__asm__ volatile("syscall" : "=a"(r) : "a"(nr), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
#else
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	r = x0;
#endif
	return r;
}

#include <sys/syscall.h>

void _start(void)
{
	call(SYS_getppid, 0, 0, 0);
	call(SYS_getuid, 0, 0, 0);
	call(SYS_getuid, 0, 0, 0);
	call(SYS_socket, 1, 2 | 02000000, 0);      /* AF_UNIX, SOCK_DGRAM|SOCK_CLOEXEC */
	call(SYS_socket, 1, 2, 0);                 /* the same after masking */
	call(SYS_socket, 2, 1, 6);                 /* AF_INET, SOCK_STREAM, TCP */
	call(SYS_prctl, 15, (long)"batten-exact", 0); /* PR_SET_NAME */
	call(SYS_sched_yield, 0, 0, 0);
	call(SYS_exit_group, 7, 0, 0);
	__builtin_unreachable();
}
