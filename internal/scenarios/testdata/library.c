// Loads a library while it runs.
#include "check.h"
#include <dlfcn.h>

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	void *handle = dlopen("libm.so.6", RTLD_NOW);
	if (handle == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	double (*floor_of)(double) = (double (*)(double))dlsym(handle, "floor");
	must(floor_of != NULL && floor_of(1.5) == 1.0);
	return 0;
}
