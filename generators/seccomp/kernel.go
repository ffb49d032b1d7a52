package seccomp

import (
	"strconv"
	"strings"
)

// kernelVersion is the "X.Y" of a kernel release.
type kernelVersion struct{ major, minor uint64 }

// parseKernel reads "6.1" and, unless exact, "6.1.0-37-amd64".
func parseKernel(s string, exact bool) (kernelVersion, bool) {
	major, rest, ok := strings.Cut(s, ".")
	if !ok {
		return kernelVersion{}, false
	}
	minor := rest
	if !exact {
		end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if end >= 0 {
			minor = rest[:end]
		}
	}
	// dockerd reads both parts as 8-bit numbers.
	a, err1 := strconv.ParseUint(major, 10, 8)
	b, err2 := strconv.ParseUint(minor, 10, 8)
	if err1 != nil || err2 != nil || a == 0 && b == 0 {
		return kernelVersion{}, false
	}
	return kernelVersion{a, b}, true
}

func (v kernelVersion) less(w kernelVersion) bool {
	return v.major < w.major || v.major == w.major && v.minor < w.minor
}
