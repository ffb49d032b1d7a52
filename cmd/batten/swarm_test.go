package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// forOneNode makes the shop's file one that a stack can serve on any kernel: without
// the load balancing of swarm, which needs a kernel module, ports are the node's own
// and names lead to tasks.
func forOneNode(text string) string {
	ports := "    ports:\n      - \"18080:80\"\n      - \"18443:443\"          # nothing answers here, we meant to\n"
	text = strings.Replace(text, ports,
		"    ports:\n      - {target: 80, published: 18080, mode: host}   # this node's\n    deploy:\n      endpoint_mode: dnsrr\n", 1)
	for _, other := range []string{"    ports:\n      - 18000:8000           # so that we can look at it without nginx\n",
		"    ports:\n      - \"15432:5432\"\n", "    ports: [\"16379:6379\"]\n"} {
		text = strings.Replace(text, other, "    deploy: {endpoint_mode: dnsrr}\n", 1)
	}
	return text
}

// checkSwarm hardens the project for a stack, from the same recordings, deploys it to
// a swarm of one node and uses it.
func (s *shop) checkSwarm(t *testing.T) {
	s.run("docker-compose", "-f", "compose.hardened.yml", "down", "--volumes", "--timeout", "5")
	text := forOneNode(original(t))
	if strings.Contains(text, "15432") || strings.Count(text, "endpoint_mode") != 4 {
		t.Fatalf("the project's ports are not where they were:\n%s", text)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"compose.hardened.yml", "compose.hardened.limits.yml", "hardened/plan.json", "hardened/REPORT.md", "hardened/APPLY.md"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	stack := &shop{t: t, engine: s.engine, dir: dir, name: s.name}
	stack.write("compose.yaml", text)
	out := batten(t, dir, 0, "harden", "--target", "swarm", "--write")
	if strings.Contains(stack.read("compose.hardened.yml"), "security_opt") {
		t.Errorf("a stack ignores security_opt, and it is written\n%s", out)
	}
	swarm(t)
	stack.run("docker", "stack", "deploy", "--resolve-image", "never", "-c", "compose.hardened.yml", s.name)
	t.Cleanup(func() { removeStack(t, s.name) })
	deadline := time.Now().Add(2 * time.Minute)
	for {
		cmd := exec.Command("./workload.sh")
		cmd.Dir = dir
		said, err := cmd.CombinedOutput()
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			tasks, _ := exec.Command("docker", "stack", "ps", "--no-trunc", s.name).CombinedOutput()
			t.Fatalf("the stack does not serve: %s\n%s\n%s", said, tasks, stackLogs(s.name))
		}
		time.Sleep(time.Second)
	}
	for _, service := range shopServices {
		spec := stack.run("docker", "service", "inspect", s.name+"_"+service)
		for _, password := range shopPasswords {
			if strings.Contains(spec, password) {
				t.Errorf("the spec of %s holds a password", service)
			}
		}
		if !strings.Contains(spec, `"ReadOnly": true`) || !strings.Contains(spec, `"ALL"`) {
			t.Errorf("%s is not confined:\n%s", service, spec)
		}
	}
}

// swarm makes this engine a swarm of one node for as long as the test runs.
func swarm(t *testing.T) {
	state, err := exec.Command("docker", "info", "--format", "{{.Swarm.LocalNodeState}}").Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(state)) != "inactive" {
		return
	}
	if out, err := exec.Command("docker", "swarm", "init", "--advertise-addr", "127.0.0.1").CombinedOutput(); err != nil {
		t.Fatalf("make a swarm: %v %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("docker", "swarm", "leave", "--force").Run() })
}

// removeStack removes a stack with its volumes and waits for its containers to go.
func removeStack(t *testing.T, name string) {
	_ = exec.Command("docker", "stack", "rm", name).Run()
	for range 60 {
		left, err := exec.Command("docker", "ps", "--all", "--quiet", "--filter", "label=com.docker.stack.namespace="+name).Output()
		if err == nil && len(left) == 0 {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	volumes, err := exec.Command("docker", "volume", "ls", "--quiet", "--filter", "label=com.docker.stack.namespace="+name).Output()
	if err != nil {
		t.Error(err)
	}
	for _, v := range strings.Fields(string(volumes)) {
		_ = exec.Command("docker", "volume", "rm", v).Run()
	}
}

func stackLogs(name string) string {
	var b strings.Builder
	for _, service := range shopServices {
		out, _ := exec.Command("docker", "service", "logs", "--tail", "15", name+"_"+service).CombinedOutput()
		b.Write(out)
	}
	return b.String()
}

// original is the shop's compose file as it is committed.
func original(t *testing.T) string {
	data, err := os.ReadFile("../../testdata/projects/shop/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
