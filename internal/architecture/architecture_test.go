// Package architecture holds the import rules of the module: which package may
// know which.
package architecture

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// rule says which packages of the module those under a path may import.
type rule struct {
	path string
	may  []string // prefixes inside the module; nil: none
}

// anything is for packages that hold tests alone.
var anything = []string{"profiles", "trace", "generators", "verify", "plan", "project", "internal"}

// Order matters: the first rule whose path fits counts. Sub-packages of one path
// may import each other.
var rules = []rule{
	{"profiles", nil},
	{"rbac", nil},
	{"internal/testenv", []string{"internal/docker", "profiles"}},
	{"internal/architecture", nil},
	// Measurements and round trips use whatever they are about.
	{"internal/bench", anything},
	{"internal/roundtrip", anything},
	{"internal/corpus", anything},
	{"internal/scenarios", []string{"internal/testenv", "profiles"}},
	// Tests of what is compiled elsewhere, run in a virtual machine.
	{"internal/confined", nil},
	{"internal/vm", []string{"internal/audit", "internal/testenv"}},
	{"internal/audit", nil},
	{"internal/launch", nil},
	{"internal/fault", nil},
	{"internal/terminal", nil},
	{"internal/atomicfile", nil},
	{"internal/tinyelf", nil},
	{"internal/demo", nil},
	{"internal/docker", nil},
	{"internal/compose", []string{"project"}},
	{"project", []string{"internal/docker"}},
	{"trace", []string{"profiles", "internal/launch", "internal/audit"}},
	{"plan", []string{"project", "profiles", "rbac"}},
	{"generators", []string{"plan", "profiles", "rbac", "project"}},
	{"verify", []string{"project", "trace", "plan", "generators", "profiles", "internal/launch", "internal/audit"}},
	{"docs", nil},
	{"learn", []string{"plan", "project", "rbac"}},
	{"internal/engine", []string{
		"project", "trace", "profiles", "plan", "generators", "verify", "rbac", "learn", "docs",
		"internal/atomicfile", "internal/compose", "internal/demo", "internal/docker", "internal/fault", "internal/launch",
		"internal/tinyelf",
	}},
	{"tui", []string{"internal/engine", "internal/terminal", "internal/fault", "profiles", "plan", "project", "verify"}},
	// cmd names values of profiles and verify that the engine hands out, and tells
	// errors and terminals apart; it calls nothing of theirs that does anything.
	{"cmd", []string{"internal/engine", "internal/fault", "internal/terminal", "internal/launch", "internal/demo", "profiles", "plan", "project", "verify", "tui"}},
}

// owners are packages outside the module that only one package may import.
var owners = map[string]string{
	"github.com/moby/moby/":                 "batten/internal/docker",
	"github.com/compose-spec/":              "batten/project",
	"github.com/docker/cli/":                "batten/project/dialect",
	"github.com/cilium/ebpf":                "batten/trace/ebpf",
	"github.com/moby/profiles/":             "batten/generators/seccomp",
	"github.com/seccomp/libseccomp-golang":  "batten/generators/seccomp",
	"github.com/spf13/cobra":                "batten/cmd/",
	"charm.land/":                           "batten/tui",
	"github.com/charmbracelet/":             "batten/tui",
	"github.com/docker/go-":                 "batten/internal/docker",
	"github.com/containerd/":                "batten/internal/docker",
	"github.com/opencontainers/image-spec/": "batten/internal/docker",
}

func list(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "batten/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	d := json.NewDecoder(bufio.NewReader(bytes.NewReader(out)))
	for {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func under(path, prefix string) bool { return path == prefix || strings.HasPrefix(path, prefix+"/") }

func TestImportsRunOneWay(t *testing.T) {
	for _, p := range list(t) {
		name, inside := strings.CutPrefix(p.ImportPath, "batten/")
		if !inside {
			continue
		}
		i := slices.IndexFunc(rules, func(r rule) bool { return under(name, r.path) })
		if i < 0 {
			t.Errorf("%s has no rule", name)
			continue
		}
		for _, imported := range p.Imports {
			other, inside := strings.CutPrefix(imported, "batten/")
			if !inside || under(other, rules[i].path) {
				continue
			}
			if !slices.ContainsFunc(rules[i].may, func(m string) bool { return under(other, m) }) {
				t.Errorf("%s imports %s", name, other)
			}
		}
	}
}

func TestForeignPackagesHaveOneOwner(t *testing.T) {
	for _, p := range list(t) {
		for _, imported := range p.Imports {
			for prefix, owner := range owners {
				if strings.HasPrefix(imported, prefix) && !strings.HasPrefix(p.ImportPath, owner) {
					t.Errorf("%s imports %s, which only %s may", p.ImportPath, imported, owner)
				}
			}
		}
	}
}

// profiles is what other programs would read recordings with: it must not bring
// anything along.
func TestProfilesDependOnTheStandardLibraryAlone(t *testing.T) {
	for _, p := range list(t) {
		if p.ImportPath != "batten/profiles" {
			continue
		}
		for _, dep := range p.Deps {
			first, _, _ := strings.Cut(dep, "/")
			if strings.Contains(first, ".") && !strings.HasPrefix(dep, "go.yaml.in/") {
				t.Errorf("profiles depends on %s", dep)
			}
		}
	}
}

func TestNothingButCmdReachesTheTerminalProgram(t *testing.T) {
	for _, p := range list(t) {
		if slices.Contains(p.Deps, "batten/tui") && !strings.HasPrefix(p.ImportPath, "batten/cmd/") && !strings.HasPrefix(p.ImportPath, "batten/tui") {
			t.Errorf("%s depends on tui", p.ImportPath)
		}
	}
}
