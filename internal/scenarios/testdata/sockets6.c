// TCP and UDP over version 6, and version 4 through it.
#include "check.h"
#include <arpa/inet.h>
#include <netinet/in.h>

static struct sockaddr_in6 addr(const char *ip, int port)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	must(inet_pton(AF_INET6, ip, &a.sin6_addr) == 1);
	return a;
}

static int fresh(int type)
{
	int on = 1, fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);
	must(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
	return fd;
}

#define AS(a) (struct sockaddr *)&(a), sizeof(a)

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	struct sockaddr_in6 a = addr("::1", 21821);
	int server = fresh(SOCK_STREAM);
	must(bind(server, AS(a)) == 0 && listen(server, 4) == 0);
	int client = fresh(SOCK_STREAM);
	must(connect(client, AS(a)) == 0);
	must(close(client) == 0 && close(server) == 0);

	a = addr("::", 21822);
	server = fresh(SOCK_STREAM);
	must(bind(server, AS(a)) == 0 && listen(server, 4) == 0);
	a = addr("::ffff:127.0.0.1", 21822);
	client = fresh(SOCK_STREAM);
	must(connect(client, AS(a)) == 0);
	must(close(client) == 0 && close(server) == 0);

	a = addr("::1", 21823);
	server = fresh(SOCK_DGRAM);
	must(bind(server, AS(a)) == 0);
	client = fresh(SOCK_DGRAM);
	must(sendto(client, "x", 1, 0, AS(a)) == 1);
	must(close(client) == 0 && close(server) == 0);
	return 0;
}
