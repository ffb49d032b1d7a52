package workload

import (
	"context"
	"strings"
	"testing"
	"time"

	"batten/internal/docker"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
)

func run(t *testing.T, service Service, change func(*docker.Spec)) Target {
	t.Helper()
	engine := require.Docker(t)
	spec := service.Spec(images.Services(t))
	if change != nil {
		change(&spec)
	}
	target, err := Locate(t.Context(), engine, images.Run(t, engine, spec))
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func TestEveryServiceDoesItsWorkAndKeepsItsDataOverARestart(t *testing.T) {
	for _, service := range All() {
		t.Run(service.Name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			target, err := service.Cycle(ctx, run(t, service, nil))
			if err != nil {
				t.Fatal(err)
			}
			if err := service.Drive(ctx, target); err != nil {
				t.Errorf("drive again: %v", err)
			}
			code, output, err := target.Engine.Exec(ctx, target.Container, "", service.HealthCheck...)
			if err != nil || code != 0 {
				t.Errorf("health check: exit code %d, error %v: %s", code, err, output)
			}
			target.Inside = true
			if err := service.Drive(ctx, target); err != nil {
				t.Errorf("drive from inside: %v", err)
			}
		})
	}
}

func TestABrokenServiceIsReportedWithItsOutput(t *testing.T) {
	target := run(t, Nginx(), func(spec *docker.Spec) {
		spec.CapDrop = []string{"ALL"} // nginx cannot give /var/lib/nginx to its workers
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err := Nginx().Await(ctx, target)
	if err == nil || !strings.Contains(err.Error(), "Operation not permitted") {
		t.Errorf("error %v", err)
	}
}

func TestAWrongAnswerIsAnError(t *testing.T) {
	target := run(t, Redis(), nil)
	if err := Redis().Await(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	if err := Redis().Check(t.Context(), target); err == nil {
		t.Error("data that was never stored was found")
	}
}
