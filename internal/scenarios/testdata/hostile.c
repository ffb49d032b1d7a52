// Gives files the worst names that there are.
#include "check.h"

// names is what the kernel takes; scenarios.go spells the same list.
static const char *names[] = {
	"plain", " space ", "quote\"double", "quote'single", "back\\slash", "{a,b}", "[ab]*?", "new\nline", "@{HOME}",
	"comma,", "#comment", "tab\tand\x1b[31mred", "bell\a\x7f", "} profile evil {", "\" rwix, /etc/shadow w, \"",
	"file (deleted)", "caf\xc3\xa9", "latin\xff\xfe", "$(id)`id`;id", "-rf", "...",
};

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	char c;
	must(mkdir(at("\" rwix, "), 0755) == 0 && mkdir(at("\" rwix, /etc"), 0755) == 0);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		make(names[i]);
		int fd = open(at(names[i]), O_RDONLY);
		must(fd >= 0 && read(fd, &c, 1) == 1 && close(fd) == 0);
	}
	make("removed \"x\" (deleted)");
	must(unlink(at("removed \"x\" (deleted)")) == 0);
	// A path of 4,095 bytes: the longest that a call may name.
	static char part[NAME_MAX + 1];
	int folder = open(work, O_PATH | O_DIRECTORY);
	size_t length = strlen(work);
	while (length < 4095) {
		size_t n = 4095 - length - 1; // what is left behind a slash
		if (n > 201)
			n = n - 201 < 2 ? 100 : 200;
		memset(part, 'd', n);
		part[n] = 0;
		must(folder >= 0);
		length += 1 + n;
		if (length == 4095) {
			fill(openat(folder, part, O_WRONLY | O_CREAT | O_EXCL, 0644), "x");
			break;
		}
		must(mkdirat(folder, part, 0755) == 0);
		int next = openat(folder, part, O_PATH | O_DIRECTORY);
		must(next >= 0 && close(folder) == 0);
		folder = next;
	}
	must(close(folder) == 0);
	return 0;
}
