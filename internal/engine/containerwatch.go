package engine

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"batten/internal/docker"
	"batten/profiles"
	"batten/trace"
)

// containerWatch adds the containers of wanted services to a session as soon as
// the engine tells of them, and notices when none is left. The tracer sees a
// container from its first call on, whenever it is added.
type containerWatch struct {
	subject *composeSubject
	session trace.Session
	gone    chan struct{}

	mu      sync.Mutex
	found   []docker.Container
	added   map[string]bool
	closing bool
}

func newContainerWatch(c *composeSubject, s trace.Session) *containerWatch {
	w := &containerWatch{subject: c, session: s, gone: make(chan struct{}), added: map[string]bool{}}
	for _, all := range c.before {
		for _, one := range all {
			// They are targets from the beginning, or will be replaced.
			w.added[one.ID] = true
			if one.State == "running" && slices.Contains(c.services, one.Service) && !slices.Contains(c.renew, one.Service) {
				w.found = append(w.found, one)
			}
		}
	}
	return w
}

// run follows the engine until ctx ends.
func (w *containerWatch) run(ctx context.Context) {
	stream := w.subject.docker.Events(ctx, docker.LabelProject+"="+w.subject.project.Name)
	check := time.NewTicker(time.Second)
	defer check.Stop()
	idle := 0
	for {
		select {
		case ev, ok := <-stream.C:
			if !ok {
				if err := stream.Err(); err != nil {
					w.subject.engine.warn("the engine's events ended: "+err.Error(), "containers that start from now on may be missed")
				}
				<-ctx.Done()
				return
			}
			if ev.Kind == docker.EventCreate || ev.Kind == docker.EventStart {
				w.add(ctx, ev.Container, ev.Service, ev.Name)
			}
		case <-check.C:
			// Two checks in a row: a container that restarts is away for a moment.
			if idle = w.idle(ctx, idle); idle == 2 {
				close(w.gone)
				idle++
			}
		case <-ctx.Done():
			return
		}
	}
}

// idle counts checks in a row in which no wanted container ran.
func (w *containerWatch) idle(ctx context.Context, count int) int {
	if count > 2 || len(w.containers()) == 0 {
		return count
	}
	for _, one := range w.containers() {
		now, err := w.subject.docker.Inspect(ctx, one.ID)
		if err != nil && !errors.Is(err, docker.ErrNoContainer) || err == nil && now.State != "exited" && now.State != "dead" {
			return 0
		}
	}
	return count + 1
}

// sweep adds what the events have not told of yet.
func (w *containerWatch) sweep(ctx context.Context) error {
	listed, err := w.subject.docker.ListProject(ctx, w.subject.project.Name, true)
	if err != nil {
		return err
	}
	for _, l := range listed {
		if !l.OneOff {
			w.add(ctx, l.ID, l.Service, l.Name)
		}
	}
	return nil
}

func (w *containerWatch) add(ctx context.Context, id, service, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing || w.added[id] || !slices.Contains(w.subject.services, service) {
		return
	}
	one, err := w.subject.docker.Inspect(ctx, id)
	if err != nil {
		// It is gone already; what it did is in the tracer under its id.
		one = docker.Container{ID: id, Name: name, Project: w.subject.project.Name, Service: service}
	}
	t := w.subject.target(one, true)
	if err != nil {
		t.Run.Seccomp = profiles.SeccompRecord
	}
	if err := w.session.Add(t); err != nil {
		w.subject.engine.warn("container "+name+" is not traced: "+err.Error(), "")
		return
	}
	w.added[id] = true
	w.found = append(w.found, one)
}

// stopAdding leaves containers alone that start from now on.
func (w *containerWatch) stopAdding() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closing = true
}

func (w *containerWatch) containers() []docker.Container {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.found)
}
