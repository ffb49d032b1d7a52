// Command gensyscalls writes the tables of system calls of package profiles.
//
// The numbers come from the constants of golang.org/x/sys/unix, which are
// generated from the kernel's own headers, found through the module cache: no
// network, no kernel sources. What these constants do not say (the x32 range,
// the calls private to 32-bit Arm) stands in fixups.go with its source.
//
// Run it with "go generate ./profiles".
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", ".", "folder to write to")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "gensyscalls:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	dir, version, err := findSys()
	if err != nil {
		return err
	}
	tables, err := readTables(dir)
	if err != nil {
		return err
	}
	for _, t := range tables {
		src, err := render(t, version)
		if err != nil {
			return fmt.Errorf("render %s: %w", t.arch, err)
		}
		name := filepath.Join(out, "zsyscalls_"+t.file+".go")
		if err := os.WriteFile(name, src, 0o644); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	return nil
}
