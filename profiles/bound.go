package profiles

import (
	"strings"
	"unicode/utf8"
)

// bound cuts what a traced program could make arbitrarily long, so that hostile
// names never keep evidence from being written. Cut explanations are counted as
// lost strings and events; no rule is ever cut.
func (e *Evidence) bound() {
	cut, args, origin := e.boundText, e.boundArgs, e.boundOrigin
	for i := range e.Entries {
		cut(&e.Entries[i].Program, maxPath)
		args(&e.Entries[i].Args)
	}
	if e.Syscalls == nil {
		e.Syscalls = []Syscall{} // the list is part of the format even when empty
	}
	for i := range e.Syscalls {
		origin(e.Syscalls[i].First)
		if e.Syscalls[i].Phases == nil {
			e.Syscalls[i].Phases = []Phase{}
		}
		e.Syscalls[i].Args.bound()
	}
	for i := range e.Denied {
		origin(e.Denied[i].First)
		e.Denied[i].Args.bound()
	}
	for i := range e.Capabilities {
		origin(e.Capabilities[i].First)
		if e.Capabilities[i].Phases == nil {
			e.Capabilities[i].Phases = []Phase{}
		}
		cut(&e.Capabilities[i].Caller, maxName)
		if e.Capabilities[i].Class == "" {
			e.Capabilities[i].Class = ClassUnknown // treated as a need
		}
	}
	e.Loss.Events += over(&e.Programs)
	for i := range e.Programs {
		origin(e.Programs[i].First)
		cut(&e.Programs[i].Path, maxPath)
		cut(&e.Programs[i].By, maxPath)
	}
	e.boundObserved()
}

func (e *Evidence) boundText(s *string, limit int) {
	if boundString(s, limit) {
		e.Loss.Strings++
	}
}

func (e *Evidence) boundArgs(list *[]string) {
	if len(*list) > maxArgs {
		*list = (*list)[:maxArgs]
		e.Loss.Strings++
	}
	for i := range *list {
		e.boundText(&(*list)[i], maxArgBytes)
	}
}

func (e *Evidence) boundOrigin(o *Origin) {
	if o == nil {
		return
	}
	e.boundText(&o.Program, maxPath)
	e.boundText(&o.Comm, maxName)
	e.boundArgs(&o.Args)
}

// bound keeps at most [MaxArgumentTuples] tuples; cut arguments are not complete.
func (a *Arguments) bound() {
	if a == nil {
		return
	}
	a.sort()
	if len(a.Values) > MaxArgumentTuples {
		a.Values, a.Complete = a.Values[:MaxArgumentTuples], false
	}
	if a.Values == nil {
		a.Values = [][]uint64{}
	}
	if a.Index == nil {
		a.Index = []int{}
	}
}

func (s *Service) bound() {
	boundString(&s.Name, maxName)
	boundString(&s.Project, maxName)
	boundString(&s.Image, maxName*4)
	boundString(&s.Digest, maxName)
	if len(s.Command) > maxCommand {
		s.Command = s.Command[:maxCommand]
	}
	for i := range s.Command {
		boundString(&s.Command[i], maxPath)
	}
}

func (r *Run) bound() {
	if r.Seccomp == "" {
		r.Seccomp = SeccompUnknown
	}
	for _, s := range []*string{&r.Backend, &r.Kernel, &r.Engine, &r.Runtime} {
		boundString(s, maxName)
	}
	boundString(&r.Workload, maxPath)
}

// boundString makes a string valid UTF-8 and at most limit bytes long, and tells
// whether bytes were cut off.
func boundString(s *string, limit int) bool {
	*s = strings.ToValidUTF8(*s, "\uFFFD")
	if len(*s) <= limit {
		return false
	}
	end := limit
	for end > 0 && !utf8.RuneStart((*s)[end]) {
		end--
	}
	*s = (*s)[:end]
	return true
}
