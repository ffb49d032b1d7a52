package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"batten/internal/atomicfile"
	"batten/internal/fault"
	"batten/profiles"
	"batten/trace"
)

const (
	pollEvery = 250 * time.Millisecond
	// settle is how long nothing new must be seen for a service that does not say
	// when it is ready to count as started, and after a workload.
	settle = 2 * time.Second
	// maxStartup is how long a service may take to start before the workload
	// begins anyway.
	maxStartup = 90 * time.Second
	// abortGrace bounds the cleaning up after the second interrupt.
	abortGrace = 20 * time.Second
)

// Trace records what services need, keeps the recordings and writes a seccomp
// profile for each. Closing req.Stop ends it early and keeps everything;
// cancelling ctx aborts it: what was seen is then kept as an unfinished
// recording, which the next trace merges.
func (e *Engine) Trace(ctx context.Context, req TraceRequest) (*TraceResult, error) {
	if err := req.check(); err != nil {
		return nil, err
	}
	s, containers, err := e.subject(ctx, req)
	if err != nil {
		return nil, err
	}
	if c, ok := s.(*composeSubject); ok {
		e = c.engine // of the folder that the compose file is in
	}
	folder, err := e.open()
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	defer folder.Close()
	if containers && req.Backend == BackendPtrace {
		return nil, fault.New(fault.Usage, "leave --backend out, or trace a command or pid:N",
			"trace containers: ptrace cannot follow containers")
	}
	t := &tracing{engine: e, folder: folder, req: req, subject: s, containers: containers}
	result, err := t.run(ctx)
	return result, errors.Join(err, s.Close())
}

func (r TraceRequest) check() error {
	switch {
	case len(r.Command) > 0 && len(r.Targets) > 0:
		return fault.New(fault.Usage, "trace one or the other", "trace: both a command and targets were given")
	case r.For < 0:
		return fault.New(fault.Usage, "give a duration such as 30s", "trace: the duration is negative")
	}
	return nil
}

// tracing is one call of [Engine.Trace].
type tracing struct {
	engine     *Engine
	folder     *atomicfile.Folder
	req        TraceRequest
	subject    subject
	containers bool

	session  trace.Session // the observer
	observer *observer
	rec      *recorder
	workload *workload
	limited  bool   // ended by req.For
	missed   string // why the workload never ran
	result   TraceResult
}

func (t *tracing) run(ctx context.Context) (*TraceResult, error) {
	targets, err := t.subject.prepare(ctx)
	if err != nil {
		return nil, err
	}
	if err := t.engine.checkStored(t.folder, serviceNames(t.subject, targets)); err != nil {
		return nil, err
	}
	if err := t.checkSame(targets); err != nil {
		return nil, err
	}
	over := make(chan struct{})
	defer close(over)
	go t.announceStop(over)
	if t.session, err = t.engine.startSession(ctx, t.req.Backend, t.req.NoFiles, t.containers, targets); err != nil {
		return nil, err
	}
	t.observer = observe(t.session, t.subject, targets)
	t.session = t.observer
	start := time.Now()
	t.rec = newRecorder(t.engine, t.folder, t.session, start)
	if err := t.subject.begin(ctx, phased{t.session, t.rec}); err != nil {
		return nil, t.abandon(ctx, err)
	}
	if c, ok := t.subject.(*commandSubject); ok {
		t.observer.started(c.child)
	}
	if err := t.watch(ctx); err != nil {
		return nil, t.abandon(ctx, err)
	}
	if err := errors.Join(t.stop(ctx), ctx.Err()); err != nil {
		return nil, t.abandon(ctx, err)
	}
	t.result.Seconds = uint64(time.Since(start).Seconds())
	return t.conclude()
}

// announceStop says, when the first interrupt comes, what the second would do.
func (t *tracing) announceStop(over <-chan struct{}) {
	select {
	case <-t.req.Stop:
		t.engine.info("stopping, and keeping what was recorded; Ctrl-C again to abort")
	case <-over:
	}
}

// watch follows the trace until it is time to stop.
func (t *tracing) watch(ctx context.Context) error {
	ticks := time.NewTicker(pollEvery)
	defer ticks.Stop()
	var limit <-chan time.Time
	if t.req.For > 0 {
		timer := time.NewTimer(t.req.For)
		defer timer.Stop()
		limit = timer.C
	}
	t.engine.emit(Waiting{For: t.waitsFor()})
	p := phases{tracing: t, began: time.Now()}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.req.Stop:
			t.result.Interrupted = true
			return nil
		case <-limit:
			t.limited = true
			return nil
		case <-t.session.Exited():
			return nil
		case <-t.subject.done():
			return nil
		case now := <-ticks.C:
			if err := t.rec.poll(now); err != nil {
				return err
			}
			if over, err := p.advance(ctx, now); over || err != nil {
				return err
			}
		}
	}
}

func (t *tracing) waitsFor() string {
	switch {
	case t.req.Workload != "":
		return "the services to be ready for the workload"
	case t.req.For > 0:
		return t.req.For.String() + " to pass"
	case len(t.req.Command) > 0:
		return "the command to end"
	}
	return "an interrupt"
}

// stop ends what batten started, still under trace.
func (t *tracing) stop(ctx context.Context) error {
	t.rec.enter("", profiles.PhaseShutdown)
	select {
	case <-t.session.Exited():
	default:
		t.result.Stopped = len(t.req.Command) > 0
	}
	if t.req.Workload != "" && t.workload == nil && !t.result.Interrupted {
		t.missed = t.whyMissed(ctx)
	}
	if t.workload != nil {
		t.result.Workload = t.workload.stop()
	}
	stopped := make(chan error, 1)
	go func() {
		t.observer.look(ctx)
		err := t.subject.end(ctx)
		t.observer.look(ctx)
		stopped <- err
	}()
	ticks := time.NewTicker(pollEvery)
	defer ticks.Stop()
	for {
		select {
		case err := <-stopped:
			return err
		case now := <-ticks.C:
			if err := t.rec.poll(now); err != nil {
				return errors.Join(err, <-stopped)
			}
		}
	}
}

// abandon cleans up after an error or the second interrupt: what was seen stays
// as an unfinished recording.
func (t *tracing) abandon(ctx context.Context, cause error) error {
	cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortGrace)
	defer cancel()
	if t.workload != nil {
		t.workload.stop()
	}
	t.observer.end()
	if h, ok := t.subject.(interface{ hurry() }); ok && ctx.Err() != nil {
		h.hurry()
	}
	var errs []error
	if recs, err := t.session.Snapshot(); err == nil {
		t.rec.take(recs, time.Now())
		errs = append(errs, t.rec.save())
	}
	errs = append(errs, t.subject.end(cleanup))
	if _, err := t.session.Close(); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		t.engine.warn(fmt.Sprintf("cleaning up: %v", err), "")
	}
	if ctx.Err() != nil {
		return fault.Wrap(fault.KindOf(ctx.Err()), errors.New("trace aborted"),
			"what was seen is kept in "+t.engine.recordings()+" and merged by the next trace")
	}
	return cause
}

// conclude keeps the recordings and writes the profiles.
func (t *tracing) conclude() (*TraceResult, error) {
	recs, err := t.session.Close()
	if err != nil {
		return nil, fmt.Errorf("end trace: %w", err)
	}
	if len(t.req.Command) > 0 {
		code := t.session.ExitCode()
		t.result.ExitCode = &code
	}
	names, by := finish(recs, func(*profiles.Run) {})
	if len(names) == 0 {
		return nil, fault.New(fault.Environment, "check that the services start: docker ps --all",
			"trace: nothing was seen of any service")
	}
	t.result.Schema = TraceSchema
	for _, name := range names {
		one, err := t.concludeService(name, by[name])
		if err != nil {
			return &t.result, fmt.Errorf("keep %s: %w", name, err)
		}
		t.result.Services = append(t.result.Services, one)
	}
	if t.missed != "" {
		return &t.result, fault.New(fault.Findings, "the recording is kept, without the workload; look at the service's log",
			"%s before the workload ran", t.missed)
	}
	if w := t.result.Workload; w != nil && w.ExitCode != 0 {
		return &t.result, fault.New(fault.Findings, "the recording is kept; repair the workload and trace again",
			"workload ended with exit code %d", w.ExitCode)
	}
	return &t.result, nil
}

// whyMissed says what happened before the workload could run.
func (t *tracing) whyMissed(ctx context.Context) string {
	switch words := lastWords(ctx, t.subject); {
	case len(words) > 0:
		return join(words)
	case t.limited:
		return "the time was over"
	case len(t.req.Command) > 0:
		return fmt.Sprintf("%s ended with code %d", ServiceName(t.req.Command), t.session.ExitCode())
	}
	return "everything ended"
}

// lastWords are the endings that a subject knows of.
func lastWords(ctx context.Context, s subject) []string {
	if l, ok := s.(interface {
		lastWords(context.Context) []string
	}); ok {
		return l.lastWords(ctx)
	}
	return nil
}

func (t *tracing) concludeService(name string, runs []profiles.Recording) (ServiceResult, error) {
	p, err := t.engine.keep(t.folder, name, runs, t.req.Merge)
	if err != nil {
		return ServiceResult{}, err
	}
	out := ServiceResult{Service: p.Service, Recording: t.engine.recordingPath(name)}
	before := t.former(name)
	policy, err := t.engine.generate(p, generation{mode: t.req.Mode, former: before})
	if err != nil {
		// What AppArmor has to say has no calls in it: nobody expects a profile of them.
		if callless := strings.HasPrefix(runs[0].Run.Backend, "import/a"); callless && len(p.Syscalls) == 0 {
			out.Summary = summarise(p, nil, before.caps)
			return out, nil
		}
		t.engine.warn(fmt.Sprintf("no seccomp profile for %s: %v", name, err), fault.Hint(err))
		out.Summary = summarise(p, nil, before.caps)
		out.Summary.Warnings = t.warnings(name)
		return out, nil
	}
	out.Seccomp = t.engine.seccompPath(name)
	if err := t.engine.writeSeccomp(t.folder, name, policy); err != nil {
		return out, err
	}
	out.Summary = summarise(p, policy, before.caps)
	out.Summary.Warnings = t.warnings(name)
	return out, nil
}

// warnings are what a subject has to say of what its trace could not see.
func (t *tracing) warnings(name string) []string {
	if w, ok := t.subject.(interface{ warnings(string) []string }); ok {
		return w.warnings(name)
	}
	return nil
}

// former is what a service could do before it was traced.
func (t *tracing) former(name string) former {
	if f, ok := t.subject.(interface{ former(string) former }); ok {
		return f.former(name)
	}
	return former{}
}

// serviceNames are the services that recordings will be kept of.
func serviceNames(s subject, targets []trace.Target) []string {
	if n, ok := s.(interface{ names() []string }); ok {
		return n.names()
	}
	var out []string
	for _, t := range targets {
		out = append(out, t.Service.Name)
	}
	return out
}
