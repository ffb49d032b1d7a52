package engine

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"batten/generators/seccomp"
	"batten/internal/docker"
	"batten/internal/fault"
	"batten/internal/tinyelf"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
)

const (
	// calibrationStarts is how many containers are started for one measurement:
	// runtimes are Go programs, which make some calls at random.
	calibrationStarts = 8
	calibrationImage  = "batten/calibrate:exit"
	calibrationLabel  = "batten.calibration"
	calibrationLimit  = time.Minute
)

// Calibrate measures which calls this machine's container runtime makes under a
// service's filter, with and without no-new-privileges, and keeps the result in
// the user's cache by the hash of the runtime's binary. What is in the cache is
// not measured again.
func (e *Engine) Calibrate(ctx context.Context) ([]profiles.RuntimeNeeds, error) {
	engine, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	var out []profiles.RuntimeNeeds
	for _, nnp := range []bool{false, true} {
		needs, err := e.calibrate(ctx, engine, nnp)
		if err != nil {
			return out, err
		}
		out = append(out, needs)
	}
	return out, nil
}

// calibrate returns the runtime's needs for one setting, measured now or before.
func (e *Engine) calibrate(ctx context.Context, engine *docker.Engine, nnp bool) (profiles.RuntimeNeeds, error) {
	facts, err := engine.Facts(ctx)
	if err != nil {
		return profiles.RuntimeNeeds{}, err
	}
	if facts.RuntimeBinary == "" {
		return profiles.RuntimeNeeds{}, fault.New(fault.Environment, "the built-in table is used instead",
			"measure runtime: the binary of %q is not on this machine", facts.Runtime)
	}
	hash, err := hashFile(facts.RuntimeBinary)
	if err != nil {
		return profiles.RuntimeNeeds{}, fmt.Errorf("measure runtime: %w", err)
	}
	needs := profiles.RuntimeNeeds{
		Runtime: filepath.Base(facts.RuntimePath), Version: facts.RuntimeVersion, Hash: hash, NoNewPrivileges: nnp,
		Measured: true, Source: fmt.Sprintf("measured on this machine, %d starts", calibrationStarts),
	}
	if found, ok := readNeeds(needs); ok {
		return found, nil
	}
	e.info(fmt.Sprintf("measuring what %s %s needs to start a container (once)", needs.Runtime, needs.Version))
	ctx, cancel := context.WithTimeout(ctx, calibrationLimit)
	defer cancel()
	calls, err := measureRuntime(ctx, engine, nnp)
	if err != nil {
		return needs, fmt.Errorf("measure runtime: %w", err)
	}
	// The random part of the calls is the same for every version: it is Go's.
	random := profiles.RuntimeBaseline("runc", "1.0.0", true)
	needs.Syscalls = append(calls, random.Syscalls...)
	if !nnp {
		// Called for the standard streams, depending on who owns them; a refusal
		// with ENOSYS is fatal to runc.
		needs.Syscalls = append(needs.Syscalls, "fchown")
	}
	slices.Sort(needs.Syscalls)
	needs.Syscalls = slices.Compact(needs.Syscalls)
	if err := writeNeeds(needs); err != nil {
		e.warn(fmt.Sprintf("the measurement is not kept: %v", err), "")
	}
	return needs, nil
}

// measureRuntime starts containers that only exit, and returns what was called
// before their program.
func measureRuntime(ctx context.Context, engine *docker.Engine, nnp bool) ([]string, error) {
	layer, err := exitLayer()
	if err != nil {
		return nil, err
	}
	if err := engine.ImageImport(ctx, layer, calibrationImage, `ENTRYPOINT ["/exit"]`); err != nil {
		return nil, err
	}
	cleanup := context.WithoutCancel(ctx)
	defer func() { _ = engine.ImageRemove(cleanup, calibrationImage) }()
	session, err := ebpf.New(ebpf.Options{}).Start(ctx, nil)
	if err != nil {
		return nil, explainStart(err)
	}
	var startErr error
	for i := range calibrationStarts {
		if startErr = startOnce(ctx, engine, session, i, nnp); startErr != nil {
			break
		}
	}
	recs, err := session.Close()
	if startErr != nil {
		return nil, startErr
	}
	if err != nil {
		return nil, err
	}
	return runtimeCalls(recs)
}

func startOnce(ctx context.Context, engine *docker.Engine, session trace.Session, i int, nnp bool) error {
	user := "" // changing to another user takes further calls: every second time
	if i%2 == 1 {
		user = "65534:65534"
	}
	id, err := engine.Create(ctx, docker.Spec{
		Image: calibrationImage, User: user, Network: "none", Labels: map[string]string{calibrationLabel: "true"},
		SecurityOpt: []string{fmt.Sprintf("no-new-privileges=%t", nnp), "seccomp=" + string(seccomp.Unconfined().Encode())},
	})
	if err != nil {
		return err
	}
	defer func() { _ = engine.Remove(context.WithoutCancel(ctx), id) }()
	err = session.Add(trace.Target{
		Service: profiles.Service{Name: fmt.Sprintf("calibration-%d", i), Kind: profiles.KindContainer},
		Run:     profiles.Run{NoNewPrivileges: nnp, Seccomp: profiles.SeccompRecord, StartupSeen: true}, Container: id,
	})
	if err != nil {
		return err
	}
	if err := engine.Start(ctx, id); err != nil {
		return err
	}
	_, err = engine.Wait(ctx, id)
	return err
}

func runtimeCalls(recs []profiles.Recording) ([]string, error) {
	var out []string
	for _, rec := range recs {
		before := len(out)
		for _, s := range rec.Syscalls {
			// execve ends the runtime's part, the program's exit is needed too.
			if s.Part == profiles.PartRuntime || s.Name == "execve" || s.Name == "exit_group" {
				out = append(out, s.Name)
			}
		}
		if len(out) == before || !rec.Loss.Complete() {
			return nil, fmt.Errorf("the trace of a start is not complete")
		}
	}
	return append(out, "execve"), nil
}

// exitLayer is an image layer with the exit program alone.
func exitLayer() (*bytes.Buffer, error) {
	program, err := tinyelf.Exit(runtime.GOARCH)
	if err != nil {
		return nil, err
	}
	layer := &bytes.Buffer{}
	w := tar.NewWriter(layer)
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "exit", Mode: 0o755, Size: int64(len(program))}); err != nil {
		return nil, fmt.Errorf("write layer: %w", err)
	}
	if _, err := w.Write(program); err != nil {
		return nil, fmt.Errorf("write layer: %w", err)
	}
	return layer, w.Close()
}
