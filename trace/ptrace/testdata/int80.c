/* Foreign calls from a 64-bit program: 32-bit getpid has number 20, x32's gettid
 * is 64-bit gettid with bit 30 (ENOSYS where the kernel lacks x32), and -1 is none. */
#include <sys/syscall.h>
#include <unistd.h>
int main(void)
{
	int pid;
	syscall(0x40000000 | SYS_gettid);
	syscall(-1);
	__asm__ volatile("int $0x80" : "=a"(pid) : "a"(20) : "memory");
	return pid > 0 ? 3 : 4;
}
