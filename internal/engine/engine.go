// Package engine is what the command line and the terminal program use: it joins
// projects, tracers, profiles and generators into the things that batten does.
//
// Invariants. It is the only writer of the user's files, all through
// internal/atomicfile. It says what goes on in typed [Event]s and knows no
// terminal: texts from traced programs leave it as they are, and whoever shows
// them escapes them. Whatever a call starts (containers, processes, goroutines)
// has ended or is told of when the call returns.
package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"batten/internal/atomicfile"
	"batten/internal/fault"
)

// DefaultFolder is where batten's files are kept in a project.
const DefaultFolder = "hardened"

// Options are what every call needs to know.
type Options struct {
	Dir    string   // the project; "" is the working folder
	Folder string   // of batten's files, relative to Dir; "" is [DefaultFolder]
	Files  []string // compose files; none means those that compose takes
	Force  bool     // replace files that batten did not write
	// Events receives what happens, from one goroutine at a time; nil drops it.
	Events func(Event)
}

// Engine works on one project. Its methods may be called from several
// goroutines, one long call (Trace, Verify, Demo) at a time.
type Engine struct {
	options Options
	dir     string     // absolute; batten's folder is in it
	called  string     // absolute: where the user's own commands run
	events  sync.Mutex // one event at a time
}

// New makes an engine. It touches nothing yet.
func New(o Options) (*Engine, error) {
	if o.Folder == "" {
		o.Folder = DefaultFolder
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("find project: %w", err)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fault.New(fault.Usage, "give an existing folder to -C", "open project: %s is no folder", dir)
	}
	if !filepath.IsLocal(o.Folder) || filepath.Clean(o.Folder) == "." {
		return nil, fault.New(fault.Usage, "give a folder inside the project to --dir",
			"open project: %q is no folder inside the project", o.Folder)
	}
	o.Folder = filepath.ToSlash(filepath.Clean(o.Folder))
	return &Engine{options: o, dir: dir, called: dir}, nil
}

// Dir is the project's folder.
func (e *Engine) Dir() string { return e.dir }

func (e *Engine) emit(ev Event) {
	if e.options.Events == nil {
		return
	}
	e.events.Lock()
	defer e.events.Unlock()
	e.options.Events(ev)
}

// open opens the project's folder for reading and writing.
func (e *Engine) open() (*atomicfile.Folder, error) {
	f, err := atomicfile.Open(e.dir)
	if err != nil {
		return nil, fault.Wrap(fault.Usage, err, "")
	}
	return f, nil
}
