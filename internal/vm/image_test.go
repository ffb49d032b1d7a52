package vm

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheImageIsNamedByAllThatItIsMadeFrom(t *testing.T) {
	top := t.TempDir()
	inputs := []string{"scripts/vm/image.sh", "testdata/images/build.sh", "testdata/images/rootfs/usr/local/bin/start"}
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]string{}
	note := func(what string) {
		t.Helper()
		key, err := imageKey(top)
		if err != nil {
			t.Fatal(err)
		}
		if before, twice := seen[key]; twice {
			t.Errorf("%s has the name of %s", what, before)
		}
		seen[key] = what
	}
	for _, name := range inputs {
		write(name, "a")
	}
	note("the first")
	for _, name := range inputs {
		write(name, "b")
		note("another " + name)
	}
	write("testdata/images/rootfs/etc/new", "")
	note("one more file")
}

func TestTheCacheForgetsWhatIsOldOrHalf(t *testing.T) {
	cache := t.TempDir()
	for name, age := range map[string]time.Duration{"fresh": 0, "old": unused + time.Hour, "half.1": 0} {
		dir := filepath.Join(cache, name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(dir, at, at); err != nil {
			t.Fatal(err)
		}
	}
	unlock, err := lock(filepath.Join(cache, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	forget(cache)
	left, err := filepath.Glob(filepath.Join(cache, "*"))
	if err != nil || len(left) != 2 || filepath.Base(left[0]) != "fresh" || filepath.Base(left[1]) != "lock" {
		t.Errorf("left: %q, %v", left, err)
	}
}

func TestTheLockIsHeldByOneAtATime(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(name)
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan func())
	go func() {
		unlock, err := lock(name)
		if err != nil {
			t.Error(err)
		}
		second <- unlock
	}()
	select {
	case <-second:
		t.Fatal("held twice")
	case <-time.After(50 * time.Millisecond):
	}
	unlock()
	(<-second)()
}

func TestTheInitialFileSystemHasTheKernelsFormat(t *testing.T) {
	var out bytes.Buffer
	if err := writeInitramfs(&out, []entry{{"d", folderMode, nil}, {"d/x", programMode, []byte("12345")}}); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	// Every header and every content begins at a multiple of four.
	want := "070701" + "00000001" + "000041ED" + strings.Repeat("0", 16) + "00000002" + strings.Repeat("0", 8*6) + "00000002" + "00000000" + "d\x00" +
		"070701" + "00000002" + "000081ED" + strings.Repeat("0", 16) + "00000001" + "00000000" + "00000005" + strings.Repeat("0", 8*4) + "00000004" + "00000000" + "d/x\x00\x00\x00" +
		"12345\x00\x00\x00" + "070701"
	if !strings.HasPrefix(got, want) || !strings.HasSuffix(strings.TrimRight(got, "\x00"), "TRAILER!!!") || len(got)%4 != 0 {
		t.Errorf("got\n%swant\n%s", hex.Dump([]byte(got)), hex.Dump([]byte(want)))
	}
}
