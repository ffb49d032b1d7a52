package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"batten/generators/seccomp"
	"batten/internal/compose"
	"batten/internal/docker"
	"batten/internal/fault"
	"batten/profiles"
	"batten/project"
	"batten/trace"
)

// composeSubject is services of a compose project. What did not run is started
// under trace and stopped again afterwards; what ran is traced from mid-life, or
// made anew with --restart and put back as it was afterwards.
type composeSubject struct {
	engine   *Engine
	request  TraceRequest
	project  *project.Project
	services []string // wanted

	docker  *docker.Engine
	facts   docker.Facts
	compose *compose.Session
	before  map[string][]docker.Container // by service: what was there
	fresh   []string                      // wanted, not running: to be started
	renew   []string                      // wanted, running, to be made anew

	watch  *containerWatch
	cancel context.CancelFunc
	wait   sync.WaitGroup
	up     bool // something was, or may have been, started
	look   func(context.Context)
}

func (c *composeSubject) names() []string {
	if c.request.Name != "" && len(c.services) == 1 {
		return []string{c.request.Name}
	}
	return c.services
}

func (c *composeSubject) nameOf(service string) string {
	if c.request.Name != "" && len(c.services) == 1 {
		return c.request.Name
	}
	return service
}

func (c *composeSubject) prepare(ctx context.Context) ([]trace.Target, error) {
	if err := c.checkServices(); err != nil {
		return nil, err
	}
	tool, err := compose.Find(ctx)
	if errors.Is(err, compose.ErrNoTool) {
		return nil, fault.Wrap(fault.Environment, err, "install docker compose, or start the services and trace container:NAME")
	}
	if err != nil {
		return nil, err
	}
	if c.docker, err = connect(ctx); err != nil {
		return nil, err
	}
	if c.facts, err = c.docker.Facts(ctx); err != nil {
		return nil, err
	}
	if err := c.lookAround(ctx); err != nil {
		return nil, err
	}
	say := func(line string) { c.engine.emit(Output{From: tool.Name(), Line: line}) }
	if c.compose, err = compose.Open(tool, c.project, c.changes(), say); err != nil {
		return nil, err
	}
	c.tellWhatHappens()
	c.calibrate(ctx)
	var out []trace.Target
	for _, name := range c.services {
		if slices.Contains(c.fresh, name) || slices.Contains(c.renew, name) {
			continue
		}
		c.engine.info(name + " runs already: traced from mid-life (its start is seen with --restart, which recreates it)")
		for _, one := range c.before[name] {
			if one.State == "running" {
				c.warnRecording(one)
				out = append(out, c.target(one, false))
			}
		}
	}
	return out, nil
}

// tellWhatHappens says before it is done what starting services means for them.
func (c *composeSubject) tellWhatHappens() {
	var lost []string
	for _, name := range slices.Concat(c.fresh, c.renew) {
		if len(c.before[name]) > 0 {
			lost = append(lost, name)
		}
	}
	if len(lost) > 0 {
		c.engine.warn("the containers of "+join(lost)+" are recreated: what was written into them, outside volumes, is lost",
			"keep what must stay in a volume, or trace container:NAME as it runs")
	}
	if begun := slices.Concat(c.fresh, c.renew); len(begun) > 0 {
		c.engine.info("without a seccomp filter while recorded: " + join(begun) +
			"; if batten is killed before it ends, restore with: " + c.compose.Name() + " up -d --force-recreate")
	}
}

// lastWords names the services that have failed already, with their exit codes.
func (c *composeSubject) lastWords(ctx context.Context) []string {
	if c.watch == nil {
		return nil
	}
	return endings(ctx, c.docker, c.watch.containers(), func(one docker.Container) string { return one.Service })
}

// hurry makes ending quick: containers are killed.
func (c *composeSubject) hurry() {
	if c.compose != nil {
		c.compose.Hurry()
	}
}

// warnRecording tells of a service that an earlier batten could not put back.
func (c *composeSubject) warnRecording(one docker.Container) {
	if seccompKind(one, c.facts) == profiles.SeccompRecord {
		c.engine.warn(one.Name+" runs under batten's recording profile, which allows everything",
			"put it back with "+c.compose.Name()+" up -d --force-recreate")
	}
}

func (c *composeSubject) checkServices() error {
	for _, name := range c.services {
		if s, _ := c.project.Service(name); s.Provider != "" {
			return fault.New(fault.Usage, "name the services to trace", "trace %s: it is run by a program on the host (%s), not by a container", name, s.Provider)
		}
	}
	return nil
}

// lookAround finds what is there of the project.
func (c *composeSubject) lookAround(ctx context.Context) error {
	listed, err := c.docker.ListProject(ctx, c.project.Name, true)
	if err != nil {
		return err
	}
	c.before = map[string][]docker.Container{}
	running := map[string]bool{}
	for _, l := range listed {
		if l.OneOff {
			continue
		}
		one, err := c.docker.Inspect(ctx, l.ID)
		if errors.Is(err, docker.ErrNoContainer) {
			continue
		}
		if err != nil {
			return err
		}
		c.before[l.Service] = append(c.before[l.Service], one)
		running[l.Service] = running[l.Service] || one.State == "running"
	}
	for _, name := range c.services {
		switch {
		case !running[name]:
			c.fresh = append(c.fresh, name)
		case c.request.Restart:
			c.renew = append(c.renew, name)
		}
	}
	return nil
}

// changes are batten's settings for what it starts.
func (c *composeSubject) changes() map[string]compose.Change {
	out := map[string]compose.Change{}
	for _, name := range slices.Concat(c.fresh, c.renew) {
		change := compose.Change{Seccomp: seccomp.Unconfined().Encode()}
		if c.request.NNP == SettingOn || c.request.NNP == SettingOff {
			on := c.request.NNP == SettingOn
			change.NoNewPrivileges = &on
		}
		out[name] = change
	}
	return out
}

func (c *composeSubject) calibrate(ctx context.Context) {
	var like []docker.Container
	for _, name := range c.services {
		s, _ := c.project.Service(name)
		nnp := s.NoNewPrivileges
		if c.request.NNP != SettingKeep && c.request.NNP != "" {
			nnp = c.request.NNP == SettingOn
		}
		like = append(like, docker.Container{NoNewPrivileges: nnp})
	}
	c.engine.calibrateQuietly(ctx, c.docker, like...)
}

func (c *composeSubject) target(one docker.Container, startupSeen bool) trace.Target {
	t := containerTarget(one, c.facts, c.nameOf(one.Service), startupSeen)
	t.Run.Workload = profiles.RedactText(c.request.Workload)
	return t
}

func (c *composeSubject) begin(ctx context.Context, s trace.Session) error {
	for _, name := range c.services {
		if !slices.Contains(c.fresh, name) && !slices.Contains(c.renew, name) {
			s.SetPhase(c.nameOf(name), profiles.PhaseSteady)
		}
	}
	watching, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	c.watch = newContainerWatch(c, s)
	c.wait.Add(1)
	go func() {
		defer c.wait.Done()
		c.watch.run(watching)
	}()
	if len(c.fresh)+len(c.renew) > 0 {
		c.engine.emit(Waiting{For: c.compose.Name() + " to start " + join(slices.Concat(c.fresh, c.renew))})
	}
	if len(c.fresh) > 0 {
		c.up = true
		if err := c.compose.Up(ctx, c.fresh...); err != nil {
			return c.failed(ctx, err)
		}
	}
	if len(c.renew) > 0 {
		c.up = true
		if err := c.compose.Renew(ctx, c.renew...); err != nil {
			return c.failed(ctx, err)
		}
	}
	return c.watch.sweep(ctx)
}

func (c *composeSubject) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fault.New(fault.Environment, "see whether the project starts without batten: "+c.compose.Name()+" up", "start services: %w", err)
}

func (c *composeSubject) ready(ctx context.Context) (bool, bool) {
	return healthy(ctx, c.docker, c.watch.containers())
}

func (c *composeSubject) done() <-chan struct{} { return c.watch.gone }

// end stops what was started and puts back what was made anew.
func (c *composeSubject) end(ctx context.Context) error {
	if c.watch != nil {
		c.watch.stopAdding()
	}
	if !c.up {
		return nil
	}
	var started, existed []string
	listed, err := c.docker.ListProject(ctx, c.project.Name, true)
	if err != nil {
		return err
	}
	for _, l := range listed {
		switch {
		case l.OneOff || slices.Contains(c.renew, l.Service):
		case len(c.before[l.Service]) == 0:
			started = append(started, l.Service)
		case slices.Contains(c.fresh, l.Service):
			existed = append(existed, l.Service)
		}
	}
	var errs []error
	all := compact(append(started, existed...))
	if len(all) > 0 {
		c.engine.emit(Waiting{For: join(all) + " to stop"})
	}
	if len(all) > 0 {
		errs = append(errs, c.compose.Stop(ctx, all...))
	}
	if c.look != nil {
		c.look(ctx) // what they wrote goes with them
	}
	if len(c.before) == 0 {
		// Also when no container was made: a network may have been.
		return c.ended(c.compose.Down(ctx))
	}
	if started = compact(started); len(started) > 0 {
		errs = append(errs, c.compose.Remove(ctx, started...))
	}
	if existed = compact(existed); len(existed) > 0 {
		errs = append(errs, c.compose.Restore(ctx, false, existed...))
	}
	if len(c.renew) > 0 {
		c.engine.emit(Waiting{For: join(c.renew) + " to run as before"})
		errs = append(errs, c.compose.Restore(ctx, true, c.renew...))
	}
	return c.ended(errors.Join(errs...))
}

// ended notes that nothing is left to put back, unless something went wrong: then
// end can be called again.
func (c *composeSubject) ended(err error) error {
	if err != nil {
		return fmt.Errorf("put services back: %w", err)
	}
	c.up = false
	return nil
}

func compact(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

func (c *composeSubject) former(name string) former {
	for _, service := range c.services {
		if c.nameOf(service) != name {
			continue
		}
		s, _ := c.project.Service(service)
		return c.engine.formerOfService(s)
	}
	return former{}
}

// formerOfService is what a compose service could do as its file has it. A profile
// that batten made is no bound: it is made anew from what is recorded.
func (e *Engine) formerOfService(s project.Service) former {
	own := s.Seccomp
	if e.ownPolicy(s) {
		own = ""
	}
	if own != "" && own != "unconfined" {
		own = ""
		if data, err := readLimited(s.Seccomp); err == nil {
			own = string(data)
		}
	}
	return formerOf(own, s.Privileged, s.CapAdd, s.CapDrop)
}

// ownPolicy tells whether a service runs under the profile that batten makes for it.
func (e *Engine) ownPolicy(s project.Service) bool {
	return s.Seccomp == filepath.Join(e.dir, filepath.FromSlash(e.seccompPath(s.Name)))
}

func (c *composeSubject) Close() error {
	var errs []error
	if c.cancel != nil {
		c.cancel()
		c.wait.Wait()
	}
	if c.compose != nil {
		errs = append(errs, c.compose.Close())
	}
	if c.docker != nil {
		errs = append(errs, c.docker.Close())
	}
	return errors.Join(errs...)
}
