package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"batten/generators/seccomp"
	"batten/internal/atomicfile"
	"batten/internal/fault"
	"batten/profiles"
)

// former is what a service could do before batten looked at it. The zero value
// means that nothing is known: the engine's defaults.
type former struct {
	policy *seccomp.Policy // its own profile; nil is the engine's default
	caps   []string        // its bounding set; nil is the engine's default
}

// generation is what a policy is made for.
type generation struct {
	mode   seccomp.Mode
	former former
	exec   bool // also allow what commands executed by hand needed
	// nnp is the no-new-privileges setting that the policy is for; keep takes the one
	// that the recordings had.
	nnp     Setting
	wrapper bool // also allow what a shell needs that reads secrets before the program
}

// generate makes the policy of a profile for this machine's runtime, as far as
// that was measured.
func (e *Engine) generate(p profiles.Profile, g generation) (*seccomp.Result, error) {
	nnp := noNewPrivileges(p)
	if g.nnp == SettingOn || g.nnp == SettingOff {
		nnp = g.nnp == SettingOn
	}
	result, err := seccomp.Generate(p, seccomp.Options{
		Mode: g.mode, NoNewPrivileges: nnp, Runtime: e.runtimeNeeds(p, nnp),
		Ceiling: g.former.policy, Capabilities: g.former.caps, IncludeExec: g.exec, Wrapper: g.wrapper,
	})
	switch {
	case errors.Is(err, seccomp.ErrNoEvidence):
		return nil, fault.Wrap(fault.Usage, err, "record the service while it starts: batten trace")
	case errors.Is(err, seccomp.ErrInvalid):
		return nil, fault.Wrap(fault.Usage, err, "")
	}
	return result, err
}

// noNewPrivileges is the setting that a policy is made for: on only when every
// run had it, because without it the runtime needs more.
func noNewPrivileges(p profiles.Profile) bool {
	for _, r := range p.Runs {
		if !r.NoNewPrivileges {
			return false
		}
	}
	return len(p.Runs) > 0
}

// runtimeNeeds is what starts the service under the filter: measured on this
// machine when the recording is of this machine's runtime, else nothing, for
// which the generator has a table.
func (e *Engine) runtimeNeeds(p profiles.Profile, nnp bool) profiles.RuntimeNeeds {
	if p.Service.Kind != profiles.KindContainer {
		return commandNeeds(p, nnp)
	}
	if len(p.Runs) == 0 {
		return profiles.RuntimeNeeds{}
	}
	needs, _ := e.cachedNeeds(p.Runs[len(p.Runs)-1].Runtime, nnp)
	return needs
}

// seccompMark is a comment that every policy of batten's has, and hardly one of
// anybody else's: by it an existing file is known to be batten's.
const seccompMark = "answer ENOSYS so that libraries fall back to an older call"

func (e *Engine) oursSeccomp(existing []byte) bool {
	return e.options.Force || strings.Contains(string(existing), seccompMark)
}

func (e *Engine) writeSeccomp(f *atomicfile.Folder, service string, r *seccomp.Result) error {
	name := e.seccompPath(service)
	if err := f.Write(name, r.JSON, atomicfile.Options{Ours: e.oursSeccomp}); err != nil {
		return foreign(err)
	}
	e.emit(Wrote{Path: name, What: "seccomp profile"})
	return nil
}

// checkSeccompFile says before a recording that its profile could not be written.
func (e *Engine) checkSeccompFile(f *atomicfile.Folder, service string) error {
	name := e.seccompPath(service)
	data, err := f.Read(name, profiles.MaxFileBytes)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return foreign(err)
	case !e.oursSeccomp(data):
		return foreign(fmt.Errorf("write file %s: %w", f.Path(name), atomicfile.ErrForeign))
	}
	return nil
}
