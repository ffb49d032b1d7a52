package engine

import (
	"context"
	"strconv"
	"sync"
	"time"

	"batten/internal/docker"
	"batten/profiles"
	"batten/trace"
	"batten/trace/sample"
)

// observer is a session that, besides, samples from outside what is traced:
// memory, processors, users, sockets, and what a container wrote into its own
// layer. What cannot be read is left out of the recordings, and no more than that.
type observer struct {
	trace.Session
	docker  *docker.Engine // nil when nothing of it can be looked at from here
	sampler *sample.Sampler
	cancel  context.CancelFunc
	wait    sync.WaitGroup

	mu       sync.Mutex
	targets  []*observed // in the order of the session's targets and recordings
	projects map[string]bool
	peers    peers
	over     bool
	slow     bool // looking takes too long to do it while containers run; of the goroutine alone
}

// observed is one target and what is known of it besides the samples.
type observed struct {
	trace.Target
	key      string
	attempts int // to find its first process
	files    []profiles.File
	places   []place // nil until the container was looked at
}

// dockerUser is a subject that has containers.
type dockerUser interface{ connection() *docker.Engine }

// removes is a subject that removes containers: before, it calls what it is given.
type removes interface{ beforeRemoval(func(context.Context)) }

// observe begins to sample the targets of a session.
func observe(s trace.Session, about subject, targets []trace.Target) *observer {
	o := &observer{Session: s, sampler: sample.New("/"), projects: map[string]bool{}, peers: newPeers()}
	if user, ok := about.(dockerUser); ok && user.connection() != nil && user.connection().Local() {
		o.docker = user.connection()
	}
	if r, ok := about.(removes); ok {
		r.beforeRemoval(o.look)
	}
	for _, t := range targets {
		o.add(t)
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.cancel = cancel
	o.wait.Add(1)
	go func() {
		defer o.wait.Done()
		o.run(ctx)
	}()
	return o
}

// peersEvery is how many readings pass until the project's containers are listed
// anew.
const peersEvery = 8

// glanceEvery is how many readings pass until the containers' files are looked at.
const glanceEvery = 12

func (o *observer) run(ctx context.Context) {
	ticks := time.NewTicker(pollEvery)
	defer ticks.Stop()
	for n := 0; ; n++ {
		o.locate(ctx)
		if n%peersEvery == 0 {
			o.learnPeers(ctx)
		}
		o.sampler.Sample(time.Now())
		if n%glanceEvery == glanceEvery-1 {
			o.glance(ctx)
		}
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
	}
}

func (o *observer) add(t trace.Target) {
	key := strconv.Itoa(len(o.targets))
	o.targets = append(o.targets, &observed{Target: t, key: key})
	if t.PID != 0 {
		o.sampler.Follow(sample.Target{Key: key, PID: t.PID})
	}
}

// Add implements [trace.Session].
func (o *observer) Add(t trace.Target) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.Session.Add(t); err != nil {
		return err
	}
	o.add(t)
	return nil
}

// started tells of the processes that the session's command is.
func (o *observer) started(pids []int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, t := range o.targets {
		if t.Command != nil && len(pids) > 0 {
			o.sampler.Follow(sample.Target{Key: t.key, PID: pids[0]})
		}
	}
}

// SetPhase implements [trace.Session].
func (o *observer) SetPhase(service string, phase profiles.Phase) {
	o.Session.SetPhase(service, phase)
	o.mu.Lock()
	defer o.mu.Unlock()
	if service == "" {
		o.sampler.SetPhase("", phase)
	}
	for _, t := range o.targets {
		if t.Service.Name == service {
			o.sampler.SetPhase(t.key, phase)
		}
	}
}

// Snapshot implements [trace.Session].
func (o *observer) Snapshot() ([]profiles.Recording, error) {
	recs, err := o.Session.Snapshot()
	o.fill(recs)
	return recs, err
}

// Close implements [trace.Session].
func (o *observer) Close() ([]profiles.Recording, error) {
	o.end()
	recs, err := o.Session.Close()
	o.fill(recs)
	return recs, err
}

// end stops sampling, with a last reading.
func (o *observer) end() {
	o.mu.Lock()
	o.over = true
	o.mu.Unlock()
	o.cancel()
	o.wait.Wait()
}

// fill puts what was seen into recordings, beside what the tracer recorded. The
// recordings of a session share evidence with later ones, so that lists are replaced
// and not changed.
func (o *observer) fill(recs []profiles.Recording) {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]sample.Seen, len(o.targets))
	for i, t := range o.targets {
		all[i], _ = o.sampler.Seen(t.key)
	}
	n := min(len(recs), len(o.targets))
	sockets := o.peers.sockets(o.targets[:n], all[:n], recs[:n])
	for i := range n {
		recs[i].Files = joinFiles(recs[i].Files, o.targets[i].files, o.targets[i].places)
		recs[i].Sockets = sockets[i]
		if all[i].Readings > 0 {
			recs[i].Identities = all[i].Identities
			resources := all[i].Resources
			recs[i].Resources = &resources
		}
	}
}
