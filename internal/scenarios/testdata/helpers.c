// Executes other programs in every way there is: itself, a shell, scripts.
#include "check.h"

// helper is what an executed copy does; it prints nothing.
static void helper(const char *name)
{
	fill(open(at(name), O_WRONLY | O_CREAT | O_EXCL, 0644), "x");
	_exit(0);
}

static void script(const char *name, const char *interpreter, const char *body)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_EXCL, 0755);
	must(fd >= 0 && dprintf(fd, "#!%s\n%s\n", interpreter, body) > 0 && close(fd) == 0);
}

static void run(char **args)
{
	pid_t child = fork();
	if (child == 0) {
		execv(args[0], args);
		_exit(127);
	}
	wait_for(child, 0);
}

static int scenario(int argc, char **argv)
{
	char line[3 * PATH_MAX], name[64];
	if (argc > 2)
		helper(argv[2]);
	char *self = argv[0];

	// A shell executes it.
	snprintf(line, sizeof line, "exec \"$0\" \"$1\" by-shell");
	run((char *[]){"/bin/sh", "-c", line, self, (char *)work, NULL});

	// Scripts: one of a shell, and one whose interpreter is the first.
	script("script", "/bin/sh", ": > \"${1%/*}/by-script-${1##*/}\"");
	run((char *[]){at("script"), at("a"), NULL});
	script("nested", at("script"), ":");
	run((char *[]){at("nested"), NULL});

	// vfork.
	pid_t child = vfork();
	if (child == 0) {
		execl(self, self, work, "by-vfork", (char *)NULL);
		_exit(127);
	}
	wait_for(child, 0);

	// execveat of an open file, and relative to a folder, through a link.
	int fd = open(self, O_PATH | O_CLOEXEC);
	must(fd >= 0);
	if ((child = fork()) == 0) {
		char *args[] = {"any", (char *)work, "by-descriptor", NULL};
		syscall(SYS_execveat, fd, "", args, environ, AT_EMPTY_PATH);
		_exit(127);
	}
	wait_for(child, 0);
	snprintf(name, sizeof name, "link");
	must(symlink(self, at(name)) == 0);
	int folder = open(work, O_PATH | O_DIRECTORY | O_CLOEXEC);
	must(folder >= 0);
	if ((child = fork()) == 0) {
		char *args[] = {"any", (char *)work, "by-link", NULL};
		syscall(SYS_execveat, folder, name, args, environ, 0);
		_exit(127);
	}
	wait_for(child, 0);

	// Executed, but no program; not executable; not there.
	fill(open(at("no-format"), O_WRONLY | O_CREAT | O_EXCL, 0755), "\x01\x02\x03\x04 nothing");
	char *args[] = {"x", NULL};
	must(fails(syscall(SYS_execve, at("no-format"), args, environ), ENOEXEC));
	make("not-executable");
	must(fails(syscall(SYS_execve, at("not-executable"), args, environ), EACCES));
	must(fails(syscall(SYS_execve, at("none"), args, environ), ENOENT));
	return 0;
}
