package profiles

import (
	"fmt"
	"regexp"
	"slices"
)

var (
	syscallPattern = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,63}$`)
	capPattern     = regexp.MustCompile(`^CAP_[A-Z][A-Z0-9_]{0,40}$`)
	entryPattern   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`)
)

// checker collects the first fault and where it stands.
type checker struct {
	err error
	// recorded is how many runs there are: nothing was seen in more.
	recorded int
}

func (c *checker) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: "+format, append([]any{ErrMalformed}, args...)...)
	}
}

func (c *checker) pattern(where, what, s string, p *regexp.Regexp) {
	if !p.MatchString(s) {
		c.fail("%s: %s is no %s", where, quote(s), what)
	}
}

func (c *checker) length(where, s string, limit int) {
	if len(s) > limit {
		c.fail("%s: longer than %d bytes", where, limit)
	}
}

func (c *checker) count(where string, n, limit int) {
	if n > limit {
		c.fail("%s: more than %d items", where, limit)
	}
}

func (c *checker) runs(where string, n int) {
	if n < 0 || n > c.recorded {
		c.fail("%s: %d is no number of runs, of %d", where, n, c.recorded)
	}
}

func oneOf[T ~string](c *checker, where string, v T, allowed ...T) {
	if !slices.Contains(allowed, v) {
		c.fail("%s: %s is unknown", where, quote(string(v)))
	}
}

func (c *checker) strings(where string, list []string, n, limit int) {
	c.count(where, len(list), n)
	for _, s := range list {
		c.length(where, s, limit)
	}
}

func (r Recording) validate() error {
	c := &checker{recorded: 1}
	c.service(r.Service)
	c.run("run", r.Run)
	c.evidence(r.Evidence)
	return c.err
}

func (p Profile) validate() error {
	c := &checker{recorded: len(p.Runs)}
	c.service(p.Service)
	c.count("runs", len(p.Runs), maxRuns)
	for i, r := range p.Runs {
		c.run(fmt.Sprintf("runs[%d]", i), r)
	}
	c.evidence(p.Evidence)
	return c.err
}

func (c *checker) service(s Service) {
	c.length("service.name", s.Name, maxName)
	c.length("service.project", s.Project, maxName)
	c.length("service.image", s.Image, maxName*4)
	c.length("service.digest", s.Digest, maxName)
	c.strings("service.command", s.Command, maxCommand, maxPath)
	oneOf(c, "service.kind", s.Kind, KindContainer, KindCommand, KindProcess)
}

func (c *checker) run(where string, r Run) {
	c.length(where+".backend", r.Backend, maxName)
	c.length(where+".kernel", r.Kernel, maxName)
	c.length(where+".engine", r.Engine, maxName)
	c.length(where+".runtime", r.Runtime, maxName)
	c.length(where+".workload", r.Workload, maxPath)
	if !r.Arch.Valid() {
		c.fail("%s.arch: %s is unknown", where, quote(string(r.Arch)))
	}
	oneOf(c, where+".seccomp", r.Seccomp,
		SeccompRecord, SeccompUnconfined, SeccompDefault, SeccompCustom, SeccompUnknown)
}
