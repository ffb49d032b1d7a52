package network

import "strings"

// Repository is the full name of an image's repository in lower case, without tag
// and digest: "docker.io/library/postgres". Tables are keyed by it, so that an image
// that merely ends in a well-known name is not taken for it.
func Repository(image string) string {
	name, _, _ := strings.Cut(strings.ToLower(image), "@")
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name = name[:i]
	}
	if name == "" {
		return ""
	}
	first, rest, nested := strings.Cut(name, "/")
	if !nested {
		return "docker.io/library/" + name
	}
	if first != "localhost" && !strings.ContainsAny(first, ".:") {
		return "docker.io/" + name
	}
	if first == "index.docker.io" || first == "registry-1.docker.io" {
		first = "docker.io"
	}
	if first == "docker.io" && !strings.Contains(rest, "/") {
		rest = "library/" + rest
	}
	return first + "/" + rest
}
