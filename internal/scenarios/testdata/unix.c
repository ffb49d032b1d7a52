// Unix sockets: with a path, and with an abstract name.
#include "check.h"
#include <stddef.h>
#include <sys/un.h>

static struct sockaddr_un addr(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	must(strlen(path) < sizeof a.sun_path);
	strcpy(a.sun_path, path);
	return a;
}

static int fresh(int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	must(fd >= 0);
	return fd;
}

#define AS(a) (struct sockaddr *)&(a), sizeof(a)

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	// Relative names: the space for a path is short.
	must(chdir(work) == 0);
	struct sockaddr_un a = addr("stream");
	int server = fresh(SOCK_STREAM);
	must(bind(server, AS(a)) == 0 && listen(server, 4) == 0);
	must(symlink("stream", "stream-link") == 0);
	a = addr("./stream-link");
	int client = fresh(SOCK_STREAM);
	must(connect(client, AS(a)) == 0 && close(client) == 0 && close(server) == 0);
	// Nobody listens any more: asked, then refused.
	client = fresh(SOCK_STREAM);
	must(fails(connect(client, AS(a)), ECONNREFUSED) && close(client) == 0);
	must(unlink("stream") == 0);

	a = addr("datagram");
	server = fresh(SOCK_DGRAM);
	must(bind(server, AS(a)) == 0);
	client = fresh(SOCK_DGRAM);
	must(sendto(client, "x", 1, 0, AS(a)) == 1);
	must(close(client) == 0 && close(server) == 0);

	struct sockaddr_un n = {.sun_family = AF_UNIX};
	const char name[] = "batten scenario \"1\"";
	memcpy(n.sun_path + 1, name, sizeof name - 1);
	socklen_t size = offsetof(struct sockaddr_un, sun_path) + 1 + sizeof name - 1;
	server = fresh(SOCK_STREAM);
	must(bind(server, (struct sockaddr *)&n, size) == 0 && listen(server, 4) == 0);
	client = fresh(SOCK_STREAM);
	must(connect(client, (struct sockaddr *)&n, size) == 0);
	must(close(client) == 0 && close(server) == 0);

	int pair[2];
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0); // has no name
	must(write(pair[0], "x", 1) == 1 && close(pair[0]) == 0 && close(pair[1]) == 0);
	return 0;
}
