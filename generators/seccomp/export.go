package seccomp

import (
	"bytes"
	"fmt"
	"strings"
)

// flat returns the policy as the recorded architecture's runtime gets it.
func (r *Result) flat() (*Policy, error) {
	return r.Policy.Flatten(r.Arch, nil, "")
}

// objectName makes a name that Kubernetes takes (RFC 1123) of a service's name.
func objectName(service string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(service) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	if name := strings.Trim(b.String(), "-"); name != "" {
		return name
	}
	return "service"
}

// wrapped writes words behind a prefix, on as many lines as they need.
func wrapped(b *bytes.Buffer, prefix string, words []string) {
	const width = 100
	line := prefix
	for _, w := range words {
		if line != prefix && len(line)+1+len(w) > width {
			fmt.Fprintln(b, line)
			line = prefix
		}
		if line != prefix {
			line += " "
		}
		line += w
	}
	fmt.Fprintln(b, line)
}
