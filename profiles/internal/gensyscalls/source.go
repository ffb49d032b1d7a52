package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// call is one row of a table.
type call struct {
	name string
	nr   int
}

// table is the calls of one architecture, sorted by number.
type table struct {
	arch  string // libseccomp's name
	file  string // suffix of the generated file, no GOOS or GOARCH in it
	ident string // Go identifier of the table
	calls []call
}

var constant = regexp.MustCompile(`^\s*SYS_([A-Z0-9_]+)\s*=\s*([0-9]+)\s*$`)

// findSys returns the folder and version of golang.org/x/sys that go.mod selects.
func findSys() (dir, version string, err error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}\n{{.Version}}", "golang.org/x/sys").Output()
	if err != nil {
		return "", "", fmt.Errorf("find golang.org/x/sys: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 2 || lines[0] == "" {
		return "", "", fmt.Errorf("find golang.org/x/sys: not in the module cache, run \"go mod download golang.org/x/sys\"")
	}
	return lines[0], lines[1], nil
}

// readTables returns the five tables.
func readTables(dir string) ([]table, error) {
	tables := []table{
		{arch: "x86_64", file: "x8664", ident: "callsX8664"},
		{arch: "x86", file: "x86", ident: "callsX86"},
		{arch: "aarch64", file: "aarch64", ident: "callsAARCH64"},
		{arch: "arm", file: "arm32", ident: "callsARM"},
	}
	goarch := map[string]string{"x86_64": "amd64", "x86": "386", "aarch64": "arm64", "arm": "arm"}
	for i := range tables {
		name := filepath.Join(dir, "unix", "zsysnum_linux_"+goarch[tables[i].arch]+".go")
		calls, err := readConstants(name)
		if err != nil {
			return nil, err
		}
		tables[i].calls = fixUp(tables[i].arch, calls)
	}
	x32 := table{arch: "x32", file: "x32", ident: "callsX32", calls: x32From(tables[0].calls)}
	tables = append(tables, x32)
	for _, t := range tables {
		sort.Slice(t.calls, func(i, j int) bool { return t.calls[i].nr < t.calls[j].nr })
		if err := check(t); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

func readConstants(name string) ([]call, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read constants: %w", err)
	}
	defer f.Close()
	var calls []call
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		m := constant.FindStringSubmatch(sc.Text())
		if m == nil {
			continue
		}
		nr, err := strconv.Atoi(m[2])
		if err != nil {
			return nil, fmt.Errorf("read constants: %w", err)
		}
		calls = append(calls, call{strings.ToLower(m[1]), nr})
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("read constants: %w", err)
	}
	return calls, nil
}

// check refuses a table in which a number or a name stands twice.
func check(t table) error {
	names := map[string]bool{}
	for i, c := range t.calls {
		if i > 0 && t.calls[i-1].nr == c.nr {
			return fmt.Errorf("%s: number %d is both %s and %s", t.arch, c.nr, t.calls[i-1].name, c.name)
		}
		if names[c.name] {
			return fmt.Errorf("%s: %s has two numbers", t.arch, c.name)
		}
		names[c.name] = true
	}
	if len(t.calls) < 250 {
		return fmt.Errorf("%s: only %d calls found", t.arch, len(t.calls))
	}
	return nil
}
