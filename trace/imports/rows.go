package imports

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"batten/profiles"
)

// maxRows bounds each list of an import; the rest is counted as lost.
const maxRows = 10000

// rows gathers files, capabilities, contacts and so on while a file is read.
type rows struct {
	files    map[string]*profiles.File // by path
	caps     map[string]*profiles.Capability
	programs map[string]*profiles.Program
	contacts map[profiles.Contact]*profiles.Origin
	sockets  map[string]profiles.Socket
	mounts   map[string]profiles.Mount
	loss     profiles.Loss
	notes    *notes
}

func newRows() *rows {
	return &rows{
		files: map[string]*profiles.File{}, caps: map[string]*profiles.Capability{}, programs: map[string]*profiles.Program{},
		contacts: map[profiles.Contact]*profiles.Origin{}, sockets: map[string]profiles.Socket{}, mounts: map[string]profiles.Mount{}, notes: newNotes(),
	}
}

// usable tells whether a path can stand in a recording: absolute, clean, not too long.
func usable(p string) bool {
	return len(p) <= 4095 && utf8.ValidString(p) && path.IsAbs(p) && path.Clean(p) == p && !strings.ContainsRune(p, 0)
}

// file adds ways of touching a path. A slash at its end says that it is a folder.
func (r *rows) file(p string, origin *profiles.Origin, access ...profiles.Access) bool {
	folder := len(p) > 1 && strings.HasSuffix(p, "/")
	if folder {
		p = strings.TrimSuffix(p, "/")
	}
	if !usable(p) || len(access) == 0 {
		return false
	}
	row := r.files[p]
	if row == nil {
		if len(r.files) == maxRows {
			r.loss.Paths++
			return true
		}
		row = &profiles.File{Path: p, Part: profiles.PartApplication, First: origin, Runs: 1}
		r.files[p] = row
	}
	row.Folder = row.Folder || folder
	for _, a := range access {
		if !slices.Contains(row.Access, a) {
			row.Access = append(row.Access, a)
		}
	}
	if slices.Contains(access, profiles.AccessExecute) && !folder {
		r.program(p, origin)
	}
	return true
}

func (r *rows) program(p string, origin *profiles.Origin) {
	if r.programs[p] == nil && len(r.programs) < maxRows {
		r.programs[p] = &profiles.Program{Path: p, Part: profiles.PartApplication, First: origin, Runs: 1}
	}
}

func (r *rows) capability(name string, granted bool, origin *profiles.Origin) bool {
	n, ok := profiles.CapabilityNumber(name)
	if !ok {
		return false
	}
	full := profiles.CapabilityName(n)
	row := r.caps[full]
	if row == nil {
		row = &profiles.Capability{Name: full, Part: profiles.PartApplication, Phases: []profiles.Phase{}, Class: profiles.ClassUnknown, First: origin, Runs: 1}
		r.caps[full] = row
	}
	row.Granted = row.Granted || granted
	return true
}

func (r *rows) contact(c profiles.Contact, origin *profiles.Origin) {
	c.Part, c.Runs = profiles.PartApplication, 1
	if _, known := r.contacts[c]; !known && len(r.contacts) < maxRows {
		r.contacts[c] = origin
	}
}

func (r *rows) socket(s profiles.Socket) {
	s.Part, s.Runs = profiles.PartApplication, 1
	if _, known := r.sockets[s.String()]; !known && len(r.sockets) < maxRows {
		r.sockets[s.String()] = s
	}
}

func (r *rows) mount(m profiles.Mount) {
	m.Part, m.Runs = profiles.PartApplication, 1
	if _, known := r.mounts[m.String()]; !known && len(r.mounts) < maxRows {
		r.mounts[m.String()] = m
	}
}

func (r *rows) empty() bool {
	return len(r.files)+len(r.caps)+len(r.contacts)+len(r.sockets)+len(r.mounts) == 0
}

// recording puts the rows into a recording.
func (r *rows) recording(backend string, o Options) profiles.Recording {
	e := profiles.Evidence{Syscalls: []profiles.Syscall{}, Loss: r.loss}
	for _, f := range r.files {
		e.Files = append(e.Files, *f)
	}
	for _, c := range r.caps {
		e.Capabilities = append(e.Capabilities, *c)
	}
	for _, p := range r.programs {
		e.Programs = append(e.Programs, *p)
	}
	for c, origin := range r.contacts {
		c.First = origin
		e.Contacts = append(e.Contacts, c)
	}
	for _, s := range r.sockets {
		e.Sockets = append(e.Sockets, s)
	}
	for _, m := range r.mounts {
		e.Mounts = append(e.Mounts, m)
	}
	e.Sort()
	run := o.Run
	run.Backend, run.StartupSeen, run.Files = backend, false, ""
	if run.Arch == "" {
		run.Arch = profiles.ArchX8664
	}
	if run.Seccomp == "" {
		run.Seccomp = profiles.SeccompUnknown
	}
	return profiles.Recording{Schema: profiles.RecordingSchema, Service: o.Service, Run: run, Evidence: e}
}

// serviceOf is the service that a profile of batten's is for: its name is
// batten.PROJECT.SERVICE, with "-" for no project.
func serviceOf(profile string) (profiles.Service, bool) {
	rest, ours := strings.CutPrefix(profile, "batten.")
	rest, _, _ = strings.Cut(rest, "//") // a child profile
	project, service, ok := strings.Cut(rest, ".")
	if !ours || !ok || project == "" || service == "" || len(rest) > 200 {
		return profiles.Service{}, false
	}
	if project == "-" {
		project = ""
	}
	return profiles.Service{Name: service, Project: project, Kind: profiles.KindContainer}, true
}

// Unnamed is the name of a service that neither file nor caller names.
const Unnamed = "imported"

// called is the service that a profile of batten's is for, by the name that the caller
// gave it; for another profile what the caller said.
func called(s profiles.Service, profile string) profiles.Service {
	of, ok := serviceOf(profile)
	if !ok {
		s.Name, s.Kind = cmp.Or(s.Name, Unnamed), cmp.Or(s.Kind, profiles.KindContainer)
		return s
	}
	if s.Name != "" {
		of.Name = s.Name
	}
	of.Image = s.Image
	return of
}

// usableText tells whether text can stand in a recording as it is.
func usableText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
