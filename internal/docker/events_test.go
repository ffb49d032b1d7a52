package docker_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"batten/internal/docker"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
)

func TestEventsTellAContainersLifeInOrder(t *testing.T) {
	engine := require.Docker(t)
	ref := images.Services(t)
	label := "batten.test.events"
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	stream := engine.Events(ctx, label)
	id := images.Run(t, engine, docker.Spec{
		Image: ref, Command: []string{"sleep", "1000"}, Labels: map[string]string{label: "", docker.LabelService: "web"},
		HealthCheck: []string{"true", "healthy"}, HealthInterval: 500 * time.Millisecond,
	})

	var seen []string
	asked := false
	for event := range stream.C {
		if event.Container != id || event.Service != "web" || time.Since(event.Time) > time.Minute {
			t.Errorf("event of something else: %+v", event)
		}
		seen = append(seen, describe(event))
		switch {
		case event.Kind == docker.EventHealth && !asked:
			asked = true
			if code, _, err := engine.Exec(ctx, id, "", "sh", "-c", "exit 4"); err != nil || code != 4 {
				t.Errorf("exit code %d, %v", code, err)
			}
			if err := engine.Kill(ctx, id, "KILL"); err != nil {
				t.Error(err)
			}
		case event.Kind == docker.EventDie:
			cancel()
		}
	}
	if err := stream.Err(); err != nil {
		t.Errorf("the stream ended with %v", err)
	}
	at := -1
	for _, want := range []string{"create", "start", "exec_create true healthy", "exec_start true healthy", "exec_die 0",
		"health_status healthy", "exec_create sh -c exit 4", "exec_die 4", "kill 9", "die 137"} {
		next := slices.Index(seen[at+1:], want)
		if next < 0 {
			t.Fatalf("no %q after the first %d of %q", want, at+1, seen)
		}
		at += 1 + next
	}
}

func describe(event docker.Event) string {
	switch event.Kind {
	case docker.EventExecCreate, docker.EventExecStart:
		return fmt.Sprint(event.Kind, " ", event.Exec)
	case docker.EventDie, docker.EventExecDie:
		return fmt.Sprint(event.Kind, " ", event.ExitCode)
	case docker.EventKill:
		return fmt.Sprint(event.Kind, " ", event.Signal)
	case docker.EventHealth:
		return fmt.Sprint(event.Kind, " ", event.Health)
	}
	return string(event.Kind)
}

func TestEventsEndWithoutAnErrorWhenTheirContextDoes(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stream := require.Docker(t).Events(ctx, "")
	cancel()
	for range stream.C {
	}
	if err := stream.Err(); err != nil {
		t.Error(err)
	}
}

func TestEventsEndWithAnErrorWhenTheEngineGoesAway(t *testing.T) {
	real := require.Docker(t)
	if !real.Local() {
		t.Skip("the engine is not on a Unix socket: unset DOCKER_HOST")
	}
	between := filepath.Join(t.TempDir(), "docker.sock")
	hangUp := forward(t, between, strings.TrimPrefix(real.Host(), "unix://"))
	t.Setenv("DOCKER_HOST", "unix://"+between)
	engine, err := docker.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	stream := engine.Events(t.Context(), "")
	hangUp()
	for range stream.C {
	}
	if stream.Err() == nil {
		t.Error("the stream ended as if that had been asked for")
	}
	if _, err := engine.Facts(t.Context()); !errors.Is(err, docker.ErrNoEngine) {
		t.Errorf("a call to an engine that is gone: %v", err)
	}
}

// forward passes connections on to the engine's socket until it is told to hang
// up.
func forward(t *testing.T, from, to string) (hangUp func()) {
	t.Helper()
	listener, err := net.Listen("unix", from)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	context.AfterFunc(ctx, func() { _ = listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("unix", to)
			if err != nil {
				_ = near.Close()
				continue
			}
			context.AfterFunc(ctx, func() { _ = near.Close(); _ = far.Close() })
			go func() { _, _ = io.Copy(far, near) }()
			go func() { _, _ = io.Copy(near, far) }()
		}
	}()
	return cancel
}
