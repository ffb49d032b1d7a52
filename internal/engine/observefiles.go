package engine

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"batten/internal/docker"
	"batten/profiles"
)

const (
	// lookLimit bounds how long it may take to find out what containers wrote.
	lookLimit = 30 * time.Second
	// looksAtOnce bounds how many containers are looked at together.
	looksAtOnce = 4
	// longGlance is how long looking may take while the containers run.
	longGlance = time.Second
)

// look finds out what the containers wrote into their own layers so far. It is called
// while they run, because a socket or the file of a process id goes when they stop, and
// when they have stopped, before they are removed. What was seen once stays seen.
func (o *observer) look(ctx context.Context) {
	if o.docker == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	var wait sync.WaitGroup
	slots := make(chan struct{}, looksAtOnce)
	for _, t := range o.containers() {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			o.lookAt(ctx, t)
		})
	}
	wait.Wait()
}

// glance looks while the containers run, unless looking takes the engine too long
// for that.
func (o *observer) glance(ctx context.Context) {
	if o.slow {
		return
	}
	begun := time.Now()
	o.look(ctx)
	o.slow = time.Since(begun) > longGlance
}

func (o *observer) containers() []*observed {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []*observed
	for _, t := range o.targets {
		if t.Container != "" && !o.over {
			out = append(out, t)
		}
	}
	return out
}

func (o *observer) lookAt(ctx context.Context, t *observed) {
	found, err := o.docker.Inspect(ctx, t.Container)
	if err != nil {
		return
	}
	changes, err := o.docker.Diff(ctx, t.Container)
	if err != nil {
		return
	}
	files := written(changes, found.Mounts)
	o.mu.Lock()
	defer o.mu.Unlock()
	if t.places == nil {
		t.places = placesOf(found.Mounts, "")
	}
	t.files = united(t.files, files)
}

// united are the files of two looks, by path. Neither list is changed: recordings
// share them.
func united(old, new []profiles.File) []profiles.File {
	at := map[string]int{}
	out := slices.Clone(old)
	for i, f := range out {
		at[f.Path] = i
	}
	for _, f := range new {
		i, known := at[f.Path]
		if !known {
			at[f.Path] = len(out)
			out = append(out, f)
			continue
		}
		access := slices.Concat(out[i].Access, f.Access)
		slices.Sort(access)
		out[i].Access = slices.Compact(access)
		out[i].Folder = out[i].Folder && f.Folder
	}
	return fewer(out)
}

// enginePaths are files that the engine and the runtime make in a container.
var enginePaths = map[string]bool{
	"/.dockerenv": true, "/etc/hosts": true, "/etc/hostname": true, "/etc/resolv.conf": true, "/etc/mtab": true,
	"/dev": true, "/proc": true, "/sys": true,
}

var accessOf = map[docker.FileChangeKind]profiles.Access{
	docker.FileAdded: profiles.AccessCreate, docker.FileModified: profiles.AccessWrite, docker.FileDeleted: profiles.AccessRemove,
}

// written turns changes of a container's layer into files of a recording. Places
// where something is mounted, and folders that were only made to mount there, are
// the engine's work.
func written(changes []docker.FileChange, mounts []docker.Mount) []profiles.File {
	var out []profiles.File
	for _, c := range changes {
		access, known := accessOf[c.Kind]
		if !known || ofEngine(c, mounts) {
			continue
		}
		out = append(out, profiles.File{
			Path: c.Path, Folder: c.Folder, Access: []profiles.Access{access}, Mount: profiles.MountRoot, Runs: 1,
		})
	}
	return fewer(out)
}

func ofEngine(c docker.FileChange, mounts []docker.Mount) bool {
	top := "/" + strings.SplitN(strings.TrimPrefix(c.Path, "/"), "/", 2)[0]
	if enginePaths[c.Path] || top != c.Path && enginePaths[top] {
		return true
	}
	for _, m := range mounts {
		at := path.Clean(m.Destination)
		if below(c.Path, at) || c.Folder && c.Kind == docker.FileAdded && below(at, c.Path) {
			return true
		}
	}
	return false
}

// below tells whether a path is another or in it.
func below(p, folder string) bool {
	return p == folder || strings.HasPrefix(p, strings.TrimSuffix(folder, "/")+"/")
}

const (
	manyFiles  = 2000 // of a recording: more say nothing more
	manyBeside = 20   // in one folder
)

// fewer names folders in place of the many files in them when there are very many.
func fewer(files []profiles.File) []profiles.File {
	if len(files) <= manyFiles {
		return files
	}
	beside := map[string]int{}
	for _, f := range files {
		beside[path.Dir(f.Path)]++
	}
	var out []profiles.File
	at := map[string]int{}
	for _, f := range files {
		if dir := path.Dir(f.Path); beside[dir] > manyBeside {
			f = profiles.File{Path: dir, Folder: true, Access: []profiles.Access{profiles.AccessWrite}, Mount: f.Mount, Runs: 1}
		}
		if i, ok := at[f.Path]; ok {
			out[i].Access = union(out[i].Access, f.Access)
			continue
		}
		at[f.Path] = len(out)
		out = append(out, f)
	}
	return out
}

func union(a, b []profiles.Access) []profiles.Access {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
