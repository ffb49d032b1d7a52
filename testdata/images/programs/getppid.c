// getppid N makes N getppid calls, the cheapest call that enters the kernel, and
// prints the nanoseconds that one took: what a tracer adds to each call.
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? atol(argv[1]) : 1000000;
	struct timespec before, after;

	if (rounds < 1)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &before);
	for (long i = 0; i < rounds; i++)
		syscall(SYS_getppid);
	clock_gettime(CLOCK_MONOTONIC, &after);
	printf("%.1f\n", ((after.tv_sec - before.tv_sec) * 1e9 + (after.tv_nsec - before.tv_nsec)) / rounds);
	return 0;
}
