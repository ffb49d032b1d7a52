package engine

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"batten/internal/atomicfile"
	"batten/profiles"
)

// Measurements of runtimes are kept in the user's cache: they belong to the
// machine, not to a project.
const (
	needsFolder = "batten"
	needsStart  = "runtime-"
	maxNeeds    = 1 << 20
	needsSchema = "batten/runtime-needs/v1"
)

type needsFile struct {
	Schema string `json:"schema"`
	profiles.RuntimeNeeds
}

func needsName(n profiles.RuntimeNeeds) string {
	return path.Join(needsFolder, fmt.Sprintf("%s%.16s-nnp-%t.json", needsStart, n.Hash, n.NoNewPrivileges))
}

func openCache(create bool) (*atomicfile.Folder, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("find cache: %w", err)
	}
	if create {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make cache: %w", err)
		}
	}
	return atomicfile.Open(dir)
}

// readNeeds looks for a measurement of the same binary and setting.
func readNeeds(want profiles.RuntimeNeeds) (profiles.RuntimeNeeds, bool) {
	f, err := openCache(false)
	if err != nil {
		return want, false
	}
	defer f.Close()
	got, ok := decodeNeeds(f, needsName(want))
	return got, ok && got.Hash == want.Hash && got.NoNewPrivileges == want.NoNewPrivileges
}

func decodeNeeds(f *atomicfile.Folder, name string) (profiles.RuntimeNeeds, bool) {
	data, err := f.Read(name, maxNeeds)
	if err != nil {
		return profiles.RuntimeNeeds{}, false
	}
	var file needsFile
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(&file) != nil || file.Schema != needsSchema || len(file.Syscalls) == 0 {
		return profiles.RuntimeNeeds{}, false
	}
	known := !slices.ContainsFunc(file.Syscalls, func(s string) bool { return !profiles.KnownSyscall(s) })
	return file.RuntimeNeeds, known
}

func writeNeeds(n profiles.RuntimeNeeds) error {
	f, err := openCache(true)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := json.MarshalIndent(needsFile{needsSchema, n}, "", "  ")
	if err != nil {
		return fmt.Errorf("encode measurement: %w", err)
	}
	return f.Write(needsName(n), append(data, '\n'), atomicfile.Options{Mode: 0o600})
}

// cachedNeeds looks for a measurement by the name and version that recordings
// carry: "runc 1.1.5".
func (e *Engine) cachedNeeds(runtime string, nnp bool) (profiles.RuntimeNeeds, bool) {
	f, err := openCache(false)
	if err != nil {
		return profiles.RuntimeNeeds{}, false
	}
	defer f.Close()
	names, err := f.List(needsFolder)
	if err != nil {
		return profiles.RuntimeNeeds{}, false
	}
	for _, name := range names {
		if !strings.HasPrefix(name, needsStart) {
			continue
		}
		got, ok := decodeNeeds(f, path.Join(needsFolder, name))
		if ok && got.NoNewPrivileges == nnp && runtimeText(got.Runtime, got.Version) == runtime {
			return got, true
		}
	}
	return profiles.RuntimeNeeds{}, false
}

func runtimeText(name, version string) string {
	return strings.TrimSpace(filepath.Base(name) + " " + version)
}

func hashFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
