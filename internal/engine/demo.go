package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"batten/generators/seccomp"
	"batten/internal/demo"
	"batten/internal/fault"
	"batten/internal/launch"
	"batten/profiles"
	"batten/trace"
	"batten/verify"
)

// DemoSchema is the schema of [DemoResult].
const DemoSchema = "batten/demo/v1"

// demoLimit bounds the whole demonstration.
const demoLimit = 60 * time.Second

// DemoResult is what the demonstration showed.
type DemoResult struct {
	Schema    string         `json:"schema"`
	Recording string         `json:"recording"`
	Seccomp   string         `json:"seccomp"`
	Backend   string         `json:"backend"`
	Summary   Summary        `json:"summary"`
	Before    []demo.Attempt `json:"before"` // what a taken-over service could do without the profile
	After     []demo.Attempt `json:"after"`  // and with it
	Workload  []demo.Step    `json:"workload"`
	Verified  *verify.Result `json:"verified"`
}

// DemoStep says what the demonstration does next, or what came of it.
type DemoStep struct {
	Number int // 1 to 4; 0 continues the last
	Title  string
	Lines  []string
}

func (DemoStep) event() {}

// Demo shows batten on a small bundled service: it traces it, makes a profile,
// runs it again under the profile and shows what is refused. It needs neither an
// engine nor privileges.
func (e *Engine) Demo(ctx context.Context, want Backend) (*DemoResult, error) {
	ctx, cancel := context.WithTimeout(ctx, demoLimit)
	defer cancel()
	data, err := os.MkdirTemp("", "batten-demo-data-")
	if err != nil {
		return nil, fault.Wrap(fault.Environment, fmt.Errorf("make demo: %w", err), "set TMPDIR to a folder that can be written")
	}
	defer os.RemoveAll(data)
	d := &demonstration{engine: e, backend: want, data: data, result: DemoResult{Schema: DemoSchema}}
	for _, step := range []func(context.Context) error{d.without, d.record, d.generate, d.enforce} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
	}
	return &d.result, nil
}

type demonstration struct {
	engine  *Engine
	backend Backend
	data    string
	profile profiles.Profile
	policy  *seccomp.Result
	result  DemoResult
}

func (d *demonstration) say(number int, title string, lines ...string) {
	d.engine.emit(DemoStep{Number: number, Title: title, Lines: lines})
}

// without asks the service for what no user asks for, before there is a profile.
func (d *demonstration) without(ctx context.Context) error {
	d.say(1, "the service as it is", "a guest book over HTTP: batten's own, on 127.0.0.1",
		"an intruder in it would have every call that its user has:")
	command, address, err := d.command()
	if err != nil {
		return err
	}
	p, err := launch.Prepare(command)
	if err != nil {
		return err
	}
	if err := p.Release(); err != nil {
		return err
	}
	defer func() { _, _ = p.Wait() }()
	defer func() { _ = unix.Kill(p.PID, unix.SIGKILL) }()
	at, err := address(ctx)
	if err != nil {
		return err
	}
	if d.result.Before, err = demo.Takeover(ctx, at); err != nil {
		return err
	}
	d.say(0, "", attemptLines(d.result.Before)...)
	return nil
}

func attemptLines(attempts []demo.Attempt) []string {
	var out []string
	for _, a := range attempts {
		out = append(out, fmt.Sprintf("%-18s %s", a.Call, a.Answer))
	}
	return out
}

// record traces the service under its workload.
func (d *demonstration) record(ctx context.Context) error {
	d.say(2, "record what it does", "the service starts under trace, and its workload drives it")
	command, address, err := d.command()
	if err != nil {
		return err
	}
	target := trace.Target{
		Service: profiles.Service{Name: "guestbook", Kind: profiles.KindCommand, Command: profiles.RedactArgs(command.Args)},
		Run:     profiles.Run{StartupSeen: true, Workload: "the bundled requests"}, Command: command,
	}
	runner := &commandSubject{request: TraceRequest{Command: command.Args}}
	if _, err := runner.prepare(ctx); err != nil {
		return err
	}
	session, err := d.engine.startSession(ctx, d.backend, false, false, []trace.Target{target})
	if err != nil {
		return err
	}
	_ = runner.begin(ctx, session)
	err = d.drive(ctx, session, address)
	session.SetPhase("", profiles.PhaseShutdown)
	err = errors.Join(err, runner.terminate(ctx))
	recs, closeErr := session.Close()
	if err := errors.Join(err, closeErr); err != nil {
		return err
	}
	folder, err := d.engine.open()
	if err != nil {
		return err
	}
	defer folder.Close()
	if d.profile, err = d.engine.keep(folder, "guestbook", recs, true); err != nil {
		return err
	}
	d.result.Recording = folder.Path(d.engine.recordingPath("guestbook"))
	d.result.Backend = recs[0].Run.Backend
	return nil
}

func (d *demonstration) drive(ctx context.Context, session trace.Session, address func(context.Context) (string, error)) error {
	at, err := address(ctx)
	if err != nil {
		return err
	}
	session.SetPhase("", profiles.PhaseSteady)
	d.result.Workload, err = demo.Drive(ctx, at)
	if err != nil {
		return fmt.Errorf("workload without the profile: %w", err)
	}
	d.say(0, "", fmt.Sprintf("%d requests answered", len(d.result.Workload)))
	return nil
}

// generate makes the profile.
func (d *demonstration) generate(context.Context) error {
	folder, err := d.engine.open()
	if err != nil {
		return err
	}
	defer folder.Close()
	if d.policy, err = d.engine.generate(d.profile, generation{}); err != nil {
		return err
	}
	if err := d.engine.writeSeccomp(folder, "guestbook", d.policy); err != nil {
		return err
	}
	d.result.Seccomp = folder.Path(d.engine.seccompPath("guestbook"))
	d.result.Summary = summarise(d.profile, d.policy, nil)
	s := d.policy.Stats
	d.say(3, "write the smallest profile",
		fmt.Sprintf("%d calls seen, by %s", d.result.Summary.Calls.Application, d.result.Backend),
		fmt.Sprintf("%d allowed: these, and what another C library would call in their place", s.Allowed),
		fmt.Sprintf("%d of the %d that Docker allows by default are gone", s.RemovedFromDefault, s.DockerDefaultAllowed),
		"compiled, and run in an interpreter over every call number: it allows exactly these")
	return nil
}

// enforce runs the service under its profile, drives it, and then asks it for what
// was never recorded.
func (d *demonstration) enforce(ctx context.Context) error {
	d.say(4, "prove it", "the same service under the profile, enforced by the kernel")
	command, address, err := d.command()
	if err != nil {
		return err
	}
	host := profiles.NativeArch(runtime.GOARCH)
	policy, err := d.policy.Policy.Flatten(host, nil, kernelRelease())
	if err != nil {
		return err
	}
	runner := &commandSubject{request: TraceRequest{Command: command.Args}}
	if _, err := runner.prepare(ctx); err != nil {
		return err
	}
	stop, driven := make(chan struct{}), make(chan error, 1)
	d.result.Verified, err = verify.Command(ctx, verify.Options{
		Policy: policy, Host: host, Name: "guestbook", Command: *command, Stop: stop,
		Ptrace: d.result.Backend == "" || strings.HasPrefix(d.result.Backend, "ptrace"),
		Started: func(s trace.Session) {
			_ = runner.begin(ctx, s)
			go func() {
				driven <- d.under(ctx, address)
				close(stop)
			}()
		},
		End: func(ctx context.Context, _ trace.Session) error { return runner.terminate(ctx) },
	})
	if err != nil {
		return err
	}
	if err := <-driven; err != nil {
		return err
	}
	return d.judge()
}

func (d *demonstration) under(ctx context.Context, address func(context.Context) (string, error)) error {
	at, err := address(ctx)
	if err != nil {
		return fmt.Errorf("service under the profile: %w", err)
	}
	if d.result.Workload, err = demo.Drive(ctx, at); err != nil {
		return fmt.Errorf("workload under the profile: %w", err)
	}
	d.say(0, "", fmt.Sprintf("%d requests answered, as before", len(d.result.Workload)), "and the intruder:")
	if d.result.After, err = demo.Takeover(ctx, at); err != nil {
		return err
	}
	d.say(0, "", attemptLines(d.result.After)...)
	return nil
}

// judge makes sure that the demonstration showed what it claims: the workload
// passed, and nothing but the intruder's calls was denied.
func (d *demonstration) judge() error {
	tried := map[string]bool{}
	for _, a := range d.result.After {
		tried[a.Call] = true
		if a.Errno == 0 {
			return fault.New(fault.Findings, "", "%s was not refused under the profile", a.Call)
		}
	}
	for _, x := range d.result.Verified.Denials {
		if !tried[x.Call] && !x.Intended {
			return fault.New(fault.Findings, "", "%s was refused, which the service needs", x.Call)
		}
		delete(tried, x.Call)
	}
	for call := range tried {
		return fault.New(fault.Findings, "", "the refusal of %s was not seen", call)
	}
	return nil
}

// command is the service as batten runs it: itself, with a hidden command. The
// second result waits for the address on which it listens.
func (d *demonstration) command() (*launch.Command, func(context.Context) (string, error), error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, fmt.Errorf("find own program: %w", err)
	}
	heard := make(chan string, 1)
	var once sync.Once
	out := &lineWriter{say: func(line string) {
		if at, ok := strings.CutPrefix(line, demo.Listening); ok {
			once.Do(func() { heard <- at })
		}
	}}
	wait := func(ctx context.Context) (string, error) {
		select {
		case at := <-heard:
			return at, nil
		case <-time.After(15 * time.Second):
			return "", errors.New("the service did not start")
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	return &launch.Command{Args: []string{self, demo.Command, "--data", d.data}, Dir: d.data, Stdout: out, Stderr: out}, wait, nil
}
