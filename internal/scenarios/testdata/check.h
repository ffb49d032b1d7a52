// What the scenarios share. Each program is given the work folder, an empty one, as
// its first argument, prints "ok" and ends with 0 only if everything did what it
// should.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *work;

// must ends the program where something failed that should not.
#define must(x)                                                                        \
	do {                                                                           \
		if (!(x)) {                                                            \
			int e = errno;                                                 \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #x, strerror(e)); \
			exit(1);                                                       \
		}                                                                      \
	} while (0)

// fails is true when a call failed in the way that was expected.
#define fails(x, error) ((x) < 0 && errno == (error))

// at makes a path in the work folder; eight results live at once.
__attribute__((unused)) static char *at(const char *name)
{
	static char buffers[8][2 * PATH_MAX];
	static int next;
	char *p = buffers[next++ % 8];
	snprintf(p, sizeof buffers[0], "%s/%s", work, name);
	return p;
}

__attribute__((unused)) static void fill(int fd, const char *text)
{
	must(fd >= 0);
	must(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	must(close(fd) == 0);
}

// make creates a file with content.
__attribute__((unused)) static void make(const char *name)
{
	fill(open(at(name), O_WRONLY | O_CREAT | O_EXCL, 0644), "text\n");
}

__attribute__((unused)) static void wait_for(pid_t child, int status_wanted)
{
	int status;
	must(child > 0);
	must(waitpid(child, &status, 0) == child);
	must(status == status_wanted);
}

// sleeper is a child that does nothing until it gets a signal, or its parent ends.
__attribute__((unused)) static pid_t sleeper(void)
{
	pid_t parent = getpid(), child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1); // it ended before
		for (;;)
			pause();
	}
	must(child > 0);
	return child;
}

static int scenario(int argc, char **argv);

int main(int argc, char **argv)
{
	if (argc < 2 || argv[1][0] != '/') {
		fprintf(stderr, "usage: %s /WORK\n", argv[0]);
		return 2;
	}
	work = argv[1];
	int code = scenario(argc, argv);
	if (code == 0)
		must(write(1, "ok\n", 3) == 3);
	return code;
}
