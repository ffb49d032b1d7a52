package profiles

import "fmt"

func (c *checker) evidence(e Evidence) {
	c.count("entries", len(e.Entries), maxEntries)
	c.count("syscalls", len(e.Syscalls), maxItems)
	c.count("denied", len(e.Denied), maxItems)
	c.count("capabilities", len(e.Capabilities), maxItems)
	c.count("programs", len(e.Programs), maxItems)
	ids := map[string]bool{}
	for i, x := range e.Entries {
		at := fmt.Sprintf("entries[%d]", i)
		c.pattern(at+".id", "entry", x.ID, entryPattern)
		if ids[x.ID] {
			c.fail("%s.id: %s stands twice", at, quote(x.ID))
		}
		ids[x.ID] = true
		oneOf(c, at+".kind", x.Kind, EntryMain, EntryHealthCheck, EntryExec)
		c.length(at+".program", x.Program, maxPath)
		c.args(at+".args", x.Args)
		c.runs(at+".runs", x.Runs)
	}
	for i, x := range e.Syscalls {
		at := fmt.Sprintf("syscalls[%d]", i)
		c.call(at, x.Name, x.Arch)
		c.part(at, x.Part, x.Entry)
		c.phases(at, x.Phases)
		c.arguments(at, x.Args)
		c.origin(at, x.First)
		c.runs(at+".runs", x.Runs)
	}
	for i, x := range e.Denied {
		at := fmt.Sprintf("denied[%d]", i)
		c.call(at, x.Name, x.Arch)
		c.part(at, x.Part, x.Entry)
		if x.Errno < 0 || x.Errno > 4095 { // MAX_ERRNO of the kernel
			c.fail("%s.errno: %d is no error number", at, x.Errno)
		}
		c.arguments(at, x.Args)
		c.origin(at, x.First)
		c.runs(at+".runs", x.Runs)
	}
	for i, x := range e.Capabilities {
		at := fmt.Sprintf("capabilities[%d]", i)
		c.pattern(at+".name", "capability", x.Name, capPattern)
		c.part(at, x.Part, x.Entry)
		c.phases(at, x.Phases)
		c.length(at+".caller", x.Caller, maxName)
		if x.Syscall != "" {
			c.pattern(at+".syscall", "system call", x.Syscall, syscallPattern)
		}
		oneOf(c, at+".class", x.Class, ClassNeed, ClassNoise, ClassUnknown)
		c.strings(at+".programs", x.Programs, maxPrograms, maxPath)
		c.origin(at, x.First)
		c.runs(at+".runs", x.Runs)
	}
	for i, x := range e.Programs {
		at := fmt.Sprintf("programs[%d]", i)
		c.length(at+".path", x.Path, maxPath)
		c.length(at+".by", x.By, maxPath)
		c.part(at, x.Part, x.Entry)
		c.origin(at, x.First)
		c.runs(at+".runs", x.Runs)
	}
	c.observed(e)
}

func (c *checker) call(at, name string, arch Arch) {
	c.pattern(at+".name", "system call", name, syscallPattern)
	if !arch.Valid() {
		c.fail("%s.arch: %s is unknown", at, quote(string(arch)))
	}
}

func (c *checker) part(at string, p Part, entry string) {
	oneOf(c, at+".part", p, PartRuntime, PartApplication, PartExec)
	if entry != "" {
		c.pattern(at+".entry", "entry", entry, entryPattern)
	}
}

func (c *checker) phases(at string, ps []Phase) {
	c.count(at+".phases", len(ps), maxPhases)
	for _, p := range ps {
		oneOf(c, at+".phases", p, PhaseRuntime, PhaseStartup, PhaseSteady, PhaseShutdown, PhaseExec)
	}
}

func (c *checker) arguments(at string, a *Arguments) {
	if a == nil {
		return
	}
	c.count(at+".args.index", len(a.Index), maxArgIndex)
	for i, n := range a.Index {
		if n < 0 || n >= maxArgIndex || i > 0 && n <= a.Index[i-1] {
			c.fail("%s.args.index: %d is out of order or range", at, n)
		}
	}
	c.count(at+".args.values", len(a.Values), MaxArgumentTuples)
	for _, v := range a.Values {
		if len(v) != len(a.Index) {
			c.fail("%s.args.values: %d values for %d arguments", at, len(v), len(a.Index))
		}
	}
}

func (c *checker) origin(at string, o *Origin) {
	if o == nil {
		return
	}
	c.length(at+".first.program", o.Program, maxPath)
	c.length(at+".first.comm", o.Comm, maxName)
	c.args(at+".first.args", o.Args)
	if o.Phase != "" {
		c.phases(at+".first", []Phase{o.Phase})
	}
}

func (c *checker) args(at string, list []string) {
	c.strings(at, list, maxArgs, maxArgBytes)
}
