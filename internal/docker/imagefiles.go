package docker

import (
	"context"
	"errors"
	"slices"
)

// ErrBadImage means that the archive of an image is damaged or out of bounds.
var ErrBadImage = errors.New("image archive not usable")

// ImageFiles is the file system of an image, all layers together. Paths are
// absolute and clean.
type ImageFiles struct {
	Entries map[string]FileEntry `json:"entries"`
	Users   map[string]Account   `json:"users"`  // of /etc/passwd, by name
	Groups  map[string]int       `json:"groups"` // gid of /etc/group, by name
	// Scripts holds the text of the entry point and the command where those are
	// scripts, and of the scripts that they name, each at most 64 KiB.
	Scripts map[string]string `json:"scripts"`
}

// Account is one line of /etc/passwd.
type Account struct {
	Name  string `json:"name"`
	UID   int    `json:"uid"`
	GID   int    `json:"gid"`
	Home  string `json:"home,omitempty"`
	Shell string `json:"shell,omitempty"`
}

// FileEntry is one file, folder or link of an image.
type FileEntry struct {
	Mode   uint32 `json:"mode"` // permission bits with setuid (04000), setgid (02000) and sticky (01000)
	UID    int    `json:"uid,omitempty"`
	GID    int    `json:"gid,omitempty"`
	Folder bool   `json:"folder,omitempty"`
	Link   string `json:"link,omitempty"` // target of a symbolic link
	Caps   bool   `json:"caps,omitempty"` // has file capabilities
}

// ImageFiles lists what is in an image that the engine has. It streams the image
// out of the engine and reads only headers, accounts and scripts; no container is
// made and nothing is written. That takes as long as the engine needs to pack the
// image: about a second for each 100 MB. The error wraps [ErrNoImage] or
// [ErrBadImage].
func (e *Engine) ImageFiles(ctx context.Context, ref string) (*ImageFiles, error) {
	image, err := e.ImageInspect(ctx, ref)
	if err != nil {
		return nil, err
	}
	body, err := e.client.ImageSave(ctx, []string{image.ID})
	if err != nil {
		return nil, failed("read", "files of image "+ref, err, ErrNoImage)
	}
	defer body.Close()
	tree, err := readArchive(body, maxFiles)
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, failed("read", "files of image "+ref, err, nil)
	}
	files, err := tree.files(slices.Concat(image.Entrypoint, image.Command))
	return files, failed("read", "files of image "+ref, err, nil)
}
