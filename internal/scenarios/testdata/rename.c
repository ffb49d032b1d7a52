// Writes a temporary file and renames it over its target, as databases and editors do.
#include "check.h"

static int scenario(int argc, char **argv)
{
	(void)argc, (void)argv;
	for (int i = 0; i < 2; i++) { // the second time something is there
		fill(open(at("target.tmp"), O_WRONLY | O_CREAT | O_EXCL, 0644), "new\n");
		must(rename(at("target.tmp"), at("target")) == 0);
	}
	// O_CREAT and O_TRUNC of a file that exists, and of one that does not.
	make("existing");
	fill(open(at("existing"), O_WRONLY | O_CREAT | O_TRUNC, 0644), "again\n");
	fill(open(at("fresh"), O_RDWR | O_CREAT | O_TRUNC, 0644), "first\n");
	// Two names exchanged.
	make("one");
	make("two");
	must(syscall(SYS_renameat2, AT_FDCWD, at("one"), AT_FDCWD, at("two"), 2) == 0);
	// Folders.
	must(mkdir(at("folder"), 0755) == 0);
	must(rename(at("folder"), at("moved")) == 0);
	must(mkdir(at("full"), 0755) == 0);
	make("full/file");
	must(fails(rename(at("moved"), at("full")), ENOTEMPTY) || errno == EEXIST);
	must(fails(rename(at("nothing"), at("full")), ENOENT));
	return 0;
}
