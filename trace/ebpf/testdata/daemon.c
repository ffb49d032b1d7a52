// Leaves a daemon behind that starts many processes with threads, ends them all
// at once, and makes one call of its own long after: sysinfo.
#include <pthread.h>
#include <signal.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

static void *idle(void *unused)
{
	pause();
	return unused;
}

int main(void)
{
	if (fork())
		return 0;
	setsid();
	for (int round = 0; round < 100; round++) {
		if (!fork()) {
			pthread_t t;
			for (int i = 0; i < 8; i++)
				if (pthread_create(&t, 0, idle, 0))
					_exit(1);
			_exit(0);
		}
		while (wait(0) > 0)
			;
	}
	usleep(500000);
	struct sysinfo info;
	return sysinfo(&info);
}
