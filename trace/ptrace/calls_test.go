package ptrace

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"batten/profiles"
)

func TestFlagsOfAnOpenAreAccesses(t *testing.T) {
	a := func(list ...profiles.Access) []profiles.Access { return list }
	for _, c := range []struct {
		flags       uint64
		made, there bool
		want        []profiles.Access
	}{
		{unix.O_RDONLY, false, true, a(profiles.AccessRead)},
		{unix.O_WRONLY, false, true, a(profiles.AccessWrite)},
		{unix.O_RDWR, false, true, a(profiles.AccessRead, profiles.AccessWrite)},
		{3, false, true, a(profiles.AccessRead, profiles.AccessWrite)}, // for ioctl alone; both are asked
		{unix.O_WRONLY | unix.O_APPEND, false, true, a(profiles.AccessAppend)},
		{unix.O_RDWR | unix.O_APPEND, false, true, a(profiles.AccessRead, profiles.AccessWrite)},
		{unix.O_WRONLY | unix.O_CREAT | unix.O_TRUNC, false, true, a(profiles.AccessWrite, profiles.AccessTruncate)},
		{unix.O_WRONLY | unix.O_CREAT | unix.O_TRUNC, true, false, a(profiles.AccessCreate, profiles.AccessWrite)},
		{unix.O_RDWR | unix.O_TMPFILE, false, true, a(profiles.AccessCreate, profiles.AccessRead, profiles.AccessWrite)},
		{unix.O_RDONLY | unix.O_DIRECTORY, false, true, a(profiles.AccessRead)},
	} {
		if got := accessOf(c.flags, c.made, c.there); !slices.Equal(got, c.want) {
			t.Errorf("flags %o: %v, want %v", c.flags, got, c.want)
		}
	}
}

func TestSignalsHaveTheirNames(t *testing.T) {
	for n, want := range map[int]string{0: "EXISTS", 1: "HUP", 6: "ABRT", 9: "KILL", 16: "STKFLT", 17: "CHLD", 29: "IO", 31: "SYS", 32: "RT0", 35: "RT3", 64: "RT32"} {
		if got := signalName(n); got != want {
			t.Errorf("signal %d is %q", n, got)
		}
	}
}

func TestMountsAreToldByWhatTheKernelLooksAtFirst(t *testing.T) {
	for flags, want := range map[uint64]string{
		0: "mount", unix.MS_RDONLY: "mount", unix.MS_BIND | unix.MS_REC: "bind", unix.MS_REMOUNT | unix.MS_BIND: "remount",
		unix.MS_PRIVATE | unix.MS_REC: "propagation", unix.MS_MOVE: "move",
	} {
		if got := mountOperation(flags); got != want {
			t.Errorf("flags %x: %s, want %s", flags, got, want)
		}
	}
}

func TestDeviceNumbersAreThoseOfTheFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		major, minor := rapid.Uint32Max(0xfff).Draw(t, "major"), rapid.Uint32Max(0xfffff).Draw(t, "minor")
		encoded := uint64(minor&0xff | major<<8 | (minor&^0xff)<<12)
		if got := kernelDevice(encoded); unix.Major(got) != major || unix.Minor(got) != minor {
			t.Errorf("%d:%d is %d:%d", major, minor, unix.Major(got), unix.Minor(got))
		}
	})
}

func TestAddressesAreReadAsTheyLie(t *testing.T) {
	four := []byte{unix.AF_INET, 0, 0x1f, 0x90, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}
	if a := parseAddress(four); a.ip != netip.MustParseAddr("10.0.0.1") || a.port != 8080 {
		t.Errorf("%+v", a)
	}
	if a := parseAddress(four[:8]); a.ip.IsValid() {
		t.Errorf("half an address is %+v", a)
	}
	six := make([]byte, 28)
	six[0], six[2], six[3] = unix.AF_INET6, 0, 53
	mapped := netip.MustParseAddr("::ffff:10.0.0.1").As16()
	copy(six[8:], mapped[:])
	if a := parseAddress(six); a.ip != netip.MustParseAddr("10.0.0.1") || a.port != 53 {
		t.Errorf("%+v", a)
	}
	if a := parseAddress([]byte("\x01\x00\x00a\x00b")); a.abstract != "a\x00b" || a.path != "" {
		t.Errorf("%+v", a)
	}
	if a := parseAddress([]byte("\x01\x00/run/x\x00rest")); a.path != "/run/x" || a.abstract != "" {
		t.Errorf("%+v", a)
	}
	if a := parseAddress([]byte("\x01\x00")); a.path != "" || a.abstract != "" { // unnamed
		t.Errorf("%+v", a)
	}
}

func FuzzAddress(f *testing.F) {
	f.Add([]byte("\x01\x00\x00abstract"))
	f.Add([]byte{unix.AF_INET, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 2 || len(b) > maxAddress {
			t.Skip()
		}
		a := parseAddress(b)
		if a.port < 0 || a.port > 65535 || a.path != "" && a.abstract != "" {
			t.Errorf("%+v", a)
		}
	})
}

// TestRowsAreBounded holds that what is beyond the bound is counted.
func TestRowsAreBounded(t *testing.T) {
	r, th := recorderAndThread()
	th.image.file = "/bin/it"
	for n := range maxRows + 10 {
		r.touch(th, fileKey{path: "/f" + strconv.Itoa(n)}, profiles.AccessRead)
	}
	e, _, _ := r.snapshot()
	if len(e.Files) != maxRows || e.Loss.Paths != 10 || e.Loss.FilesComplete() {
		t.Errorf("%d files, loss %+v", len(e.Files), e.Loss)
	}
	for n := range maxSocketPrograms + 1 {
		th.image = &image{file: "/bin/" + strconv.Itoa(n)}
		r.socket(th, profiles.Socket{Use: profiles.SocketListen, Protocol: "tcp", Address: "::", Port: 80})
	}
	e, _, _ = r.snapshot()
	if len(e.Sockets) != 1 || len(e.Sockets[0].Programs) != maxSocketPrograms || e.Loss.Paths != 11 {
		t.Errorf("%d sockets, loss %+v", len(e.Sockets), e.Loss)
	}
}

func TestASnapshotOfNothingNewIsTheSame(t *testing.T) {
	r, th := recorderAndThread()
	key := fileKey{path: "/f"}
	r.touch(th, key, profiles.AccessRead)
	first, _, _ := r.snapshot()
	r.touch(th, key, profiles.AccessRead)
	same, _, _ := r.snapshot()
	if &first.Files[0] != &same.Files[0] {
		t.Error("it was copied although nothing is new")
	}
	r.touch(th, key, profiles.AccessWrite)
	r.setPhase(profiles.PhaseSteady)
	r.touch(th, key, profiles.AccessWrite)
	more, _, _ := r.snapshot()
	if len(first.Files[0].Access) != 1 || len(more.Files[0].Access) != 2 || len(more.Files[0].Phases) != 2 {
		t.Errorf("first %+v, then %+v", first.Files, more.Files)
	}
	r.freeze()
	r.touch(th, fileKey{path: "/late"}, profiles.AccessRead)
	r.count(func(l *profiles.Loss) { l.Paths++ })
	if last, _, _ := r.snapshot(); len(last.Files) != 1 || last.Loss.Paths != 0 {
		t.Errorf("after the end: %+v", last)
	}
}

// TestNamesLeadWhereTheKernelEndsUp compares the walk with the kernel's own, on
// random trees of folders and links.
func TestNamesLeadWhereTheKernelEndsUp(t *testing.T) {
	v := newView(os.Getpid(), devices{})
	defer v.close()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "batten-walk-")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		part := rapid.SampledFrom([]string{"a", "b", "c", ".", "..", "", "x (deleted)"})
		name := rapid.Custom(func(t *rapid.T) string {
			return filepath.Join(dir, "root") + "/" + join(part.Draw(t, "1"), part.Draw(t, "2")+"/"+part.Draw(t, "3"))
		})
		if err := os.Mkdir(dir+"/root", 0o755); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 8).Draw(t, "entries") {
			at := name.Draw(t, "at")
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				_ = os.MkdirAll(at, 0o755)
			case 1:
				_ = os.WriteFile(at, nil, 0o644)
			case 2:
				_ = os.Symlink(name.Draw(t, "target"), at)
			case 3:
				_ = os.Symlink("../"+part.Draw(t, "relative"), at)
			}
		}
		asked := name.Draw(t, "name")
		for _, follow := range []bool{true, false} {
			flags := unix.O_PATH | unix.O_CLOEXEC
			if !follow {
				flags |= unix.O_NOFOLLOW
			}
			fd, kernel := unix.Open(asked, flags, 0)
			got, walked := v.find(unix.AT_FDCWD, asked, follow)
			if kernel != nil {
				if walked == nil && got.exists {
					t.Errorf("%q (follow %v): %+v, but %v", asked, follow, got, kernel)
				}
				continue
			}
			want, err := readLink(linkOf(fd))
			unix.Close(fd)
			if err != nil || walked != nil || !got.exists || got.path != want {
				t.Errorf("%q (follow %v): %+v, %v; the kernel says %q, %v", asked, follow, got, walked, want, err)
			}
		}
	})
}
