// Four threads under a storm of signals make calls that a filter judges by their
// arguments, calls that the kernel refuses, and calls that signals interrupt, and
// start children that do the same. It prints how often getpriority was refused.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void on_alarm(int sig)
{
	int saved = errno;
	syscall(SYS_setpriority, PRIO_PROCESS, 1, -20); // refused by the kernel
	(void)sig;
	errno = saved;
}

static long work(unsigned seed, int rounds)
{
	long refused = 0;
	struct timespec nap = {0, 20000};

	for (int i = 0; i < rounds; i++) {
		switch (rand_r(&seed) % 5) {
		case 0: // refused by the filter
			refused += syscall(SYS_getpriority, PRIO_PROCESS, 4242) == -1 && errno == EPERM;
			break;
		case 1:
			syscall(SYS_getpriority, PRIO_PROCESS, 0);
			break;
		case 2:
			syscall(SYS_setpriority, PRIO_PROCESS, 1, -20);
			break;
		case 3:
			nanosleep(&nap, 0);
			break;
		case 4:
			syscall(SYS_ioprio_set, 1, 1, 1); // refused by the kernel
		}
	}
	return refused;
}

static void *thread(void *seed)
{
	return (void *)work((unsigned)(long)seed, 3000);
}

int main(void)
{
	struct sigaction act = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	struct itimerval often = {{0, 200}, {0, 200}};
	pthread_t t[4];
	long refused = 0;

	sigaction(SIGALRM, &act, 0);
	setitimer(ITIMER_REAL, &often, 0);
	for (long i = 0; i < 4; i++)
		pthread_create(&t[i], 0, thread, (void *)(i + 1));
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();
		if (!child)
			_exit(work(100 + i, 100) == 0);
		while (waitpid(child, 0, 0) < 0 && errno == EINTR)
			;
	}
	for (int i = 0; i < 4; i++) {
		void *n;
		pthread_join(t[i], &n);
		refused += (long)n;
	}
	printf("%ld\n", refused);
	return refused == 0;
}
