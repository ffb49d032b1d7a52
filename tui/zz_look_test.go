package tui

import (
	"fmt"
	"os"
	"testing"
)

func TestZZDump(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip("")
	}
	s := begin(t, 120, 40, nil)
	for _, f := range s.m.hardening.Files {
		fmt.Println(f.Path, "|", f.What, "|", f.State, "|", len(f.Hunks), f.From)
		tx, err := s.m.hardening.Text(f.Path)
		n := 0
		for _, l := range tx.Lines {
			if len(l.Findings) > 0 {
				n++
			}
		}
		fmt.Println("   ", len(tx.Lines), tx.Secret, err, n)
		for _, h := range f.Hunks {
			fmt.Println("    hunk", h.OldStart, h.OldCount, h.NewStart, h.NewCount, h.Findings)
		}
	}
	for _, sv := range []string{"web"} {
		for _, g := range s.m.hardening.Calls(sv) {
			fmt.Println("##", g.Title, g.Refused, len(g.Calls))
			for _, c := range g.Calls {
				fmt.Printf("%+v\n", c)
			}
		}
		for _, g := range s.m.hardening.AppArmorRules(sv) {
			fmt.Println("##", g.Title)
			for _, c := range g.Rules {
				fmt.Printf("%q\n", c)
			}
		}
	}
}
