package secrets

import "strings"

// mirrors hold the same images as Docker's registry does, under these prefixes.
var mirrors = []string{"docker.io/", "index.docker.io/", "registry-1.docker.io/", "registry.hub.docker.com/", "mirror.gcr.io/", "public.ecr.aws/docker/"}

// Repository is the full name of an image without tag and digest. Those of
// Docker's registry have no host and two parts: "library/postgres". Only whole
// names tell what an image is: "evil/postgres" is not PostgreSQL's.
func Repository(image string) string {
	name, _, _ := strings.Cut(image, "@")
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name = name[:i]
	}
	for _, m := range mirrors {
		if rest, ok := strings.CutPrefix(name, m); ok {
			name = rest
			break
		}
	}
	if name == "" || strings.Contains(name, "/") {
		return name
	}
	return "library/" + name
}
