package profiles

import "strings"

// SplitImage takes an image reference apart as an engine understands it:
// "postgres:16" is docker.io/library/postgres, 16. The tag is "latest" when the
// reference has neither tag nor digest; digest is "sha256:…" or "".
func SplitImage(ref string) (repository, tag, digest string) {
	ref, digest, _ = strings.Cut(ref, "@")
	// A colon before the last slash is a registry's port.
	if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
		ref, tag = ref[:i], ref[i+1:]
	}
	if tag == "" && digest == "" {
		tag = "latest"
	}
	host, rest, found := strings.Cut(ref, "/")
	if !found || host != "localhost" && !strings.ContainsAny(host, ".:") {
		host, rest = "docker.io", ref
	}
	if host == "index.docker.io" {
		host = "docker.io"
	}
	if host == "docker.io" && !strings.Contains(rest, "/") {
		rest = "library/" + rest
	}
	return host + "/" + rest, tag, digest
}
