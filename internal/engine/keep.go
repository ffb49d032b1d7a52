package engine

import (
	"errors"
	"fmt"
	"syscall"

	"batten/internal/atomicfile"
	"batten/internal/fault"
	"batten/profiles"
)

// checkStored makes sure, before anything is recorded, that the recording can be
// kept afterwards.
func (e *Engine) checkStored(f *atomicfile.Folder, services []string) error {
	for _, service := range services {
		for _, name := range []string{e.recordingPath(service), e.seccompPath(service)} {
			if err := f.Check(name); err != nil {
				return foreign(err)
			}
		}
		if e.options.Force {
			continue
		}
		if _, err := e.load(f, fileName(service)); err != nil {
			return fault.Wrap(fault.Usage, fmt.Errorf("keep the recording of %s: %w", service, err),
				"move the file away, or replace it with --force")
		}
		if err := e.checkSeccompFile(f, service); err != nil {
			return err
		}
	}
	return nil
}

// keep merges new runs into what is stored of a service, with what killed battens
// left of it. Without merge the new runs replace what is stored.
func (e *Engine) keep(f *atomicfile.Folder, service string, runs []profiles.Recording, merge bool) (profiles.Profile, error) {
	p, err := mergeRuns(runs)
	if err != nil {
		return p, fmt.Errorf("keep recording: %w", err)
	}
	unlock, err := f.Lock(e.recordings())
	if err != nil {
		return p, fault.Wrap(fault.Environment, err, "make the folder writable, or choose another with --dir")
	}
	defer unlock()
	if err := f.Sweep(e.recordings()); err != nil {
		return p, err
	}
	var old stored
	if old, err = e.load(f, fileName(service)); err != nil && !e.options.Force {
		return p, err
	}
	if merge && old.found {
		if p, err = e.join(old.profile, p); err != nil {
			return p, err
		}
	}
	data, err := encodeProfile(p)
	if err != nil {
		return p, fmt.Errorf("keep recording: %w", err)
	}
	name := e.recordingPath(service)
	if err := f.Write(name, data, atomicfile.Options{Ours: e.ours}); err != nil {
		return p, foreign(err)
	}
	e.emit(Wrote{Path: name, What: "recording"})
	for _, left := range append(old.leftOver, e.partialPath(service)) {
		if err := f.Remove(left); err != nil {
			return p, err
		}
	}
	return p, nil
}

// join merges new runs into old ones and says when what was recorded is not the
// same thing any more.
func (e *Engine) join(old, new profiles.Profile) (profiles.Profile, error) {
	if old.Service.Digest != "" && new.Service.Digest != "" && old.Service.Digest != new.Service.Digest {
		e.warn("the image of "+new.Service.Name+" has changed since it was recorded: the profile is for both images",
			"start afresh with --merge=false")
	}
	p, err := profiles.Merge(old, new)
	if err != nil {
		return new, fault.Wrap(fault.Usage, err, "start afresh with --merge=false")
	}
	return p, nil
}

// removeLink is what to do about a link on the way to batten's files.
const removeLink = "remove the link, or choose another folder with --dir: batten's files stay inside the project"

// foreign gives a refusal to overwrite its kind and hint.
func foreign(err error) error {
	switch {
	case errors.Is(err, atomicfile.ErrForeign):
		return fault.Wrap(fault.Usage, err, "move the file away, or replace it with --force")
	case errors.Is(err, syscall.ENOTDIR):
		return fault.Wrap(fault.Environment, err, "a file is where a folder of batten's should be: move it away, or choose another with --dir")
	case errors.Is(err, atomicfile.ErrNotRegular):
		return fault.Wrap(fault.Usage, err, "remove what is there: batten does not write through links")
	case errors.Is(err, atomicfile.ErrOutside):
		return fault.Wrap(fault.Usage, err, removeLink)
	}
	return fault.Default(fault.Environment, err, "check that the folder can be written")
}
