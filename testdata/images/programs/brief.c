// brief lives about a millisecond: a few calls that nothing else here makes, and
// out. Whatever starts to watch only after a container did misses it.
#define _GNU_SOURCE
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

int main(void)
{
	struct sysinfo info;

	syscall(SYS_sysinfo, &info);
	syscall(SYS_sched_getscheduler, 0);
	syscall(SYS_timerfd_create, 0, 0);
	syscall(SYS_memfd_create, "brief", 0);
	syscall(SYS_getpriority, 0, 0);
	syscall(SYS_exit_group, 7);
}
