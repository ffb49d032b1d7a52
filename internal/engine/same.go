package engine

import (
	"os/exec"
	"path/filepath"
	"strings"

	"batten/internal/fault"
	"batten/profiles"
	"batten/trace"
)

// checkSame refuses, before anything is recorded, to merge recordings of different
// things that only share a name. A name that the user gave is meant.
func (t *tracing) checkSame(targets []trace.Target) error {
	if t.req.Name != "" || !t.req.Merge {
		return nil
	}
	for _, target := range targets {
		old, err := t.engine.load(t.folder, fileName(target.Service.Name))
		if err != nil || !old.found {
			continue // what cannot be read was told of already, or is replaced with --force
		}
		if other := differs(old.profile, target.Service); other != "" {
			return fault.New(fault.Usage, "give this one another name with --name, or start afresh with --merge=false",
				"trace %s: what is recorded under this name is another: %s", target.Service.Name, other)
		}
	}
	return nil
}

// differs says what a profile is of when that is not the service, and "" when it is
// or nobody can tell.
func differs(p profiles.Profile, s profiles.Service) string {
	old := p.Service
	switch {
	case old.Kind == profiles.KindContainer && s.Kind == profiles.KindContainer:
		if old.Image != "" && s.Image != "" && repository(old.Image) != repository(s.Image) {
			return "a container of " + old.Image
		}
	case old.Kind == profiles.KindContainer && s.Kind != "":
		return "a container of " + old.Image
	case s.Kind == profiles.KindContainer && old.Kind != "" && len(old.Command) > 0:
		return "the command " + old.Command[0]
	case len(old.Command) > 0 && len(s.Command) > 0 && !sameProgram(p, s.Command[0]):
		return "the program " + old.Command[0]
	}
	return ""
}

// repository is an image's name without its tag and digest.
func repository(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		image = image[:i]
	}
	return image
}

// sameProgram tells whether a profile is of a program, as far as can be told from
// how it was called and from the files that were executed. A relative path means
// another file in another folder.
func sameProgram(p profiles.Profile, program string) bool {
	old := p.Service.Command[0]
	if old == program && (filepath.IsAbs(program) || !strings.ContainsRune(program, filepath.Separator)) {
		return true
	}
	path, known := programPath(program), false
	for _, one := range p.Programs {
		if one.Path == path || programPath(one.Path) == path {
			return true
		}
		// A script is not among the programs; what is, says where it was.
		known = known || filepath.Base(one.Path) == filepath.Base(path)
	}
	return !known && programPath(old) == path
}

// programPath is the file that is executed for a program's name.
func programPath(name string) string {
	if found, err := exec.LookPath(name); err == nil {
		name = found
	}
	if full, err := filepath.Abs(name); err == nil {
		name = full
	}
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	return name
}
