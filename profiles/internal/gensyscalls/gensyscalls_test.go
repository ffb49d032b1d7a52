package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// load returns the tables.
func load(t *testing.T) ([]table, string) {
	t.Helper()
	dir, version, err := findSys()
	if err != nil {
		t.Fatal(err)
	}
	tables, err := readTables(dir)
	if err != nil {
		t.Fatal(err)
	}
	return tables, version
}

func TestCommittedTablesAreUpToDate(t *testing.T) {
	tables, version := load(t)
	for _, table := range tables {
		want, err := render(table, version)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", "..", "zsyscalls_"+table.file+".go"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: run \"go generate ./profiles\"", table.arch)
		}
	}
}

var define = regexp.MustCompile(`^#define\s+__NR(?:3264)?_([a-z0-9_]+)\s+\(?(?:__X32_SYSCALL_BIT \+ )?([0-9]+)\)?\s*$`)

// TestTablesAgreeWithTheHeadersOfThisMachine compares each call of the installed
// headers; the tables may be newer than these.
func TestTablesAgreeWithTheHeadersOfThisMachine(t *testing.T) {
	tables, _ := load(t)
	for _, table := range tables {
		for _, file := range headers(table.arch) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Logf("%s: not compared: %v", table.arch, err)
				continue
			}
			have := map[string]int{}
			for _, c := range table.calls {
				have[c.name] = c.nr
			}
			n := 0
			for line := range strings.Lines(string(data)) {
				m := define.FindStringSubmatch(strings.TrimSpace(line))
				if m == nil || genericOnly(m[1]) {
					continue
				}
				nr, _ := strconv.Atoi(m[2])
				if got, ok := have[m[1]]; !ok || got != nr {
					t.Errorf("%s: %s is %d (%v), %s has %d", table.arch, m[1], got, ok, file, nr)
				}
				n++
			}
			t.Logf("%s: %d calls agree with %s", table.arch, n, file)
		}
	}
}

func headers(arch string) []string {
	const x86 = "/usr/include/x86_64-linux-gnu/asm/"
	return map[string][]string{
		"x86_64": {x86 + "unistd_64.h"}, "x86": {x86 + "unistd_32.h"}, "x32": {x86 + "unistd_x32.h"},
		"aarch64": {"/usr/include/asm-generic/unistd.h"},
	}[arch]
}

// genericOnly are names of the generic header that 64-bit architectures do not
// have: bases, 32-bit twins, and calls that aarch64 has under another name.
func genericOnly(name string) bool {
	switch name {
	case "syscalls", "arch_specific_syscall", "sync_file_range2", "fstatat":
		return true
	}
	return strings.HasSuffix(name, "64") && strings.Contains(name, "time") || name == "clock_settime64" || name == "clock_adjtime64"
}

func TestATableWithADoubleIsRefused(t *testing.T) {
	calls := make([]call, 0, 300)
	for i := range 300 {
		calls = append(calls, call{name: "c" + strconv.Itoa(i), nr: i})
	}
	if err := check(table{calls: calls}); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func([]call){
		"number": func(c []call) { c[1].nr = 0 },
		"name":   func(c []call) { c[1].name = "c0" },
	} {
		bad := append([]call(nil), calls...)
		change(bad)
		if check(table{calls: bad}) == nil {
			t.Errorf("a double %s passes", name)
		}
	}
	if check(table{calls: calls[:10]}) == nil {
		t.Error("a short table passes")
	}
}
