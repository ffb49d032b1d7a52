// TCP and UDP over version 4.
#include "check.h"
#include <arpa/inet.h>
#include <netinet/in.h>

static struct sockaddr_in addr(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

static int fresh(int type)
{
	int on = 1, fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	must(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
	return fd;
}

#define AS(a) (struct sockaddr *)&(a), sizeof(a)

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	struct sockaddr_in a = addr(21811);
	int server = fresh(SOCK_STREAM);
	must(bind(server, AS(a)) == 0 && listen(server, 4) == 0);
	int client = fresh(SOCK_STREAM);
	must(connect(client, AS(a)) == 0);
	int peer = accept(server, NULL, NULL);
	must(peer >= 0 && write(peer, "x", 1) == 1 && close(peer) == 0 && close(client) == 0 && close(server) == 0);

	a = addr(21812); // nobody listens
	client = fresh(SOCK_STREAM);
	must(fails(connect(client, AS(a)), ECONNREFUSED) && close(client) == 0);

	// Listened on at every address.
	a = addr(21813);
	a.sin_addr.s_addr = INADDR_ANY;
	server = fresh(SOCK_STREAM);
	must(bind(server, AS(a)) == 0 && listen(server, 4) == 0);
	a = addr(21813);
	client = fresh(SOCK_STREAM | SOCK_NONBLOCK);
	must(connect(client, AS(a)) == 0 || errno == EINPROGRESS);
	must(close(client) == 0 && close(server) == 0);
	// Bound, but not listened on.
	a = addr(21814);
	server = fresh(SOCK_STREAM);
	must(bind(server, AS(a)) == 0 && close(server) == 0);

	a = addr(21815);
	server = fresh(SOCK_DGRAM);
	must(bind(server, AS(a)) == 0);
	client = fresh(SOCK_DGRAM);
	struct sockaddr_in any = addr(0);
	must(bind(client, AS(any)) == 0); // some port: not recorded
	must(sendto(client, "x", 1, 0, AS(a)) == 1);
	a = addr(21816);
	struct iovec v = {"x", 1};
	struct msghdr m = {.msg_name = &a, .msg_namelen = sizeof a, .msg_iov = &v, .msg_iovlen = 1};
	must(sendmsg(client, &m, 0) == 1);
	must(close(client) == 0);
	client = fresh(SOCK_DGRAM);
	struct sockaddr_in b[2] = {addr(21817), addr(21818)};
	struct mmsghdr many[2] = {0};
	for (int i = 0; i < 2; i++)
		many[i].msg_hdr = (struct msghdr){.msg_name = &b[i], .msg_namelen = sizeof b[i], .msg_iov = &v, .msg_iovlen = 1};
	must(sendmmsg(client, many, 2, 0) == 2);
	must(close(client) == 0);
	client = fresh(SOCK_DGRAM);
	a = addr(21819);
	must(connect(client, AS(a)) == 0 && send(client, "x", 1, 0) == 1);
	struct sockaddr none = {.sa_family = AF_UNSPEC};
	must(connect(client, AS(none)) == 0); // undoes it
	must(close(client) == 0 && close(server) == 0);
	return 0;
}
