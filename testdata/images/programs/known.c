// known makes exactly the system calls that known.txt lists, in that order, and
// no other: it has no C library and no start-up code. (The execve that starts it
// is the caller's.) Some fail on purpose: a failed call is a call.
//
// Build: gcc -O2 -static -nostdlib -ffreestanding -fno-stack-protector
#include <asm/unistd.h>

#if defined(__x86_64__)
static long call(long number, long a, long b, long c, long d)
{
	long result;
	register long r10 __asm__("r10") = d;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
static long call(long number, long a, long b, long c, long d)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3)
			 : "memory");
	return x0;
}
#else
#error "known.c has no system call for this architecture"
#endif

#define AT_FDCWD -100
#define AF_UNIX 1
#define AF_INET 2
#define SOCK_STREAM 1
#define PR_GET_NAME 16
#define TCGETS 0x5401

static char name[16];
static char buffer[4096];

void _start(void)
{
	call(__NR_getpid, 0, 0, 0, 0);
	call(__NR_getppid, 0, 0, 0, 0);
	call(__NR_uname, (long)buffer, 0, 0, 0);
	call(__NR_prctl, PR_GET_NAME, (long)name, 0, 0);
	call(__NR_personality, 0xffffffff, 0, 0, 0);
	long fd = call(__NR_openat, AT_FDCWD, (long)"/proc/self/status", 0, 0);
	call(__NR_read, fd, (long)buffer, sizeof buffer, 0);
	call(__NR_ioctl, fd, TCGETS, (long)buffer, 0);
	call(__NR_close, fd, 0, 0, 0);
	fd = call(__NR_socket, AF_UNIX, SOCK_STREAM, 0, 0);
	call(__NR_close, fd, 0, 0, 0);
	fd = call(__NR_socket, AF_INET, SOCK_STREAM, 0, 0);
	call(__NR_close, fd, 0, 0, 0);
	call(__NR_unshare, 0, 0, 0, 0);
	call(__NR_acct, 0x1000, 0, 0, 0); // EFAULT or EPERM
	call(__NR_write, 1, (long)"known\n", 6, 0);
	call(__NR_exit_group, 0, 0, 0, 0);
	__builtin_unreachable();
}
