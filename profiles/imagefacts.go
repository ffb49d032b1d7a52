package profiles

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

// imageFactsJSON carries its licence, its attribution and what its fields mean.
//
//go:embed data/image-facts.json
var imageFactsJSON []byte

// ImageFacts are starting values for a well-known image, for when nothing was
// measured. What a trace saw always counts more.
type ImageFacts struct {
	Image  string   `json:"image"` // whole repository name: docker.io/library/postgres
	Tags   []string `json:"tags"`  // that the tested digest carried
	Digest string   `json:"digest"`

	// UID and GID are of the serving process; nil when not known.
	UID   *int  `json:"uid"`
	GID   *int  `json:"gid"`
	Ports []int `json:"ports"` // inside the container
	// CapAdd is what remains after cap_drop ALL for the default start, in Docker's
	// short names; nil when it was not derived, empty when nothing is needed.
	CapAdd []string `json:"cap_add"`
	// CapAddOnlyIfPortStart1024 is the part of CapAdd that is needed only where
	// net.ipv4.ip_unprivileged_port_start is 1024, and not Docker's 0.
	CapAddOnlyIfPortStart1024 []string `json:"cap_add_only_if_port_start_1024"`
	ReadOnly                  *bool    `json:"read_only"` // works with a read-only root; nil when not derived
	// Tmpfs are the paths that must then be writable; ":exec" behind one means that
	// programs are executed there. nil when not derived.
	Tmpfs   []string `json:"tmpfs"`
	Volumes []string `json:"volumes"` // hold data: never a tmpfs
	// NoNewPrivileges is true when it was tested with it, false when it must stay
	// off, nil when that is not known.
	NoNewPrivileges *bool `json:"no_new_privileges"`
	// Without tells by capability what happened when it alone was taken away: "exit",
	// "broken", or "root" for healthy while serving as root.
	Without    map[string]string `json:"without"`
	Devices    []string          `json:"devices"`
	Notes      []string          `json:"notes"`
	Unverified []string          `json:"unverified"` // JSON names of fields that are general knowledge only
	Source     string            `json:"source"`

	// Tested is true when the reference names what was tested: see [ImageFactsFor].
	Tested bool `json:"-"`
}

// imageFacts is the embedded table, read once; entries are shared and never
// changed.
var imageFacts = sync.OnceValue(func() map[string]ImageFacts {
	var file struct {
		DropTested []ImageFacts `json:"drop_tested"`
		Other      []ImageFacts `json:"other"`
	}
	if err := json.Unmarshal(imageFactsJSON, &file); err != nil {
		panic("embedded image facts: " + err.Error()) // a test reads them
	}
	out := map[string]ImageFacts{}
	for _, f := range slices.Concat(file.DropTested, file.Other) {
		out[f.Image] = f
	}
	return out
})

// ImageFactsFor looks a reference up as a compose file has it. The whole
// repository name must be one of the table's: "evil/postgres" and
// "example.org/library/postgres" are not PostgreSQL.
//
// Tested is true when the reference has the digest that was tested or, without a
// digest, one of its tags; no tag means "latest". Facts that nobody tested as a
// whole (they have no digest) are never Tested. Another tag of the same repository
// gives the same facts with Tested false, because most of them hold for years; but
// a tag that names Alpine has other users than one that does not, so that UID and
// GID are those of the Alpine variant, or nil.
func ImageFactsFor(ref string) (ImageFacts, bool) {
	repo, tag, digest := SplitImage(ref)
	f, ok := imageFacts()[repo]
	if !ok {
		return ImageFacts{}, false
	}
	switch {
	case f.Digest == "":
	case digest != "":
		f.Tested = digest == f.Digest
	default:
		f.Tested = slices.Contains(f.Tags, tag)
	}
	alpine := func(tag string) bool { return strings.Contains(tag, "alpine") }
	if !f.Tested && alpine(tag) && !slices.ContainsFunc(f.Tags, alpine) {
		f.UID, f.GID = nil, nil
		if user, ok := alpineUsers[repo]; ok {
			f.UID, f.GID = &user[0], &user[1]
		}
	}
	return f, true
}

// alpineUsers are the users and groups of Alpine variants.
var alpineUsers = map[string][2]int{
	"docker.io/library/postgres": {70, 70},
	"docker.io/library/redis":    {999, 1000},
	"docker.io/library/rabbitmq": {100, 101},
	"docker.io/library/nginx":    {101, 101},
}
