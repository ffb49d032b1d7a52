// One of two threads makes a call that its filter kills it for.
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *victim(void *unused)
{
	syscall(SYS_chroot, 0);
	return unused;
}

int main(void)
{
	pthread_t t;
	pthread_create(&t, 0, victim, 0);
	usleep(200000);
	return 0;
}
