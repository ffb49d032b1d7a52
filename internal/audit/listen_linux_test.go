package audit

import (
	"testing"
	"time"
)

func TestAMarkIsHeardAfterWhatCameBefore(t *testing.T) {
	l, err := Listen()
	if err != nil {
		t.Skipf("%v: needs root in the first namespaces; the virtual machine's tests listen too", err)
	}
	defer l.Close()
	a, b := l.NewMark(), l.NewMark()
	for _, m := range []Mark{a, b} {
		if err := m.Write(t.Context()); err != nil {
			t.Skipf("%v; the virtual machine's tests write too", err)
		}
	}
	stop := time.AfterFunc(time.Minute, func() { _ = l.Close() })
	defer stop.Stop()
	var heard []Mark
	for len(heard) == 0 || heard[len(heard)-1] != b {
		r, err := l.Next()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []Mark{a, b} {
			if m.Is(r) {
				heard = append(heard, m)
			}
		}
	}
	if len(heard) != 2 || l.Lost() != 0 {
		t.Errorf("heard %q, lost %d", heard, l.Lost())
	}
}
