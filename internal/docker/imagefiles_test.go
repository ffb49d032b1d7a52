package docker

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// entryOf is one file of a layer in a test.
func dir(name string, mode int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: mode}
}

func file(name string, mode int64, text string) (*tar.Header, string) {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(text))}, text
}

func link(name, to string) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: to, Mode: 0o777}
}

// pack makes an archive of headers, each of a file followed by its text.
func pack(t testing.TB, parts ...any) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for i, p := range parts {
		h, ok := p.(*tar.Header)
		if !ok {
			continue
		}
		text := ""
		if h.Typeflag == tar.TypeReg && i+1 < len(parts) {
			text, _ = parts[i+1].(string)
			h.Size = int64(len(text))
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func plain(name, text string) []any {
	h, text := file(name, 0o644, text)
	return []any{h, text}
}

// save packs layers as an engine before 25 does, the manifest last.
func save(t testing.TB, layers ...[]byte) []byte {
	var parts []any
	var names []string
	for i, l := range layers {
		name := fmt.Sprintf("%d/layer.tar", i)
		names = append(names, name)
		parts = append(parts, plain(name, string(l))...)
	}
	manifest, err := json.Marshal([]map[string]any{{"Config": "c.json", "Layers": names}})
	if err != nil {
		t.Fatal(err)
	}
	return pack(t, append(parts, plain("manifest.json", string(manifest))...)...)
}

func read(t testing.TB, archive []byte, words ...string) *ImageFiles {
	t.Helper()
	tree, err := readArchive(bytes.NewReader(archive), maxFiles)
	if err != nil {
		t.Fatal(err)
	}
	files, err := tree.files(words)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestLayersAreAppliedOneOverTheOther(t *testing.T) {
	passwd, users := file("etc/passwd", 0o644, "root:x:0:0:root:/root:/bin/sh\nwww:x:33:34::/var/www:/no\nbad:x:y:0::/:/\nroot:x:9:9::/:/\n#c:x:1:1::/:/\n")
	group, groups := file("etc/group", 0o644, "root:x:0:\nwww:x:33:a,b\n")
	su := &tar.Header{Typeflag: tar.TypeReg, Name: "bin/su", Mode: 0o4755, PAXRecords: map[string]string{fileCaps: "\x01"}, Uid: 7, Gid: 8}
	low := pack(t, dir("etc/", 0o755), passwd, users, group, groups, dir("usr/", 0o755), dir("usr/bin/", 0o750), link("bin", "usr/bin"), su, "",
		dir("gone/", 0o755), dir("gone/deep/", 0o755), dir("cleared/", 0o700), &tar.Header{Typeflag: tar.TypeReg, Name: "cleared/old"}, "",
		&tar.Header{Typeflag: tar.TypeReg, Name: "replaced", Mode: 0o600}, "", dir("kept/", 0o755))
	high := pack(t, &tar.Header{Typeflag: tar.TypeReg, Name: ".wh.gone"}, "", dir("cleared/", 0o711),
		&tar.Header{Typeflag: tar.TypeReg, Name: "cleared/new", Mode: 0o644}, "", &tar.Header{Typeflag: tar.TypeReg, Name: "cleared/.wh..wh..opq"}, "",
		dir("replaced/", 0o755), &tar.Header{Typeflag: tar.TypeLink, Name: "kept/hard", Linkname: "usr/bin/su"}, &tar.Header{Typeflag: tar.TypeReg, Name: "bin/through", Mode: 0o755}, "")
	got := read(t, save(t, low, high))
	want := map[string]FileEntry{
		"/etc": {Mode: 0o755, Folder: true}, "/etc/passwd": {Mode: 0o644}, "/etc/group": {Mode: 0o644},
		"/usr": {Mode: 0o755, Folder: true}, "/usr/bin": {Mode: 0o750, Folder: true}, "/bin": {Mode: 0o777, Link: "usr/bin"},
		"/usr/bin/su": {Mode: 0o4755, UID: 7, GID: 8, Caps: true}, "/kept/hard": {Mode: 0o4755, UID: 7, GID: 8, Caps: true},
		"/usr/bin/through": {Mode: 0o755}, "/cleared": {Mode: 0o711, Folder: true}, "/cleared/new": {Mode: 0o644},
		"/replaced": {Mode: 0o755, Folder: true}, "/kept": {Mode: 0o755, Folder: true},
	}
	if d := cmp.Diff(want, got.Entries); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]Account{"root": {"root", 0, 0, "/root", "/bin/sh"}, "www": {"www", 33, 34, "/var/www", "/no"}}, got.Users); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int{"root": 0, "www": 33}, got.Groups); d != "" {
		t.Error(d)
	}
}

func TestScriptsOfTheEntryPointAreKept(t *testing.T) {
	script := func(name, text string) []any {
		h, text := file(name, 0o755, text)
		return []any{h, text}
	}
	parts := append(script("usr/local/bin/start.sh", "#!/bin/sh\n. /opt/lib.sh\nexec helper \"$@\"\n"), script("opt/lib.sh", "#!/bin/sh\n# lib\n")...)
	parts = append(parts, script("usr/local/bin/helper", "#!/bin/sh\n# helper\nunrelated\n")...)
	parts = append(parts, script("usr/local/bin/unrelated", "#!/bin/sh\n")...)
	parts = append(parts, script("usr/bin/exec", "#!/bin/sh\n# of the system\n")...)
	parts = append(parts, script("usr/local/bin/long", "#!"+strings.Repeat("x", maxScript))...)
	parts = append(parts, script("app/server", "\x7fELF")...)
	parts = append(parts, link("entry", "usr/local/bin/start.sh"))
	for _, words := range [][]string{{"start.sh", "/app/server"}, {"/entry", "long"}, {"/bin/sh", "-c", "exec /entry"}} {
		got := read(t, save(t, pack(t, parts...)), words...)
		names := map[string]bool{}
		for p := range got.Scripts {
			names[p] = true
		}
		if words[0] == "/bin/sh" { // the word "exec" is a script of the system there
			delete(names, "/usr/bin/exec")
		}
		if d := cmp.Diff(map[string]bool{"/usr/local/bin/start.sh": true, "/opt/lib.sh": true, "/usr/local/bin/helper": true}, names); d != "" {
			t.Errorf("%v: %s", words, d)
		}
	}
}

func TestEveryLayoutOfAnArchiveIsRead(t *testing.T) {
	layer := pack(t, &tar.Header{Typeflag: tar.TypeReg, Name: "a"}, "")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(layer)
	_ = z.Close()
	manifest := `{"schemaVersion":2,"layers":[{"digest":"sha256:l"}]}`
	index := plain("index.json", `{"manifests":[{"digest":"sha256:m"}]}`)
	oci := append(append(plain("blobs/sha256/l", packed.String()), plain("blobs/sha256/m", manifest)...), index...)
	nested := append(append(plain("blobs/sha256/l", string(layer)), plain("blobs/sha256/n", manifest)...),
		append(plain("blobs/sha256/m", `{"manifests":[{"digest":"sha256:none"},{"digest":"sha256:n"}]}`), index...)...)
	for name, archive := range map[string][]byte{
		"oci":             pack(t, oci...),
		"oci, two levels": pack(t, nested...),
		"both":            pack(t, append(plain("blobs/sha256/l", string(layer)), plain("manifest.json", `[{"Layers":["blobs/sha256/l"]}]`)...)...),
		"linked layer": pack(t, append(append(plain("x/layer.tar", string(layer)), link("y/layer.tar", "../x/layer.tar")),
			plain("manifest.json", `[{"Layers":["y/layer.tar"]}]`)...)...),
	} {
		t.Run(name, func(t *testing.T) {
			if got := read(t, archive); len(got.Entries) != 1 {
				t.Errorf("%+v", got.Entries)
			}
		})
	}
}

func TestDamagedAndHostileArchivesAreRefused(t *testing.T) {
	deep := strings.Repeat("a/", 2040)
	var many, files []any
	for i := range 3 { // each path names two thousand folders of its own
		many = append(many, dir(fmt.Sprintf("%d/%s", i, deep), 0o755))
	}
	for range 5001 {
		files = append(files, dir("a/", 0o755))
	}
	for name, c := range map[string]struct {
		archive []byte
		says    string
	}{
		"empty":               {nil, "says nothing of its layers"},
		"no archive":          {bytes.Repeat([]byte("x"), 4096), "image archive"},
		"broken manifest":     {pack(t, plain("manifest.json", "[{")...), "manifest.json makes no sense"},
		"missing layer":       {pack(t, plain("manifest.json", `[{"Layers":["../../etc/passwd"]}]`)...), "a layer is missing"},
		"damaged layer":       {save(t, []byte("\x1f\x8bx")), "layer: "},
		"zstd":                {save(t, []byte("\x28\xb5\x2f\xfd....")), "zstd"},
		"long path":           {save(t, pack(t, dir(strings.Repeat("a", maxPathLen+1), 0o755))), "longer than 4096"},
		"folders without end": {save(t, pack(t, many...)), "more than 5000 files and folders"},
		"files without end":   {save(t, pack(t, files...)), "more than 5000 files"},
		"index of itself":     {pack(t, plain("index.json", `{"manifests":[{"digest":"../../index.json"}]}`)...), "says nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readArchive(bytes.NewReader(c.archive), 5000)
			if !errors.Is(err, ErrBadImage) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}

func TestPathsOfAnImageStayInsideIt(t *testing.T) {
	got := read(t, save(t, pack(t, dir("../../x/", 0o755), link("loop", "loop"), dir("loop/y/", 0o755), link("up", "../../.."), dir("up/z/", 0o755),
		&tar.Header{Typeflag: tar.TypeLink, Name: "h", Linkname: "nowhere"}, &tar.Header{Typeflag: tar.TypeReg, Name: ".wh..."}, "",
		&tar.Header{Typeflag: tar.TypeReg, Name: ".wh..wh.plnk"}, "", dir("/", 0o700))))
	for _, want := range []string{"/x", "/loop", "/loop/y", "/up", "/z"} {
		if _, ok := got.Entries[want]; !ok {
			t.Errorf("%s is missing of %v", want, got.Entries)
		}
		delete(got.Entries, want)
	}
	if len(got.Entries) > 0 {
		t.Errorf("more than that: %v", got.Entries)
	}
}

// Whatever an archive holds, reading it ends, and every path is absolute and clean.
func FuzzImageArchive(f *testing.F) {
	layer := pack(f, dir("a/", 0o755), link("b", "a"), dir("b/c/", 0o755), &tar.Header{Typeflag: tar.TypeReg, Name: "a/.wh.c"}, "")
	f.Add(save(f, layer))
	f.Add(save(f, layer, layer))
	f.Add(pack(f, plain("index.json", `{"manifests":[{"digest":"sha256:m"}]}`)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := readArchive(bytes.NewReader(data), maxFiles)
		if err != nil {
			if !errors.Is(err, ErrBadImage) {
				t.Fatal(err)
			}
			return
		}
		files, err := tree.files([]string{"a", "/b/c"})
		if err != nil {
			t.Fatal(err)
		}
		for p := range files.Entries {
			if !strings.HasPrefix(p, "/") || path.Clean(p) != p {
				t.Fatalf("path %q", p)
			}
		}
	})
}
