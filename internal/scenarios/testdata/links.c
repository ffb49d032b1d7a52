// Reaches files through links, and makes links.
#include "check.h"

static void reads(const char *path)
{
	char c;
	int fd = open(path, O_RDONLY);
	must(fd >= 0 && read(fd, &c, 1) == 1 && close(fd) == 0);
}

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	char name[64], text[PATH_MAX];
	must(mkdir(at("real"), 0755) == 0);
	make("real/plain");
	make("real/absolute");
	make("real/through");
	must(symlink("real", at("folder-link")) == 0);
	must(symlink("real/plain", at("relative-link")) == 0);
	must(symlink(at("real/absolute"), at("absolute-link")) == 0);
	must(symlink("nowhere", at("dangling")) == 0);
	reads(at("relative-link"));
	reads(at("absolute-link"));
	reads(at("folder-link/through"));
	reads(at("folder-link/../real/plain"));
	must(fails(open(at("relative-link"), O_RDONLY | O_NOFOLLOW), ELOOP));
	must(fails(open(at("dangling"), O_RDONLY), ENOENT));
	must(readlink(at("relative-link"), text, sizeof text) == 10);
	// O_CREAT follows a link that leads nowhere and makes its target.
	fill(open(at("dangling"), O_WRONLY | O_CREAT, 0644), "x");

	// Opened again through the descriptor, with more rights.
	make("reopened");
	int fd = open(at("reopened"), O_PATH);
	must(fd >= 0);
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	fill(open(name, O_WRONLY), "y");
	must(close(fd) == 0);

	// Hard links, one by descriptor, one of a symbolic link itself.
	make("first-name");
	must(link(at("first-name"), at("second-name")) == 0);
	must(linkat(AT_FDCWD, at("relative-link"), AT_FDCWD, at("followed"), AT_SYMLINK_FOLLOW) == 0);
	must(linkat(AT_FDCWD, at("relative-link"), AT_FDCWD, at("link-of-link"), 0) == 0);

	// A file that has no name until it is finished.
	fd = open(at("real"), O_TMPFILE | O_WRONLY, 0644);
	must(fd >= 0);
	must(write(fd, "z", 1) == 1);
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	must(linkat(AT_FDCWD, name, AT_FDCWD, at("finished"), AT_SYMLINK_FOLLOW) == 0);
	must(close(fd) == 0);

	// Removing a link removes the link.
	must(symlink("real", at("short-lived")) == 0);
	must(unlink(at("short-lived")) == 0);
	// Removing through a linked folder removes the file where it is.
	make("real/victim");
	must(unlink(at("folder-link/victim")) == 0);
	// The process's own folder of procfs.
	fd = open("/proc/self/status", O_RDONLY);
	must(fd >= 0 && close(fd) == 0);
	return 0;
}
