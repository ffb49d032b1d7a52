/* Serves a file system of one file in a child, and reads the file in the parent. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static void answer(int fd, struct fuse_in_header *in, int error, void *data, size_t size)
{
	char b[8192];
	struct fuse_out_header out = {.len = sizeof out + (error ? 0 : size), .error = error, .unique = in->unique};
	memcpy(b, &out, sizeof out);
	memcpy(b + sizeof out, data, size);
	write(fd, b, out.len);
}

static struct fuse_attr attr(unsigned long ino)
{
	struct fuse_attr a = {.ino = ino, .nlink = 1, .size = ino == 1 ? 0 : 5, .mode = ino == 1 ? S_IFDIR | 0755 : S_IFREG | 0644};
	return a;
}

static void serve(int fd)
{
	static char b[1 << 20];
	struct fuse_in_header *in = (void *)b;
	while (read(fd, b, sizeof b) > 0)
		switch (in->opcode) {
		case FUSE_INIT: {
			struct fuse_init_out o = {.major = 7, .minor = 31, .max_write = 4096};
			answer(fd, in, 0, &o, sizeof o);
			break;
		}
		case FUSE_LOOKUP: {
			if (strcmp(b + sizeof *in, "file")) {
				answer(fd, in, -2, NULL, 0);
				break;
			}
			struct fuse_entry_out o = {.nodeid = 2, .attr = attr(2)};
			answer(fd, in, 0, &o, sizeof o);
			break;
		}
		case FUSE_GETATTR: {
			struct fuse_attr_out o = {.attr = attr(in->nodeid)};
			answer(fd, in, 0, &o, sizeof o);
			break;
		}
		case FUSE_OPEN: {
			struct fuse_open_out o = {.fh = 1};
			answer(fd, in, 0, &o, sizeof o);
			break;
		}
		case FUSE_READ:
			answer(fd, in, 0, "text\n", 5);
			break;
		case FUSE_SETATTR: {
			struct fuse_attr_out o = {.attr = attr(in->nodeid)};
			answer(fd, in, 0, &o, sizeof o);
			break;
		}
		case FUSE_FLUSH:
		case FUSE_RELEASE:
		case FUSE_UNLINK:
			answer(fd, in, 0, NULL, 0);
			break;
		case FUSE_FORGET:
		case FUSE_BATCH_FORGET:
			break;
		default:
			answer(fd, in, -38, NULL, 0);
		}
	_exit(0);
}

int main(int argc, char **argv)
{
	char options[100], name[300], c;
	int fd = open("/dev/fuse", O_RDWR);
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (fd < 0 || mount("it", argv[1], "fuse", 0, options) < 0) {
		perror("mount");
		return 77;
	}
	pid_t child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(fd);
	}
	close(fd); // when the server is gone, so is the file system
	snprintf(name, sizeof name, "%s/file", argv[1]);
	int file = open(name, O_RDONLY);
	int good = file >= 0 && read(file, &c, 1) == 1 && chmod(name, 0600) == 0 && close(file) == 0;
	file = open(name, O_RDWR | O_CREAT, 0600);
	good = good && file >= 0 && close(file) == 0 && unlink(name) == 0;
	umount2(argv[1], MNT_DETACH);
	kill(child, SIGKILL);
	if (!good) {
		perror("use");
		return 1;
	}
	return 0;
}
