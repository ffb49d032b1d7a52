// Makes a file so deep that no path can name it.
#include "check.h"

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	static char part[201];
	memset(part, 'd', 200);
	must(chdir(work) == 0);
	for (int i = 0; i < 25; i++) {
		must(mkdir(part, 0755) == 0);
		must(chdir(part) == 0);
	}
	fill(open("file", O_WRONLY | O_CREAT | O_EXCL, 0644), "x");
	return 0;
}
