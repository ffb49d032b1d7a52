package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"path/filepath"
	"strings"
)

// fileName turns the name of a service, which can be any text, into a file name
// that is the same every time, stays in its folder and differs for different
// names.
func fileName(name string) string {
	const maxLength = 80
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return '_'
	}, name)
	clean = strings.TrimLeft(clean, ".-")
	if clean == name && clean != "" && len(clean) <= maxLength {
		return clean
	}
	sum := sha256.Sum256([]byte(name))
	if len(clean) > maxLength {
		clean = clean[:maxLength]
	}
	if clean != "" {
		clean += "-"
	}
	return clean + hex.EncodeToString(sum[:4])
}

func (e *Engine) recordings() string { return path.Join(e.options.Folder, "recordings") }

func (e *Engine) recordingPath(service string) string {
	return path.Join(e.recordings(), fileName(service)+".json")
}

func (e *Engine) seccompPath(service string) string {
	return path.Join(e.options.Folder, "seccomp", fileName(service)+".json")
}

// ServiceName is what a command is called unless the user says otherwise: the
// name of its program's file.
func ServiceName(argv []string) string {
	if len(argv) == 0 {
		return ""
	}
	return filepath.Base(argv[0])
}
