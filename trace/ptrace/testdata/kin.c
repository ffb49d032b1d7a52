/* Threads, fork, vfork, and an execve by a thread that is not the leader. Each
 * makes a call that nothing else makes. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *in_thread(void *arg)
{
	syscall(SYS_getpgid, 0);
	return arg;
}

static void *executes(void *arg)
{
	char *argv[] = {arg, "last", "--password=hunter2", NULL};
	execv(arg, argv);
	_exit(99);
}

int main(int argc, char **argv)
{
	if (argc > 1) { /* after execve */
		syscall(SYS_getsid, 0);
		return 5;
	}
	for (int i = 0; i < 4; i++) {
		pthread_t t;
		pthread_create(&t, NULL, in_thread, NULL);
		pthread_join(t, NULL);
	}
	if (fork() == 0) {
		syscall(SYS_getpriority, 0, 0);
		if (fork() == 0) {
			syscall(SYS_sched_getscheduler, 0);
			_exit(0);
		}
		wait(NULL);
		_exit(0);
	}
	wait(NULL);
	if (vfork() == 0) {
		syscall(SYS_times, 0);
		_exit(0);
	}
	wait(NULL);
	pthread_t idle[3], t;
	for (int i = 0; i < 3; i++)
		pthread_create(&idle[i], NULL, (void *(*)(void *))pause, NULL);
	pthread_create(&t, NULL, executes, argv[0]);
	pause();
}
