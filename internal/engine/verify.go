package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"time"

	"batten/generators/seccomp"
	"batten/internal/fault"
	"batten/internal/launch"
	"batten/profiles"
	"batten/trace"
	"batten/verify"
)

// VerifyRequest says what to run under which profile.
type VerifyRequest struct {
	Command []string
	// Profile is a file: a seccomp profile, a recording or a profile of batten; or
	// the name of a recorded service. "" takes the service named like the command.
	Profile string
	Mode    seccomp.Mode // when the policy is generated from a recording
	Backend Backend
	NNP     Setting // keep: as recorded; without privilege it is always on
	Limit   time.Duration

	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Stop           <-chan struct{}
}

// Verify runs a command under a profile and reports what was denied. The error is
// of kind Findings when something was denied or the command failed; the result is
// there all the same.
func (e *Engine) Verify(ctx context.Context, req VerifyRequest) (*verify.Result, error) {
	host := profiles.NativeArch(runtime.GOARCH)
	chosen, err := e.policyFor(req, host)
	if err != nil {
		return nil, err
	}
	policy, nnp := chosen.policy, chosen.nnp
	if err := startable(policy, host); err != nil {
		return nil, err
	}
	admin := hasCapability(capSysAdmin)
	if req.NNP != SettingKeep && req.NNP != "" {
		nnp = req.NNP == SettingOn
	}
	if !admin && req.NNP == SettingOff {
		return nil, fault.New(fault.Environment, "run as root, or leave --nnp out",
			"verify: a filter cannot be loaded without no-new-privileges here")
	}
	command := &commandSubject{request: TraceRequest{Command: req.Command}}
	if _, err := command.prepare(ctx); err != nil {
		return nil, err
	}
	result, err := verify.Command(ctx, verify.Options{
		Policy: policy, Host: host, Name: ServiceName(req.Command), Privileged: admin && !nnp,
		Ptrace: req.Backend == BackendPtrace, EBPF: req.Backend == BackendEBPF, Stop: req.Stop, Limit: req.Limit,
		Command: launch.Command{Args: req.Command, Stdin: req.Stdin, Stdout: req.Stdout, Stderr: req.Stderr},
		Started: func(s trace.Session) { _ = command.begin(ctx, s) },
		End:     func(ctx context.Context, _ trace.Session) error { return command.end(ctx) },
	})
	if err != nil {
		return nil, explainStart(err)
	}
	result.Profile = chosen.file
	return result, verdict(result)
}

// verdict is the error that stands for a verification that did not pass.
func verdict(r *verify.Result) error {
	missing := 0
	for _, d := range r.Denials {
		if !d.Intended {
			missing++
		}
	}
	switch {
	case r.Passed:
		return nil
	case r.TimeLimit:
		return fault.New(fault.TimeLimit, "give it more with --timeout", "verification ended by the time limit")
	case r.Stopped:
		return fault.New(fault.Interrupted, "", "verification interrupted: what the command would still have done is not known")
	case missing > 0:
		return fault.New(fault.Findings, "record the command while it does this too, or see what the profile would have to gain",
			"verification failed: %s denied", count(missing, "call", "calls"))
	case r.ExitCode != 0:
		return fault.New(fault.Findings, "it fails without being denied a call: does it succeed without the profile?",
			"verification failed: the command ended with exit code %d", r.ExitCode)
	}
	return fault.New(fault.Findings, "run it again, alone on the machine", "verification incomplete: the trace lost calls")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// startable refuses a policy under which nothing can be started. It is not left to
// the kernel, because a starter that may not even exit cannot say what is wrong.
func startable(p *seccomp.Policy, host profiles.Arch) error {
	nr, _ := profiles.SyscallNumber(host, "execve")
	v, err := p.Decide(host, host, uint32(nr), [6]uint64{})
	if err != nil {
		return fmt.Errorf("read policy: %w", err)
	}
	if !v.Allows() {
		return fault.New(fault.Findings, `add {"names": ["execve"], "action": "SCMP_ACT_ALLOW"}`,
			"verification failed: the profile does not allow execve, so nothing can be started under it")
	}
	return nil
}

// chosen is the policy to run under.
type chosen struct {
	policy *seccomp.Policy
	nnp    bool   // it was recorded with no-new-privileges
	file   string // that it is of
}

// policyFor finds the policy to run under.
func (e *Engine) policyFor(req VerifyRequest, host profiles.Arch) (chosen, error) {
	name := req.Profile
	if name == "" {
		name = ServiceName(req.Command)
	}
	if looksLikeFile(name) {
		data, err := readLimited(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return chosen{}, fault.New(fault.Usage, "", "read profile: %s does not exist", name)
		case err == nil && !hasSchema(data):
			p, err := parsePolicy(name, data, host)
			return chosen{policy: p, file: name}, err
		}
	}
	p, err := e.Find(name)
	if err != nil {
		return chosen{}, err
	}
	if err := e.checkMeant(req, p); err != nil {
		return chosen{}, err
	}
	if arch := p.Arch(); arch != host {
		return chosen{}, fault.New(fault.Usage, "record it on this machine, or verify it on one of its own",
			"verify %s: %w: it was recorded on %s, this machine is %s", name, verify.ErrForeignPolicy, arch, host)
	}
	r, err := e.generate(p, generation{mode: req.Mode})
	if err != nil {
		return chosen{}, err
	}
	flat, err := r.Policy.Flatten(host, nil, kernelRelease())
	file := name
	if !looksLikeFile(name) {
		file = e.recordingPath(name)
	}
	return chosen{flat, noNewPrivileges(p), file}, err
}

// checkMeant holds the command against what the recording is of. When only the
// name led to it, another program is a mistake; when the user chose it, a doubt.
func (e *Engine) checkMeant(req VerifyRequest, p profiles.Profile) error {
	other := differs(p, profiles.Service{Kind: profiles.KindCommand, Command: req.Command})
	switch {
	case other == "":
	case req.Profile == "":
		return fault.New(fault.Usage, "name the recording with --service or --profile",
			"verify %s: what is recorded under this name is another: %s", ServiceName(req.Command), other)
	default:
		e.warn(fmt.Sprintf("the profile is of another: %s, not %s", other, req.Command[0]), "")
	}
	return nil
}

func parsePolicy(name string, data []byte, host profiles.Arch) (*seccomp.Policy, error) {
	p, err := seccomp.Parse(data)
	if err != nil {
		return nil, fault.New(fault.Usage, "it must be a seccomp profile in Docker's format, or a recording of batten", "read %s: %w", name, err)
	}
	if !serves(p, host) {
		return nil, fault.New(fault.Usage, "generate it from a recording of this architecture",
			"verify %s: %w: it does not serve %s", name, verify.ErrForeignPolicy, host)
	}
	return p.Flatten(host, nil, kernelRelease())
}

// serves tells whether a policy is meant for hosts of an architecture. One that
// names none is for any.
func serves(p *seccomp.Policy, host profiles.Arch) bool {
	named := len(p.Architectures) + len(p.ArchMap)
	for _, a := range p.Architectures {
		if a == host.OCI() {
			return true
		}
	}
	for _, m := range p.ArchMap {
		if m.Architecture == host.OCI() {
			return true
		}
	}
	return named == 0
}

func looksLikeFile(name string) bool {
	return strings.ContainsRune(name, os.PathSeparator) || strings.HasSuffix(name, ".json")
}

// hasSchema tells whether JSON is one of batten's own documents.
func hasSchema(data []byte) bool {
	var top struct {
		Schema string `json:"schema"`
	}
	return json.NewDecoder(bytes.NewReader(data)).Decode(&top) == nil && top.Schema != ""
}
