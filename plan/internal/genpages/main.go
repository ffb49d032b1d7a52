// Command genpages writes the manual's page of each rule, and their index, from
// the rules themselves and from an example among their fixtures.
//
//	go generate ./docs
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"batten/plan/rules"
)

func main() {
	fixtures := flag.String("fixtures", "plan/rules/testdata", "folder of the rules' fixtures")
	out := flag.String("out", "docs/rules", "folder of the pages; others in it are removed")
	flag.Parse()
	if err := run(*fixtures, *out); err != nil {
		fmt.Fprintln(os.Stderr, "genpages:", err)
		os.Exit(1)
	}
}

func run(fixtures, out string) error {
	all, err := pages(rules.All(), fixtures)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(out, "*.md"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if _, ok := all[filepath.Base(path)]; !ok {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(out, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
