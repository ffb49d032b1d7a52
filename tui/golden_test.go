package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

// updateGolden is the variable that makes tests write the frames that they would compare.
const updateGolden = "BATTEN_UPDATE"

// golden compares a frame with testdata/frames/NAME.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "frames", name)
	got = strings.TrimRight(got, "\n") + "\n"
	if os.Getenv(updateGolden) != "" {
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
		t.Fatalf("read frame: %v (write it with %s=1)", err, updateGolden)
	}
	if d := udiff.Unified(path, "now", string(want), got); d != "" {
		t.Errorf("%s\n(write it with %s=1)", d, updateGolden)
	}
}

// frameSizes are those at which each screen is kept.
var frameSizes = []struct{ w, h int }{{80, 24}, {100, 30}, {120, 40}, {200, 60}}

// frames compares a screen at every size: without colour, in ASCII, and in colour. The
// session is brought to what is to be seen by prepare.
func frames(t *testing.T, name string, prepare func(s *session)) {
	t.Helper()
	for _, size := range frameSizes {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			s := begin(t, size.w, size.h, nil)
			prepare(s)
			golden(t, fmt.Sprintf("%s-%dx%d.txt", name, size.w, size.h), s.frame())
			s.m.theme.ascii = true
			golden(t, fmt.Sprintf("%s-%dx%d-ascii.txt", name, size.w, size.h), s.frame())
			s.m.theme.ascii = false
			golden(t, fmt.Sprintf("%s-%dx%d.ans", name, size.w, size.h), s.m.frame())
		})
	}
}
