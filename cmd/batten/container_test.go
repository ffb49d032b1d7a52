package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"batten/internal/docker"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
	"batten/internal/testenv/workload"
)

// recordFilter lets everything through, as containers run while they are recorded.
const recordFilter = `seccomp={"defaultAction":"SCMP_ACT_ALLOW","syscalls":[]}`

// batten runs the real program in a folder and returns its standard output.
func batten(t *testing.T, dir string, want int, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var out, messages bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &messages
	err := cmd.Run()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != want {
		t.Fatalf("batten %v: %v, want exit code %d\n%s%s", args, err, want, &out, &messages)
	}
	return out.String()
}

// However batten ends, the container goes on, and what was seen until a second
// before is on disk.
func TestAContainerSurvivesEveryEndOfBattenAndItsRecordingIsKept(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Scratch(t, "sleeper")
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(sig.String(), func(t *testing.T) {
			dir := t.TempDir()
			id := images.Run(t, engine, docker.Spec{Image: image, SecurityOpt: []string{recordFilter}, Network: "none"})
			var messages bytes.Buffer
			cmd := exec.Command(program, "trace", "--name", "sleeper", "container:"+id)
			cmd.Dir, cmd.Stderr = dir, &messages
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Process.Kill() })
			until(t, "getrandom in a recording", func() bool {
				// Only seen once the tracer is there, so it is asked for again and again.
				if err := engine.Kill(t.Context(), id, "USR1"); err != nil {
					t.Fatal(err)
				}
				return recorded(t, dir, "sleeper")["getrandom"]
			})
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			err := cmd.Wait()
			if sig != syscall.SIGKILL && err != nil {
				t.Errorf("%v\n%s", err, &messages)
			}
			found, err := engine.Inspect(t.Context(), id)
			if err != nil || found.State != "running" {
				t.Errorf("the container is %s, %v", found.State, err)
			}
			if !strings.Contains(batten(t, dir, 0, "profile", "show", "sleeper"), "getrandom") {
				t.Error("what was seen cannot be shown")
			}
		})
	}
}

// recorded lists what any recording of a service holds, finished or not.
func recorded(t *testing.T, dir, service string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, pattern := range []string{service + ".json", "." + service + ".*.partial.json"} {
		names, _ := filepath.Glob(filepath.Join(dir, "hardened/recordings", pattern))
		for _, n := range names {
			for call := range calls(t, n) {
				all[call] = true
			}
		}
	}
	return all
}

// The whole line as a user types it: a service of a compose file is recorded under
// its workload, and runs under what came out.
func TestAComposeServiceRunsUnderTheProfileThatItsTraceGave(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Services(t)
	dir, redis := t.TempDir(), workload.Redis()
	project := fmt.Sprintf("battenround%d", os.Getpid())
	compose := fmt.Sprintf("version: \"3.8\"\n# kept\nservices:\n  cache:\n    image: %s\n    command: %s\n    container_name: %s\n",
		image, quoted(redis.Command), project)
	if err := os.WriteFile(filepath.Join(dir, "docker-compose.yml"), []byte(compose), 0o644); err != nil {
		t.Fatal(err)
	}
	drive := fmt.Sprintf("docker run --rm --network container:%s %s sh -c 'redis-cli set a 1 && redis-cli get a && redis-cli save'", project, image)
	out := batten(t, dir, 0, "trace", "--workload", drive, "cache")
	if !strings.Contains(out, "hardened/seccomp/cache.json") {
		t.Fatalf("no profile: %s", out)
	}
	profile, err := os.ReadFile(filepath.Join(dir, "hardened/seccomp/cache.json"))
	if err != nil {
		t.Fatal(err)
	}
	spec := redis.Spec(image)
	spec.HealthCheck, spec.SecurityOpt = nil, []string{"seccomp=" + string(profile)}
	target, err := workload.Locate(t.Context(), engine, images.Run(t, engine, spec))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := redis.Await(ctx, target); err != nil {
		t.Fatal(err)
	}
	code, said, err := engine.Exec(ctx, target.Container, "", "unshare", "-U", "true")
	if err != nil || code == 0 || !strings.Contains(said, "not permitted") {
		t.Errorf("unshare under the profile: exit code %d, %q, %v", code, said, err)
	}
	left, err := engine.ListProject(ctx, project, true)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A terminal that hangs up, a reader of the progress that went away, and a second
// interrupt leave no service without a filter.
func TestAServiceGetsItsFilterBackHoweverItsTraceIsEnded(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Scratch(t, "sleeper")
	dir, project := t.TempDir(), fmt.Sprintf("battenhangup%d", os.Getpid())
	files := map[string]string{
		"compose.yml": "version: \"3.7\"\nservices:\n  long:\n    image: " + image + "\n",
		".env":        "COMPOSE_PROJECT_NAME=" + project + "\n",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	compose := func(args ...string) {
		cmd := exec.Command("docker-compose", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	require.Tool(t, "docker", "docker-compose")
	compose("up", "-d")
	t.Cleanup(func() { compose("down") })
	filter := func() (string, string) {
		list, err := engine.ListProject(t.Context(), project, true)
		if err != nil || len(list) != 1 {
			return "", ""
		}
		one, err := engine.Inspect(t.Context(), list[0].ID)
		if err != nil {
			return "", ""
		}
		return one.State, one.Seccomp
	}
	for _, c := range []struct {
		signals []syscall.Signal
		code    int
	}{{[]syscall.Signal{syscall.SIGHUP}, 0}, {[]syscall.Signal{syscall.SIGINT, syscall.SIGINT}, 130}} {
		cmd := exec.Command(program, "trace", "--restart", "long")
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Dir, cmd.Stderr = dir, write
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		write.Close()
		read.Close()
		until(t, "the service to run while it is recorded", func() bool {
			state, own := filter()
			return state == "running" && strings.Contains(own, "SCMP_ACT_ALLOW")
		})
		for _, sig := range c.signals {
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			time.Sleep(200 * time.Millisecond) // two that come together count as one, and putting back takes little more than a second
		}
		_ = cmd.Wait()
		if got := cmd.ProcessState.ExitCode(); got != c.code {
			t.Errorf("after %v: exit code %d", c.signals, got)
		}
		if state, own := filter(); state != "running" || own != "" {
			t.Errorf("after %v the service is %s under %q", c.signals, state, own)
		}
		if left, _ := filepath.Glob(filepath.Join(os.TempDir(), fmt.Sprintf("batten-compose-%d-*", cmd.Process.Pid))); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func quoted(args []string) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = fmt.Sprintf("%q", a)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
