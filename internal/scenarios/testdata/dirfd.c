// Names files relative to folders: descriptors, working folder, "." and "..".
#include "check.h"

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	must(mkdir(at("base"), 0755) == 0);
	int base = open(at("base"), O_RDONLY | O_DIRECTORY);
	must(base >= 0);
	must(mkdirat(base, "in", 0755) == 0);
	int in = openat(base, "in", O_PATH | O_DIRECTORY); // not recorded
	must(in >= 0);
	fill(openat(in, "made", O_WRONLY | O_CREAT, 0644), "x");
	fill(openat(in, "../beside", O_WRONLY | O_CREAT, 0644), "x");
	fill(openat(base, "./in/../in/./dots", O_WRONLY | O_CREAT, 0644), "x");
	must(renameat(in, "made", base, "there") == 0);
	must(unlinkat(base, "beside", 0) == 0);
	must(mkdirat(in, "gone", 0755) == 0);
	must(unlinkat(in, "gone/", AT_REMOVEDIR) == 0);
	// An absolute name makes the descriptor irrelevant.
	fill(openat(base, at("absolute"), O_WRONLY | O_CREAT, 0644), "x");

	must(chdir(at("base")) == 0);
	fill(open("cwd", O_WRONLY | O_CREAT, 0644), "x");
	must(fchdir(in) == 0);
	fill(open("fchdir", O_WRONLY | O_CREAT, 0644), "x");
	fill(open("../../up", O_WRONLY | O_CREAT, 0644), "x");
	DIR *d = opendir(".");
	must(d != NULL);
	while (readdir(d) != NULL)
		;
	must(closedir(d) == 0);
	must(mkdir("x", 0755) == 0);
	must(rmdir("./x/../x") == 0);

	// openat2: struct open_how is flags, mode, resolve.
	uint64_t how[3] = {O_RDONLY, 0, 0x08}; // RESOLVE_BENEATH
	int fd = syscall(SYS_openat2, base, "there", how, sizeof how);
	must(fd >= 0 && close(fd) == 0);

	// A folder that moves while it is open: the name is the one of the moment.
	must(mkdir(at("before"), 0755) == 0);
	int moving = open(at("before"), O_PATH | O_DIRECTORY);
	must(moving >= 0 && rename(at("before"), at("after")) == 0);
	fill(openat(moving, "late", O_WRONLY | O_CREAT, 0644), "x");

	// stat, access and what is not there leave no trace.
	struct stat st;
	must(fstatat(base, "there", &st, 0) == 0 && faccessat(base, "there", R_OK, 0) == 0);
	must(fails(openat(base, "none", O_RDONLY), ENOENT));
	must(fails(openat(base, "there/none", O_RDONLY), ENOTDIR));
	must(fails(unlinkat(base, "none", 0), ENOENT));
	must(fails(mkdirat(base, "in", 0755), EEXIST));
	return 0;
}
