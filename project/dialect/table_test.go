package dialect

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"batten/internal/testenv/require"
	"batten/project"
)

// row is one way of writing something, and who accepts it: a letter each for the
// Schema, docker-compose 1.29, docker stacK and Compose v2.
type row struct{ name, service, top, accepted string }

// table is what the readers were measured to accept.
var table = []row{
	{"read_only", "read_only: true", "", "S1K2"},
	{"tmpfs short", `tmpfs: ["/run:rw,noexec,nosuid,nodev,size=16m,uid=101,gid=101,mode=0755"]`, "", "S1K2"},
	{"tmpfs volume", "volumes: [{type: tmpfs, target: /t, tmpfs: {size: 1000}}]", "", "S1K2"},
	{"tmpfs volume with mode", "volumes: [{type: tmpfs, target: /t, tmpfs: {size: 1000, mode: 755}}]", "", "SK2"},
	{"capabilities", "cap_drop: [ALL]\ncap_add: [CHOWN]", "", "S1K2"},
	{"security_opt", `security_opt: ["no-new-privileges:true", "apparmor=x", "label=disable"]`, "", "S1K2"},
	{"user", `user: "101:101"`, "", "S1K2"},
	{"group_add", `group_add: ["101"]`, "", "12"},
	{"init, sysctls, grace", "init: true\nsysctls: {net.core.somaxconn: 1}\nstop_grace_period: 5s", "", "S1K2"},
	{"ulimits", "ulimits: {nofile: {soft: 5, hard: 6}, nproc: 7}", "", "S1K2"},
	{"namespaces", "shm_size: 64m\npid: host\nipc: host\nuserns_mode: host\nprivileged: true\ncgroup_parent: x", "", "S1K2"},
	{"network_mode", "network_mode: host", "", "S1K2"},
	{"devices", `devices: ["/dev/null:/dev/null:r"]`, "", "S1K2"},
	{"devices long", "devices: [{source: /dev/null, target: /dev/null}]", "", "2"},
	{"restart with a limit", "restart: on-failure:5", "", "S1K2"},
	{"restart no in quotes", `restart: "no"`, "", "S1K2"},
	{"restart no", "restart: no", "", "SK2"},
	{"deploy limits", `deploy: {resources: {limits: {cpus: "0.5", memory: 64m}}}`, "", "S1K2"},
	{"deploy cpus as a number", "deploy: {resources: {limits: {cpus: 0.5}}}", "", "12"},
	{"deploy pids", "deploy: {resources: {limits: {pids: 200}}}", "", "2"},
	{"pids_limit", "pids_limit: 200", "", "12"},
	{"pids_limit beside deploy", "pids_limit: 200\ndeploy: {resources: {limits: {memory: 64m}}}", "", "1"},
	{"pids_limit and the same in deploy", "pids_limit: 200\ndeploy: {resources: {limits: {pids: 200}}}", "", "2"},
	{"mem_limit", "mem_limit: 64m", "", "12"},
	{"mem_limit beside deploy", "mem_limit: 64m\ndeploy: {resources: {limits: {cpus: '1'}}}", "", "1"},
	{"cpus", "cpus: 0.5", "", "12"},
	{"swap and CPU sets", "memswap_limit: 64m\nmem_limit: 64m\ncpuset: '0'\ncpu_shares: 5\nmem_swappiness: 5\noom_kill_disable: true", "", "12"},
	{"ports with an address", `ports: ["127.0.0.1:8080:80"]`, "", "S1K2"},
	{"ports long", "ports: [{target: 80, published: 8080, protocol: tcp, mode: host}]", "", "S1K2"},
	{"ports long with text", `ports: [{target: 80, published: "8080"}]`, "", "12"},
	{"ports long with target as text", `ports: [{target: "80", published: 8080}]`, "", "12"},
	{"ports long with address", `ports: [{target: 80, published: 8080, host_ip: 127.0.0.1}]`, "", "2"},
	{"health check", "healthcheck: {test: [CMD, x], interval: 5s, timeout: 5s, retries: 3, start_period: 5s}", "", "S1K2"},
	{"health check disabled", "healthcheck: {disable: true}", "", "S1K2"},
	{"start_interval", "healthcheck: {test: [CMD, x], start_interval: 5s}", "", "2"},
	{"depends_on", "depends_on: [other]", "", "S1K2"},
	{"depends_on with condition", "depends_on: {other: {condition: service_started}}", "", "12"},
	{"depends_on with required", "depends_on: {other: {condition: service_started, required: false}}", "", "2"},
	{"env_file", "env_file: [x.env]", "", "S1K2"},
	{"env_file long", "env_file: [{path: x.env, required: true}]", "", "2"},
	{"environment with true", "environment: {A: true}", "", "2"},
	{"labels with true", "labels: {a: true}", "", "12"},
	{"secrets", "secrets: [{source: s, target: t, uid: '1', gid: '1', mode: 0400}]", "secrets: {s: {file: ./x.env}}", "S1K2"},
	{"secret of the environment", "secrets: [s]", "secrets: {s: {environment: HOME}}", "2"},
	{"configs", "configs: [{source: c, target: /c}]", "configs: {c: {file: ./x.env}}", "S1K2"},
	{"config with content", "configs: [{source: c, target: /c}]", "configs: {c: {content: x}}", "2"},
	{"networks", "networks: {n: {aliases: [z]}}", "networks: {n: {internal: true, attachable: true, driver_opts: {a: b}, ipam: {config: [{subnet: 10.9.0.0/28}]}}}", "S1K2"},
	{"gateway", "networks: [n]", "networks: {n: {ipam: {config: [{subnet: 10.9.0.0/28, gateway: 10.9.0.1}]}}}", "12"},
	{"enable_ipv6", "networks: [n]", "networks: {n: {enable_ipv6: true}}", "12"},
	{"priority", "networks: {n: {priority: 5}}", "networks: {n: {}}", "12"},
	{"gw_priority", "networks: {n: {gw_priority: 5}}", "networks: {n: {}}", "2"},
	{"logging", "logging: {driver: json-file, options: {max-size: 10m}}", "", "S1K2"},
	{"propagation", "volumes: [{type: bind, source: ./x.env, target: /t, bind: {propagation: rslave}}]", "", "S1K2"},
	{"create_host_path", "volumes: [{type: bind, source: ./x.env, target: /t, bind: {create_host_path: true}}]", "", "SK2"},
	{"subpath", "volumes: [{type: volume, source: v, target: /t, volume: {subpath: a}}]", "volumes: {v: {}}", "SK2"},
	{"extensions at the top", "x-a: 1", "x-b: {c: d}", "S1K2"},
	{"extension of a network", "networks: [n]", "networks: {n: {x-a: 1}}", "S1K2"},
	{"extension in deploy", "deploy: {x-a: 1}", "", "12"},
	{"extension in healthcheck", "healthcheck: {test: [CMD, x], x-a: 1}", "", "12"},
	{"extension in logging", "logging: {driver: json-file, x-a: 1}", "", "12"},
	{"extension in build", "build: {context: ., x-a: 1}", "", "12"},
	{"name", "", "name: n", "2"},
	{"extends", "extends: {service: other}", "", "12"},
	{"volumes_from", "volumes_from: [other]", "", "12"},
	{"profiles", "profiles: [p]", "", "12"},
	{"runtime, platform", "runtime: runc\nplatform: linux/amd64\npull_policy: always", "", "12"},
	{"device_cgroup_rules", "device_cgroup_rules: ['c 1:3 r']\noom_score_adj: 5\nstorage_opt: {size: 1G}", "", "12"},
	{"uts", "uts: host", "", "2"},
	{"cgroup", "cgroup: host", "", "2"},
	{"annotations", "annotations: {a: b}", "", "2"},
	{"cgroupns_mode", "cgroupns_mode: host", "", ""},
}

// file is the whole compose file of a row.
func (r row) file() string {
	service := strings.ReplaceAll(strings.TrimSpace("image: busybox\n"+r.service), "\n", "\n    ")
	return "version: \"3.8\"\nservices:\n  s:\n    " + service + "\n  other:\n    image: busybox\n" + r.top + "\n"
}

func (r row) accepts(reader Reader) bool {
	return strings.Contains(r.accepted, map[Reader]string{Strict: "S", V1: "1", Stack: "K", V2: "2"}[reader])
}

func TestTheTableSaysWhatWasMeasured(t *testing.T) {
	for _, r := range table {
		root, err := project.ParseSource([]byte(r.file()))
		if err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		problems := Check(root)
		for _, reader := range Readers() {
			if got := Accepts(problems, reader); got != r.accepts(reader) {
				t.Errorf("%s: %s accepts: %v, measured %v: %+v", r.name, reader, got, r.accepts(reader), problems)
			}
		}
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Why == "" {
				t.Errorf("%s: no place or reason: %+v", r.name, p)
			}
		}
	}
}

func TestTheSchemaAgreesWithTheTable(t *testing.T) {
	for _, r := range table {
		var tree map[string]any
		if err := yaml.Unmarshal([]byte(r.file()), &tree); err != nil {
			t.Fatal(err)
		}
		if err := ValidateStrict(tree); (err == nil) != r.accepts(Strict) {
			t.Errorf("%s: measured %v: %v", r.name, r.accepts(Strict), err)
		}
	}
}

func TestComposeAgreesWithTheTable(t *testing.T) {
	for _, r := range table {
		if _, err := project.Load(t.Context(), r.folder(t), nil); (err == nil) != r.accepts(V2) {
			t.Errorf("%s: measured %v: %v", r.name, r.accepts(V2), err)
		}
	}
}

func TestTheInstalledStackAgreesWithTheTable(t *testing.T) {
	docker := require.Tool(t, "docker", "docker")
	if out, err := exec.CommandContext(t.Context(), docker, "stack", "config", "--help").CombinedOutput(); err != nil || !strings.Contains(string(out), "--compose-file") {
		t.Skip("this docker has no stack config")
	}
	for _, r := range table {
		cmd := exec.CommandContext(t.Context(), docker, "stack", "config", "-c", "compose.yaml")
		cmd.Dir = r.folder(t)
		if out, err := cmd.CombinedOutput(); (err == nil) != r.accepts(Stack) {
			t.Errorf("%s: measured %v: %s", r.name, r.accepts(Stack), out)
		}
	}
}

// oracle has the Python modules of docker-compose read folders, all in one process:
// starting the program takes most of a second.
const oracle = `
import sys
from compose.config import config, environment
for folder in sys.argv[1:]:
    try:
        config.load(config.find(folder, ["compose.yaml"], environment.Environment()))
        print("yes")
    except Exception as e:
        print("no", str(e).replace("\n", " "))
`

func TestTheInstalledDockerComposeAgreesWithTheTable(t *testing.T) {
	program := require.Tool(t, "docker", "docker-compose")
	data, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(data[:min(len(data), 200)]), "\n")
	python, ok := strings.CutPrefix(first, "#!")
	if !ok || !strings.Contains(python, "python") {
		t.Skip("docker-compose is not the classic one, in Python")
	}
	args := []string{"-c", oracle}
	for _, r := range table {
		args = append(args, r.folder(t))
	}
	out, err := exec.CommandContext(t.Context(), strings.TrimSpace(python), args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(answers) != len(table) {
		t.Fatalf("%d answers to %d rows:\n%s", len(answers), len(table), out)
	}
	for i, r := range table {
		if strings.HasPrefix(answers[i], "yes") != r.accepts(V1) {
			t.Errorf("%s: measured %v: %s", r.name, r.accepts(V1), answers[i])
		}
	}
}

// folder makes a project folder of a row.
func (r row) folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"compose.yaml": r.file(), "x.env": "A=b\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestProblemsStandWhereTheyAreWritten(t *testing.T) {
	root, err := project.ParseSource([]byte(`x-base: &base
  mem_limit: 64m
services:
  a:
    <<: *base
    image: b
    ports:
      - "80:80"
      - {target: 80, published: "81"}
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range Check(root) {
		got = append(got, fmt.Sprintf("%s %d:%d %v", p.Path, p.Line, p.Column, p.Readers))
	}
	want := []string{
		" 1:1 [schema docker stack]",
		"services.a.ports[1].published 9:22 [schema docker stack]",
		"services.a.mem_limit 2:3 [schema docker stack]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestWhatAStackIgnoresIsNamed(t *testing.T) {
	root, err := project.ParseSource([]byte(`services:
  a:
    image: b
    read_only: true
    tmpfs: /run
    security_opt: [no-new-privileges]
    restart: always
    ports: ["127.0.0.1:8080:80", "80:80", "${PORT:-8080}:80", "[::1]:90:90"]
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range Ignored(root) {
		got = append(got, p.Path.String())
	}
	if want := "services.a.tmpfs services.a.security_opt services.a.restart services.a.ports[0] services.a.ports[3]"; strings.Join(got, " ") != want {
		t.Errorf("%q", got)
	}
}

func TestTheSchemasErrorTellsTheVersion(t *testing.T) {
	err := ValidateStrict(map[string]any{"services": map[string]any{}})
	if err == nil || err.Error() != "not accepted by the schema of 3.8: version is missing" {
		t.Error(err)
	}
}
