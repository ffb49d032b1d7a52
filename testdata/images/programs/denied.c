// denied makes the system calls whose numbers are its arguments, one after the
// other with all-zero arguments, and prints for each the number and what came of
// it: "39 ok", or "39 EPERM". A number followed by "=A,B,C" gives the first
// arguments: "41=16,3,0". A call that cannot come back is the caller's choice.
//
// It writes with raw calls: under a filter that denies much, stdio would not do.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		long arguments[6] = {0};
		char *rest, line[64];
		long number = strtol(argv[i], &rest, 0);
		int length;

		for (int j = 0; j < 6 && (*rest == '=' || *rest == ','); j++)
			arguments[j] = strtol(rest + 1, &rest, 0);

		errno = 0;
		long result = syscall(number, arguments[0], arguments[1], arguments[2],
				      arguments[3], arguments[4], arguments[5]);
		if (result == -1 && errno != 0) {
			const char *name = strerrorname_np(errno);
			length = snprintf(line, sizeof line, "%ld %s\n", number, name ? name : "?");
		} else {
			length = snprintf(line, sizeof line, "%ld ok\n", number);
		}
		if (write(STDOUT_FILENO, line, length) != length)
			return 1;
	}
	return 0;
}
