// Sends signals.
#include "check.h"

static void ignore(int s) { (void)s; }

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	must(signal(SIGUSR1, ignore) != SIG_ERR && signal(SIGUSR2, ignore) != SIG_ERR);
	must(signal(SIGRTMIN + 1, ignore) != SIG_ERR);
	pid_t child = sleeper();
	must(kill(child, 0) == 0);
	must(sigqueue(child, SIGUSR1, (union sigval){0}) == 0);
	must(syscall(SYS_tgkill, child, child, SIGUSR2) == 0);
	must(kill(child, SIGRTMIN + 1) == 0);
	must(kill(child, SIGTERM) == 0);
	wait_for(child, SIGTERM);
	must(fails(kill(child, SIGINT), ESRCH));

	child = sleeper();
	int fd = syscall(SYS_pidfd_open, child, 0);
	must(fd >= 0 && syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0);
	wait_for(child, SIGKILL);
	must(close(fd) == 0);
	must(raise(SIGUSR1) == 0);
	return 0;
}
