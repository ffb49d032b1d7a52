package ptrace

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"batten/profiles"
)

// maxRows bounds each list of what a service touched.
const maxRows = 50_000

// observed is what one target did to files, sockets and processes.
type observed struct {
	off      bool // not recorded
	files    map[fileKey]*profiles.File
	sockets  map[socketKey]*profiles.Socket
	contacts map[contactKey]*profiles.Contact
	mounts   map[mountKey]*profiles.Mount
}

type fileKey struct {
	path, target, device, program string
	folder                        bool
	kind                          profiles.FileKind
}

type socketKey struct {
	use                     profiles.SocketUse
	protocol, address, name string
	port                    int
}

type contactKey struct {
	kind                  profiles.ContactKind
	signal, peer, program string
}

type mountKey struct {
	operation, typ, source, path, options, program string
}

func newObserved(off bool) observed {
	return observed{
		off: off, files: make(map[fileKey]*profiles.File), sockets: make(map[socketKey]*profiles.Socket),
		contacts: make(map[contactKey]*profiles.Contact), mounts: make(map[mountKey]*profiles.Mount),
	}
}

// seesFiles tells whether rows are wanted: they are not after the end.
func (r *recorder) seesFiles() bool {
	if r.observed.off {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.end.IsZero()
}

func (r *recorder) count(f func(*profiles.Loss)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.end.IsZero() {
		r.changed = true
		f(&r.loss)
	}
}

// row returns the row of a key; nil when it is not to be noted. make gives a new one.
func row[K comparable, R any](r *recorder, rows map[K]*R, key K, make func() R) *R {
	if !r.end.IsZero() {
		return nil
	}
	x := rows[key]
	if x == nil {
		r.changed = true
		if len(rows) >= maxRows {
			r.loss.Paths++
			return nil
		}
		n := make()
		x = &n
		rows[key] = x
	}
	return x
}

// touch notes how a file was touched.
func (r *recorder) touch(th *thread, key fileKey, access ...profiles.Access) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := row(r, r.observed.files, key, func() profiles.File {
		return profiles.File{
			Path: key.path, Target: key.target, Device: key.device, Program: key.program, Folder: key.folder, Kind: key.kind,
			Part: profiles.PartApplication, First: r.origin(th), Runs: 1,
		}
	})
	if f == nil {
		return
	}
	for _, a := range access {
		if !slices.Contains(f.Access, a) {
			f.Access = append(f.Access, a)
			r.news, r.changed = time.Now(), true
		}
	}
	if !slices.Contains(f.Phases, r.phase) {
		f.Phases = append(f.Phases, r.phase)
		r.changed = true
	}
}

// maxSocketPrograms is how many programs the format names for one socket.
const maxSocketPrograms = 64

// socket notes a use of a socket. IPv6 addresses have no zone in recordings.
func (r *recorder) socket(th *thread, s profiles.Socket) {
	if a, err := netip.ParseAddr(s.Address); err == nil {
		s.Address = a.WithZone("").String()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	x := row(r, r.observed.sockets, socketKey{s.Use, s.Protocol, s.Address, s.Name, s.Port}, func() profiles.Socket {
		s.Part, s.First, s.Runs = profiles.PartApplication, r.origin(th), 1
		return s
	})
	if x == nil || th.image.file == "" || slices.Contains(x.Programs, th.image.file) {
		return
	}
	if r.changed = true; len(x.Programs) >= maxSocketPrograms {
		r.loss.Paths++
		return
	}
	x.Programs = append(x.Programs, th.image.file)
}

func (r *recorder) contact(th *thread, c profiles.Contact) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.Program = th.image.file
	row(r, r.observed.contacts, contactKey{c.Kind, c.Signal, c.Peer, c.Program}, func() profiles.Contact {
		c.Part, c.First, c.Runs = profiles.PartApplication, r.origin(th), 1
		return c
	})
}

func (r *recorder) mount(th *thread, m profiles.Mount) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m.Program = th.image.file
	key := mountKey{m.Operation, m.Type, m.Source, m.Path, strings.Join(m.Options, ","), m.Program}
	row(r, r.observed.mounts, key, func() profiles.Mount {
		m.Part, m.First, m.Runs = profiles.PartApplication, r.origin(th), 1
		return m
	})
}

// fill copies the rows into evidence. What is written once is shared.
func (o *observed) fill(e *profiles.Evidence) {
	for _, f := range o.files {
		x := *f
		x.Access, x.Phases = slices.Clone(f.Access), slices.Clone(f.Phases)
		e.Files = append(e.Files, x)
	}
	for _, s := range o.sockets {
		x := *s
		x.Programs = slices.Clone(s.Programs)
		e.Sockets = append(e.Sockets, x)
	}
	for _, c := range o.contacts {
		e.Contacts = append(e.Contacts, *c)
	}
	for _, m := range o.mounts {
		e.Mounts = append(e.Mounts, *m)
	}
}
