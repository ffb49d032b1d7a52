/* Signals: handled ones, an interrupted call, and one that kills a child. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int usr1, alarms;
static void on_usr1(int s) { usr1++; }
static void on_alarm(int s) { alarms++; }

int main(void)
{
	struct sigaction a = {.sa_handler = on_usr1}, b = {.sa_handler = on_alarm};
	sigaction(SIGUSR1, &a, NULL);
	sigaction(SIGALRM, &b, NULL);
	for (int i = 0; i < 10; i++)
		raise(SIGUSR1);
	alarm(1);
	int interrupted = pause() == -1 && errno == EINTR;
	int status, pid = fork();
	if (pid == 0) {
		signal(SIGTERM, SIG_DFL);
		pause();
	}
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	printf("%d %d %d %d\n", usr1, alarms, interrupted, WIFSIGNALED(status) ? WTERMSIG(status) : -1);
	fflush(stdout);
	raise(SIGTRAP); /* must arrive although debuggers use it */
	return 0;
}
