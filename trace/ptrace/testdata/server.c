/* Several threads and a child that go on until they are killed. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/prctl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void *ticks(void *arg)
{
	for (;;) {
		struct timespec t = {0, 1000000};
		syscall(arg ? SYS_getpgid : SYS_getsid, 0);
		nanosleep(&t, NULL);
	}
}

int main(void)
{
	pthread_t t;
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			syscall(SYS_getpriority, 0, 0);
			usleep(1000);
		}
	}
	pthread_create(&t, NULL, ticks, NULL);
	pthread_create(&t, NULL, ticks, "");
	puts("ready");
	fflush(stdout);
	for (long n = 0;; n++) {
		usleep(1000);
		if (n % 20 == 0) {
			printf("%ld\n", n);
			fflush(stdout);
		}
	}
}
