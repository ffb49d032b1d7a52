// Traces a child.
#include "check.h"
#include <sys/ptrace.h>

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	pid_t child = sleeper();
	must(ptrace(PTRACE_ATTACH, child, NULL, NULL) == 0);
	wait_for(child, 0x7f | SIGSTOP << 8);
	must(ptrace(PTRACE_DETACH, child, NULL, NULL) == 0);
	must(kill(child, SIGKILL) == 0);
	wait_for(child, SIGKILL);
	return 0;
}
