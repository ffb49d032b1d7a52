package project

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// secretValue stands in the bad files where a value is: no message may hold it.
const secretValue = "hunter2"

func TestBadFilesAreToldInOneLineWithTheirPlace(t *testing.T) {
	const service = "services:\n  a:\n    image: b\n"
	for name, c := range map[string]struct{ file, want string }{
		"flow not closed":          {"a: [hunter2", `compose.yaml:2:1: compose file not usable: not YAML: did not find expected ',' or ']'`},
		"tab as indentation":       {"services:\n\ta: hunter2", `compose.yaml:2:1: compose file not usable: not YAML: found character that cannot start any token`},
		"unknown anchor":           {"services: *hunter2", `compose.yaml:1:11: compose file not usable: not YAML: unknown anchor …`},
		"key twice":                {"services:\n  a: {image: b}\n  a: {image: hunter2}\n", `compose.yaml:3:3: compose file not usable: the key "a" is set in line 2, too`},
		"key that is a number":     {"services:\n  1: {image: hunter2}\n", `compose.yaml:2:3: compose file not usable: the key "1" is not text: put it in quotes`},
		"two documents":            {service + "---\nservices: {c: {image: hunter2}}\n", `compose.yaml:4:1: compose file not usable: a second document begins here: a compose file is one document`},
		"a list":                   {"- hunter2", `compose.yaml:1:1: compose file not usable: the file is not a mapping of keys to values`},
		"empty":                    {"# nothing\n", `compose.yaml: compose file not usable: the file is empty`},
		"not UTF-8":                {"a: b\nc: \xff", `compose.yaml:2: compose file not usable: not text in UTF-8, or with control characters in it`},
		"UTF-16":                   {"\xff\xfea\x00:\x00 \x001\x00", `compose.yaml:1: compose file not usable: not text in UTF-8, or with control characters in it`},
		"zero byte":                {"a: b\nc: \x00", `compose.yaml:2: compose file not usable: not text in UTF-8, or with control characters in it`},
		"services as a list":       {"services: [hunter2]", `compose.yaml:1:11: compose file not usable: services: must be a mapping`},
		"unknown key":              {service + "    foo: hunter2\n", `compose.yaml:4:10: compose file not usable: services.a.foo: unknown key`},
		"wrong type":               {service + "    ports: 5\n", `compose.yaml:4:12: compose file not usable: services.a.ports: must be a list`},
		"bad port":                 {service + "    ports:\n      - 80\n      - hunter2:80\n", `compose.yaml:6:9: compose file not usable: services.a.ports[1]: invalid hostPort`},
		"bad boolean":              {service + "    privileged: hunter2\n", `compose.yaml:4:17: compose file not usable: services.a.privileged: not a value of the expected type`},
		"bad duration":             {service + "    healthcheck: {test: x, interval: hunter2}\n", `compose.yaml:4:38: compose file not usable: services.a.healthcheck.interval: not a duration`},
		"bad size":                 {service + "    mem_limit: hunter2\n", `compose.yaml:4:16: compose file not usable: services.a.mem_limit: not a number`},
		"bad device":               {service + "    devices: ['a:b:c:hunter2']\n", `compose.yaml:4:15: compose file not usable: services.a.devices[0]: not a device mapping`},
		"bad host":                 {service + "    extra_hosts: [hunter2]\n", `compose.yaml:4:18: compose file not usable: services.a.extra_hosts: invalid additional host`},
		"bad command line":         {service + "    command: 'hunter2 \"'\n", `compose.yaml:4:14: compose file not usable: services.a.command: invalid command line string`},
		"bad health check":         {service + "    healthcheck: {test: [CMD, x]}\n  c:\n    image: b\n    healthcheck: {test: [hunter2]}\n", `compose.yaml:7:25: compose file not usable: services.c.healthcheck.test: healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"`},
		"merge of a text":          {service + "    <<: hunter2\n", `compose.yaml:4:9: compose file not usable: a merge key needs a mapping, or a list of mappings`},
		"brace not closed":         {service + "    environment:\n      A: ${hunter2\n", `compose.yaml:5:10: compose file not usable: services.a.environment.A: a $ that begins no variable; a plain one is written $$`},
		"required variable":        {"services:\n  a:\n    image: b:${TAG_OF_IT:?choose \"a\" tag}\n", `compose.yaml:3:12: compose file not usable: the variable "TAG_OF_IT" has to be set: "choose \"a\" tag"`},
		"required within default":  {"services:\n  a:\n    image: b:${X_OF_IT:-${TAG_OF_IT?}}\n", `compose.yaml:3:12: compose file not usable: the variable "TAG_OF_IT" has to be set`},
		"limits that conflict":     {service + "    pids_limit: 4\n    deploy: {resources: {limits: {cpus: '1'}}}\n", `compose.yaml:3:5: compose file not usable: services.a: can't set distinct values on 'pids_limit' and 'deploy.resources.limits.pids'`},
		"no image":                 {"services:\n  a:\n    ports: []\n", `compose.yaml:3:5: compose file not usable: service "a" has neither an image nor a build context specified`},
		"undefined network":        {service + "    networks: [x]\n", `compose.yaml:4:15: compose file not usable: service "a" refers to undefined network x`},
		"undefined dependency":     {service + "    depends_on: [x]\n", `compose.yaml:4:17: compose file not usable: service "a" depends on undefined service "x"`},
		"circle of dependencies":   {"services:\n  a: {image: b, depends_on: [b]}\n  b: {image: b, depends_on: [a]}\n", `compose.yaml:2:29: compose file not usable: services wait for each other: a → b → a`},
		"extends itself":           {"services:\n  a:\n    extends: {service: a}\n", `compose.yaml:3:14: compose file not usable: services extend each other: a → a`},
		"circle of extends":        {"services:\n  a:\n    extends: b\n  b:\n    extends: {service: a}\n", `compose.yaml:5:14: compose file not usable: services extend each other: a → b → a`},
		"extends no service":       {service + "    extends: {service: x}\n", `compose.yaml:4:14: compose file not usable: cannot extend "a": no service "x"`},
		"extends no file":          {service + "    extends: {service: x, file: no.yml}\n", `compose.yaml:4:33: compose file not usable: "no.yml": no such file or directory`},
		"remote extends":           {"services:\n  a:\n    extends: {file: 'https://user:hunter2@example.com/z', service: a}\n", `compose.yaml:3:21: compose file not usable: remote includes are not followed: https://example.com/z`},
		"includes itself":          {"include: [compose.yaml]\n" + service, `compose.yaml:1:11: compose file not usable: files include each other: compose.yaml → compose.yaml`},
		"includes no file":         {"include:\n  - a/b.yml\n" + service, `compose.yaml:2:5: compose file not usable: "a/b.yml": no such file or directory`},
		"include is no list":       {"include: hunter2\n" + service, `compose.yaml:1:10: compose file not usable: include: must be a list`},
		"alias within itself":      {"services: {a: &a {image: b, x-a: *a}}", `compose.yaml:1:34: compose file not usable: an alias is part of what it stands for`},
		"escapes in a name":        {"services:\n  \"a\\x1b[2J\": {image: hunter2}\n", `compose.yaml:2:3: compose file not usable: services.a\x1b[2J: unknown key "a\x1b[2J"`},
		"name like a flag":         {"services:\n  --volumes: {image: hunter2}\n", `compose.yaml:2:14: compose file not usable: the name of service "--volumes" begins with a dash`},
		"nested too deep":          {"x-a: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), `compose.yaml:1:106: compose file not usable: nested deeper than 100 levels`},
		"nested far too deep":      {"x-a: " + strings.Repeat("[", 1<<16), `compose.yaml:1:10006: compose file not usable: nested too deep`},
		"key too long":             {"x-a: {" + strings.Repeat("k", 2000) + ": hunter2}", `compose.yaml:1:7: compose file not usable: a key is longer than 1024 bytes`},
		"ports without end":        {service + "    ports: [" + strings.Repeat("'1-65535:1-65535', ", 100) + "]", `compose.yaml:4:32: compose file not usable: aliases, merges, variables and ranges come to more than 1000000 values`},
		"too many values":          {"x-a: [" + strings.Repeat("a,", 600_000) + "]", `compose.yaml: compose file not usable: more than 500000 values`},
		"control character inside": {service + "    command: \"\x1b[2J\"", `compose.yaml:4: compose file not usable: not text in UTF-8, or with control characters in it`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, t.TempDir(), map[string]string{"compose.yaml": c.file})
			_, err := Load(t.Context(), dir, nil)
			if err == nil {
				t.Fatal("no error")
			}
			if got := err.Error(); got != "load project: "+c.want {
				t.Errorf("%s\nwant load project: %s", got, c.want)
			}
			if !errors.Is(err, ErrBadCompose) {
				t.Error("not a bad compose file")
			}
		})
	}
}

func TestNoMessageHoldsAValue(t *testing.T) {
	for _, key := range []string{
		"ports", "volumes", "expose", "environment", "env_file", "command", "entrypoint", "devices", "ulimits", "tmpfs", "dns",
		"extra_hosts", "healthcheck", "deploy", "build", "labels", "logging", "networks", "secrets", "configs", "depends_on", "mem_limit", "cpus",
		"stop_grace_period", "sysctls", "cap_add", "links", "network_mode", "pids_limit", "restart", "scale", "shm_size", "gpus", "develop", "blkio_config",
	} {
		for _, value := range []string{"%s", "[%s]", "{%s: %s}", "[{%s: %s}]", "'%s:%s'", "['%s:%s']", "['/a:/b:%s']", "{a: {%s: %s}}", "['1.2.3.4:%s']", "['%s=%s']", "'1 %s'", "'8%s'"} {
			text := strings.ReplaceAll(value, "%s", secretValue)
			// A key is no value: names of keys may be told.
			text = strings.ReplaceAll(text, "{"+secretValue+":", "{name:")
			dir := write(t, t.TempDir(), map[string]string{"compose.yaml": "services:\n  a:\n    image: b\n    " + key + ": " + text + "\n"})
			_, err := Load(t.Context(), dir, nil)
			switch {
			case err == nil:
			case strings.Contains(err.Error(), "undefined"): // names of services and networks may be told, too
			case strings.Contains(err.Error(), secretValue), strings.Contains(err.Error(), "\n"):
				t.Errorf("%s: %s: %v", key, text, err)
			case !strings.Contains(err.Error(), "compose.yaml:"):
				t.Errorf("%s: %s: no place: %v", key, text, err)
			}
		}
	}
}

// bomb is a file of ten lines that comes to ten thousand million values.
func bomb(alias string) string {
	var b strings.Builder
	b.WriteString("x-0: &l0 {k: [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]}\n")
	for i := 1; i < 10; i++ {
		fmt.Fprintf(&b, "x-%d: &l%d "+alias+"\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*l%d, ", i-1), 10), ", "))
	}
	b.WriteString("services: {a: {image: b}}\n")
	return b.String()
}

func TestABombIsRefusedBeforeItGoesOff(t *testing.T) {
	var doubling strings.Builder
	doubling.WriteString("A0=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n")
	for i := 1; i < 60; i++ {
		fmt.Fprintf(&doubling, "A%d=$A%d$A%d\n", i, i-1, i-1)
	}
	ways := "services:\n  s0: {image: b}\n  t0: {image: b}\n"
	for i := 1; i < 60; i++ {
		ways += fmt.Sprintf("  s%d: {image: b, depends_on: [s%d, t%d]}\n  t%d: {image: b, depends_on: [s%d, t%d]}\n", i, i-1, i-1, i, i-1, i-1)
	}
	includes := map[string]string{"compose.yaml": "include: [f1.yml]\nservices: {a: {image: b}}"}
	for i := range 40 {
		includes[fmt.Sprintf("f%d.yml", i)] = fmt.Sprintf("include: [f%d.yml, f%d.yml, f%d.yml]", i+1, i+1, i+1)
	}
	includes["f40.yml"] = "services: {c: {image: b}}"
	plain := "services: {a: {image: b}}"
	for name, files := range map[string]map[string]string{
		"aliases":           {"compose.yaml": bomb("[%s]")},
		"merges":            {"compose.yaml": bomb("{<<: [%s]}")},
		"in an include":     {"compose.yaml": "include: [more.yml]\n" + plain, "more.yml": bomb("[%s]")},
		"in an extends":     {"compose.yaml": "services: {a: {extends: {file: more.yml, service: a}}}", "more.yml": bomb("[%s]")},
		"long text":         {"compose.yaml": "x-a: &a " + strings.Repeat("x", 1<<20) + "\nx-b: [" + strings.Repeat("*a, ", 2000) + "]\n" + plain},
		"includes":          includes,
		"variables":         {"compose.yaml": plain, ".env": doubling.String()},
		"braces":            {"compose.yaml": "services: {a: {image: '" + strings.Repeat("${A:-", 1<<17) + strings.Repeat("}", 1<<17) + "'}}"},
		"braces in .env":    {"compose.yaml": plain, ".env": "A=" + strings.Repeat("${A:-", 1<<17)},
		"ways":              {"compose.yaml": ways},
		"long variable":     {"compose.yaml": "x-a: [" + strings.Repeat("$A, ", 20_000) + "]\n" + plain, ".env": "A=" + strings.Repeat("x", 1<<19)},
		"many copies of it": {"compose.yaml": "services:\n" + copies(3000), "more.yml": "services:\n" + copies2(3000)},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, t.TempDir(), files)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := Load(t.Context(), dir, nil)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, ErrBadCompose) {
				t.Fatalf("error %v", err)
			}
			if strings.Contains(err.Error(), "cannot read") || len(err.Error()) > 500 {
				t.Errorf("not a clear message: %v", err)
			}
			// Far above what it takes, for slow machines; far below what it would take.
			if took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 200 {
				t.Errorf("allocated %d MiB", mib)
			}
		})
	}
}

// copies are services that each extend one of another file, which is copied for
// each.
func copies(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  a%d: {extends: {file: more.yml, service: b%d}}\n", i, i)
	}
	return b.String()
}

func copies2(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  b%d: {image: b}\n", i)
	}
	return b.String()
}

func TestLinksOutOfTheProjectAreNotFollowed(t *testing.T) {
	const service = "services:\n  a:\n    image: b\n"
	for name, c := range map[string]struct {
		files map[string]string
		links map[string]string // in project/, to paths relative to it
		want  string            // "" when it loads
	}{
		"compose file":        {map[string]string{"other/x.yml": service}, map[string]string{"compose.yaml": "../other/x.yml"}, "compose.yaml: "},
		"folder on the way":   {map[string]string{"project/compose.yaml": "include: [sub/x.yml]\n" + service, "other/x.yml": "services: {}"}, map[string]string{"sub": "../other"}, "compose.yaml:1:11: "},
		"include":             {map[string]string{"project/compose.yaml": "include: [x.yml]\n" + service, "other/x.yml": "services: {}"}, map[string]string{"x.yml": "../other/x.yml"}, "compose.yaml:1:11: "},
		"extends":             {map[string]string{"project/compose.yaml": "services:\n  a: {extends: {service: a, file: x.yml}}", "other/x.yml": service}, map[string]string{"x.yml": "../other/x.yml"}, "compose.yaml:2:35: "},
		"env_file":            {map[string]string{"project/compose.yaml": service + "    env_file: x.env", "other/x.env": "A=b"}, map[string]string{"x.env": "../other/x.env"}, "compose.yaml:4:15: "},
		"env_file in a list":  {map[string]string{"project/compose.yaml": service + "    env_file: [{path: x.env}]", "other/x.env": "A=b"}, map[string]string{"x.env": "../other/x.env"}, "compose.yaml:4:23: "},
		".env":                {map[string]string{"project/compose.yaml": service, "other/x.env": "A=b"}, map[string]string{".env": "../other/x.env"}, ".env: "},
		"link inside":         {map[string]string{"project/real.yml": service}, map[string]string{"compose.yaml": "real.yml"}, ""},
		"path written openly": {map[string]string{"project/compose.yaml": "include: [../other/x.yml]\n" + service, "other/x.yml": "services: {c: {image: b}}"}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			top := write(t, t.TempDir(), c.files)
			dir := filepath.Join(top, "project")
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			for link, to := range c.links {
				if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
					t.Fatal(err)
				}
			}
			_, err := Load(t.Context(), dir, nil)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if !errors.Is(err, ErrLinkOut) || !errors.Is(err, ErrBadCompose) || !strings.HasPrefix(err.Error(), "load project: "+c.want) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestWhatIsNoFileIsNotWaitedFor(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"big.yml": strings.Repeat("# x\n", 3<<20)})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.yml"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.yml"), 0o755); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"pipe.yml": "is not a regular file", "folder.yml": "is a folder, not a file", "big.yml": "more than 8388608 bytes", "/dev/zero": "is not a regular file",
	} {
		_, err := Load(t.Context(), dir, []string{file})
		if !errors.Is(err, ErrBadCompose) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
}
