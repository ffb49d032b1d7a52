// sleeper says "ready" and waits; SIGTERM makes it say "bye" and exit with 0.
// It stands for a service that does nothing in particular. SIGUSR1 makes it do
// something new (a getrandom), so that a test can cause a first call mid-life.
#include <signal.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

static volatile sig_atomic_t stopping, asked;

static void on_term(int number) { (void)number; stopping = 1; }
static void on_usr1(int number) { (void)number; asked = 1; }

int main(void)
{
	sigset_t both, none;
	struct sigaction term = {.sa_handler = on_term}, usr1 = {.sa_handler = on_usr1};

	// Blocked but while waiting, so that no signal is lost between look and wait.
	sigemptyset(&none);
	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGUSR1);
	sigprocmask(SIG_BLOCK, &both, NULL);
	sigaction(SIGTERM, &term, NULL);
	sigaction(SIGUSR1, &usr1, NULL);

	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	while (!stopping) {
		sigsuspend(&none);
		if (asked) {
			char byte;
			asked = 0;
			if (getrandom(&byte, 1, 0) == 1)
				puts("asked");
		}
	}
	puts("bye");
	return 0;
}
