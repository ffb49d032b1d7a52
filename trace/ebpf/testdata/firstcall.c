// A new process's and a new thread's very first call is chroot, then acct.
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long call(long nr)
{
	long ret;
	__asm__ volatile("syscall" : "=a"(ret) : "a"(nr), "D"(0), "S"(0), "d"(0) : "rcx", "r11", "memory");
	return ret;
}

static int thread(void *unused)
{
	(void)unused;
	call(SYS_acct);
	call(SYS_exit);
	return 0;
}

int main(void)
{
	if (!call(SYS_fork)) {
		call(SYS_chroot);
		call(SYS_exit_group);
	}
	wait(0);
	char *stack = malloc(65536);
	clone(thread, stack + 65536, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, 0);
	usleep(100000);
	return 0;
}
