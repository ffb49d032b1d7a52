// Maps files: executable, shared for writing, and made executable later.
#include "check.h"

static void page(const char *name)
{
	static char zero[4096];
	int fd = open(at(name), O_WRONLY | O_CREAT | O_EXCL, 0755);
	must(fd >= 0 && write(fd, zero, sizeof zero) == sizeof zero && close(fd) == 0);
}

static void *map(const char *name, int flags, int prot, int how)
{
	int fd = open(at(name), flags);
	must(fd >= 0);
	void *p = mmap(NULL, 4096, prot, how, fd, 0);
	must(p != MAP_FAILED && close(fd) == 0);
	return p;
}

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	page("code");
	map("code", O_RDONLY, PROT_READ | PROT_EXEC, MAP_PRIVATE);
	page("later");
	must(mprotect(map("later", O_RDONLY, PROT_READ, MAP_PRIVATE), 4096, PROT_READ | PROT_EXEC) == 0);
	page("shared");
	*(char *)map("shared", O_RDWR, PROT_READ | PROT_WRITE, MAP_SHARED) = 'x';
	// Writing to a private mapping, and reading a shared one, changes nothing.
	page("private");
	*(char *)map("private", O_RDONLY, PROT_READ | PROT_WRITE, MAP_PRIVATE) = 'x';
	page("only-read");
	map("only-read", O_RDONLY, PROT_READ, MAP_SHARED);
	// Memory without a file is none of a file.
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(p != MAP_FAILED);
	int fd = syscall(SYS_memfd_create, "memory", 1);
	must(fd >= 0 && ftruncate(fd, 4096) == 0);
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must(p != MAP_FAILED && close(fd) == 0);
	return 0;
}
