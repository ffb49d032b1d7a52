/* Makes a folder through the 32-bit gate, which takes addresses of 32 bits only. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
int main(int argc, char **argv)
{
#ifdef __x86_64__
	char *name = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long r;
	snprintf(name, 4096, "%s/made-%d", argv[1], (int)getpid());
	asm volatile("int $0x80" : "=a"(r) : "a"(39), "b"(name), "c"(0755) : "memory", "r8", "r9", "r10", "r11");
	if (r == -38)
		return 77;
	return r != 0;
#endif
	return 77;
}
