// probe does what a service under its profile must not do, each as an argument says,
// and prints what came of it: "name errno", 0 where it was let through.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int result(int r) { return r < 0 ? errno : 0; }

static int execute(const char *file)
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		execl(file, file, "-c", "exit 0", (char *)0);
		_exit(errno == EACCES ? 126 : 127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return EIO;
	return WEXITSTATUS(status) == 126 ? EACCES : WEXITSTATUS(status) == 127 ? EIO : 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *value = strchr(argv[i], '=');
		value = value ? value + 1 : "";
		int r = EINVAL;
		if (!strncmp(argv[i], "read=", 5))
			r = result(open(value, O_RDONLY));
		else if (!strncmp(argv[i], "write=", 6))
			r = result(open(value, O_WRONLY | O_CREAT, 0600));
		else if (!strncmp(argv[i], "mkdir=", 6))
			r = result(mkdir(value, 0700));
		else if (!strncmp(argv[i], "remove=", 7))
			r = result(unlink(value));
		else if (!strncmp(argv[i], "exec=", 5))
			r = execute(value);
		else if (!strcmp(argv[i], "raw"))
			r = result(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
		else if (!strcmp(argv[i], "packet"))
			r = result(socket(AF_PACKET, SOCK_RAW, 0));
		else if (!strcmp(argv[i], "alg"))
			r = result(socket(38, SOCK_SEQPACKET, 0));
		printf("%s %d\n", argv[i], r);
	}
	return 0;
}
