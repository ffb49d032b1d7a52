// Starts as root, gives its folder away, and goes on as another user.
#include "check.h"
#include <grp.h>

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	must(geteuid() == 0);
	must(mkdir(at("data"), 0755) == 0);
	must(chown(at("data"), 1234, 4321) == 0);
	must(chmod(at("data"), 0700) == 0);
	must(setgroups(0, NULL) == 0);
	must(setresgid(4321, 4321, 4321) == 0);
	must(setresuid(1234, 1234, 1234) == 0);
	must(setuid(0) != 0);
	make("data/file");
	return 0;
}
