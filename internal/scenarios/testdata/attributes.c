// Changes files without opening them for it: modes, owners, lengths, locks, times.
#include "check.h"

static void locks(int fd, int command, short type)
{
	struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_len = 1};
	must(fcntl(fd, command, &l) == 0);
}

// held opens a file for locking.
static int held(const char *name)
{
	make(name);
	int fd = open(at(name), O_RDWR);
	must(fd >= 0);
	return fd;
}

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	make("chmod");
	must(chmod(at("chmod"), 0600) == 0);
	make("fchmod");
	int fd = open(at("fchmod"), O_RDONLY);
	must(fd >= 0 && fchmod(fd, 0600) == 0 && close(fd) == 0);
	make("fchmodat");
	must(fchmodat(AT_FDCWD, at("fchmodat"), 0600, 0) == 0);
	must(mkdir(at("folder"), 0755) == 0);
	must(chmod(at("folder"), 0700) == 0);

	make("chown");
	must(chown(at("chown"), geteuid(), getegid()) == 0);
	make("fchown");
	fd = open(at("fchown"), O_RDONLY);
	must(fd >= 0 && fchown(fd, geteuid(), getegid()) == 0 && close(fd) == 0);
	must(symlink("chown", at("link")) == 0);
	must(lchown(at("link"), geteuid(), getegid()) == 0);
	make("fchownat");
	fd = open(at("fchownat"), O_RDONLY);
	must(fd >= 0 && fchownat(fd, "", geteuid(), getegid(), AT_EMPTY_PATH) == 0 && close(fd) == 0);

	make("truncate");
	must(truncate(at("truncate"), 1) == 0);
	make("ftruncate");
	fd = open(at("ftruncate"), O_WRONLY);
	must(fd >= 0 && ftruncate(fd, 1) == 0 && close(fd) == 0);
	make("emptied");
	fd = open(at("emptied"), O_WRONLY | O_TRUNC);
	must(fd >= 0 && close(fd) == 0);
	make("appended");
	fill(open(at("appended"), O_WRONLY | O_APPEND), "more");
	make("both");
	fill(open(at("both"), O_RDWR | O_APPEND), "more");

	fd = held("flock-shared");
	must(flock(fd, LOCK_SH) == 0 && flock(fd, LOCK_UN) == 0 && close(fd) == 0);
	fd = held("flock-exclusive");
	must(flock(fd, LOCK_EX | LOCK_NB) == 0 && close(fd) == 0);
	fd = held("record-read");
	locks(fd, F_SETLK, F_RDLCK);
	locks(fd, F_SETLK, F_UNLCK);
	must(close(fd) == 0);
	fd = held("record-write");
	locks(fd, F_SETLKW, F_WRLCK);
	must(close(fd) == 0);
	fd = held("ofd");
	locks(fd, F_OFD_SETLK, F_WRLCK);
	must(close(fd) == 0);
	fd = held("unlocked");
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
	must(fcntl(fd, F_GETLK, &l) == 0); // only asks
	must(close(fd) == 0);

	make("times");
	must(utimensat(AT_FDCWD, at("times"), NULL, 0) == 0); // not recorded

	must(mkfifo(at("fifo"), 0644) == 0);
	must(fails(open(at("fifo"), O_WRONLY | O_NONBLOCK), ENXIO)); // asked, then nobody reads
	fd = open(at("fifo"), O_RDONLY | O_NONBLOCK);
	must(fd >= 0 && close(fd) == 0);
	must(mknod(at("node"), S_IFREG | 0644, 0) == 0);
	must(mkdir(at("gone"), 0755) == 0);
	must(rmdir(at("gone")) == 0);
	must(mkdir(at("full"), 0755) == 0);
	make("full/file");
	must(fails(rmdir(at("full")), ENOTEMPTY));
	make("removed");
	must(unlink(at("removed")) == 0);

	// A file that has lost its name keeps it for what is done to it.
	fd = held("nameless");
	must(unlink(at("nameless")) == 0 && fchmod(fd, 0600) == 0 && close(fd) == 0);
	return 0;
}
