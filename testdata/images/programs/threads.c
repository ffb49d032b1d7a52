// threads makes four threads and joins them, which is where a filter that
// handles clone3 or clone wrongly shows: it prints "ok", or the error.
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define THREADS 4

static void *work(void *argument)
{
	*(int *)argument += 1;
	return argument;
}

int main(void)
{
	pthread_t threads[THREADS];
	int counts[THREADS] = {0};

	for (int i = 0; i < THREADS; i++) {
		int error = pthread_create(&threads[i], NULL, work, &counts[i]);
		if (error != 0) {
			printf("pthread_create: %s\n", strerror(error));
			return 1;
		}
	}
	for (int i = 0; i < THREADS; i++) {
		int error = pthread_join(threads[i], NULL);
		if (error != 0 || counts[i] != 1) {
			printf("pthread_join: %s\n", strerror(error));
			return 1;
		}
	}
	puts("ok");
	return 0;
}
