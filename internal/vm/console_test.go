package vm

import (
	"strings"
	"testing"
)

func TestTheFirstComplaintIsTheCause(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "[    1.0] all is well\r\n": "",
		"[    1.0] BUG: kernel NULL pointer dereference\r\n[    1.1] Oops: 0000\r\n[    2.0] Kernel panic - not syncing: Fatal exception\r\n": "BUG: kernel NULL pointer dereference",
		"[    1.0] Kernel panic - not syncing: VFS\n": "Kernel panic - not syncing: VFS",
	} {
		c := &console{}
		for _, piece := range strings.SplitAfter(text, "a") {
			_, _ = c.Write([]byte(piece))
		}
		if got := c.complaint(); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestTheConsoleKeepsItsEnd(t *testing.T) {
	c := &console{}
	for range 3000 {
		_, _ = c.Write([]byte(strings.Repeat("x", 99) + "\n"))
	}
	_, _ = c.Write([]byte("last\n"))
	if got := c.String(); len(got) != kept || !strings.HasSuffix(got, "\nlast\n") {
		t.Errorf("%d bytes kept", len(got))
	}
	if lines := strings.Split(c.tail(), "\n"); len(lines) != 30 || lines[29] != "last" {
		t.Errorf("the tail is %d lines", len(lines))
	}
}
