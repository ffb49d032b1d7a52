package vm

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
)

// cacheVariable names the folder where images are kept, instead of the user's own.
const cacheVariable = "BATTEN_CACHE"

// unused is how long an image is kept that no test has booted.
const unused = 14 * 24 * time.Hour

// image is what a machine boots; scripts/vm/image.sh says what is in the folder.
type image struct{ dir string }

func (i image) kernel() string { return filepath.Join(i.dir, "kernel") }
func (i image) disk() string   { return filepath.Join(i.dir, "root.img") }

// modules returns the first modules, as entries of the initial file system.
func (i image) modules() ([]entry, error) {
	names, err := filepath.Glob(filepath.Join(i.dir, "modules", "*.ko"))
	if err != nil {
		return nil, err
	}
	entries := []entry{{name: "modules", mode: folderMode}}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read module: %w", err)
		}
		entries = append(entries, entry{"modules/" + filepath.Base(name), fileMode, data})
	}
	return entries, nil
}

// theImage returns the image, made anew when what it is made from has changed. Of
// test processes that ask at once one makes it, and the others wait.
func theImage(t testing.TB) image {
	t.Helper()
	top := moduleRoot(t)
	key, err := imageKey(top)
	if err != nil {
		t.Fatal(err)
	}
	cache, err := cacheFolder()
	if err != nil {
		t.Fatal(err)
	}
	i := image{filepath.Join(cache, key)}
	unlock, err := lock(filepath.Join(cache, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, err := os.Stat(i.dir); errors.Is(err, fs.ErrNotExist) {
		i.make(t, top, cache)
	} else if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if err := os.Chtimes(i.dir, now, now); err != nil {
		t.Logf("note use of image: %v", err)
	}
	return i
}

// make runs the script. Nobody sees the folder before it is whole.
func (i image) make(t testing.TB, top, cache string) {
	t.Helper()
	require.Tool(t, "vm", "mkfs.ext4")
	source := images.Services(t)
	forget(cache)
	half, err := os.MkdirTemp(cache, "half.")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(half)
	began := time.Now()
	if out, err := exec.CommandContext(t.Context(), filepath.Join(top, script), source, half).CombinedOutput(); err != nil {
		t.Fatalf("make image of the virtual machine: %v\n%s", err, out)
	}
	if err := os.Rename(half, i.dir); err != nil {
		t.Fatal(err)
	}
	t.Logf("made the image of the virtual machine in %.1f s", time.Since(began).Seconds())
}

const script = "scripts/vm/image.sh"

// imageKey is the hash of what an image is made from. The newest kernel of the
// mirror on that day is in it; a newer one is no reason to make it again.
func imageKey(top string) (string, error) {
	sum := sha256.New()
	inputs := []string{filepath.Join(top, script), filepath.Join(top, "testdata/images/build.sh")}
	err := filepath.WalkDir(filepath.Join(top, "testdata/images/rootfs"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			inputs = append(inputs, name)
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("list inputs of image: %w", err)
	}
	slices.Sort(inputs)
	for _, name := range inputs {
		data, err := os.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("read input of image: %w", err)
		}
		below, err := filepath.Rel(top, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%q %d\n", below, len(data))
		sum.Write(data)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

func cacheFolder() (string, error) {
	dir := os.Getenv(cacheVariable)
	if dir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find cache of images (%s may name one): %w", cacheVariable, err)
		}
		dir = base
	}
	dir = filepath.Join(dir, "batten-vm")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make cache of images: %w", err)
	}
	return dir, nil
}

// lock waits until no other process holds the lock; it ends with its holder.
func lock(name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock cache of images: %w", err)
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, syscall.EINTR) {
			_ = f.Close()
			return nil, fmt.Errorf("lock cache of images: %w", err)
		}
	}
}

// forget removes images that nobody uses any more, and halves whose maker died. A
// machine that runs from one keeps its files open.
func forget(cache string) {
	dirs, err := os.ReadDir(cache)
	if err != nil {
		return
	}
	for _, d := range dirs {
		info, err := d.Info()
		if err != nil || !d.IsDir() {
			continue
		}
		half, _ := filepath.Match("half.*", d.Name())
		if half || time.Since(info.ModTime()) > unused {
			_ = os.RemoveAll(filepath.Join(cache, d.Name()))
		}
	}
}

// moduleRoot is the folder of go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	at, err := os.Getwd()
	if err != nil {
		t.Fatalf("find module: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			t.Fatal("find module: no go.mod above the working folder")
		}
		at = filepath.Dir(at)
	}
}
