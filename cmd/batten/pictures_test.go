package main

import (
	"os"
	"path/filepath"
	"testing"

	"batten/internal/testenv/console"
)

// updatePictures is the variable that makes the test write the pictures that it compares.
const updatePictures = "BATTEN_UPDATE"

// The pictures of the manual are frames of the demonstration as it is now. The one of a
// replay depends on time and is not compared.
func TestThePicturesOfTheManualAreWhatIsShown(t *testing.T) {
	for _, p := range []struct {
		name, title string
		w, h        int
		timed       bool
		bring       func(c *console.Console)
	}{
		{"overview", "Overview: services, the ten points of one, and the networks before hardening", 120, 36, false, func(c *console.Console) {}},
		{"networks", "The networks after hardening", 100, 28, false, func(c *console.Console) {
			c.Press("<tab>", "<tab>", "b", "+")
			c.Wait("networks after hardening", "internal")
		}},
		{"plan", "Plan: findings with evidence, risk and what each brings", 120, 36, false, func(c *console.Console) {
			c.Press("3", "j", "j", "j")
			c.Wait("evidence")
		}},
		{"files", "Files: the difference with its reasons", 120, 36, false, func(c *console.Console) {
			c.Press("4")
			c.Wait("compared with")
		}},
		{"seccomp", "A seccomp profile with the reason for each call", 120, 36, false, func(c *console.Console) {
			c.Press("4", "]", "]", "]", "]", "<tab>")
			c.Wait("calls, ")
		}},
		{"palette", "The palette: every verb with its command", 100, 28, false, func(c *console.Console) {
			c.Press("3", ":")
			c.Wait("commands", "the same")
		}},
		{"trace", "Trace: what is seen for the first time, and what made it", 120, 36, true, func(c *console.Console) {
			c.Press("2", "s", "r")
			c.Wait("things were seen")
		}},
	} {
		t.Run(p.name, func(t *testing.T) {
			c := open(t, p.w, p.h, "demo", "--out", "batten-demo") // a path that stands in commands
			c.Wait("Overview", "web", "score")
			p.bring(c)
			got := c.Settled(p.title)
			path := filepath.Join("../../docs/pictures", p.name+".svg")
			if os.Getenv(updatePictures) != "" {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if string(want) != got && !p.timed {
				t.Errorf("%s is not what is shown now (make pictures writes it):\n%s", path, c.Screen())
			}
		})
	}
}
