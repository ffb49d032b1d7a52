package project

import "strings"

// Image is what the engine knows about a service's image. A service whose image
// the engine does not have, or of which no engine was asked, has none.
type Image struct {
	Ref    string // as the service names it
	ID     string // sha256:…
	Digest string // name@sha256:… of the registry; "" for an image that was built or imported
	User   string // as the image sets it: "", name, uid, either with :group

	Entrypoint, Command []string
	HealthCheck         []string // argument vector of the probe; nil without
	StopSignal          string
	EnvNames            []string // names only
	Volumes             []string // paths, sorted
	Ports               []string // "80/tcp", sorted
	Size                int64    // bytes

	// Files is what is in the image; nil when it was not looked into.
	Files *ImageFiles
}

// ImageFiles is the file system of an image. Paths are absolute and clean.
type ImageFiles struct {
	Entries map[string]FileEntry
	Users   map[string]Account // of /etc/passwd, by name
	Groups  map[string]int     // gid of /etc/group, by name
	// Scripts holds the text of the entry point when that is a script, and of the
	// scripts that it names, each at most 64 KiB.
	Scripts map[string]string
}

// Account is one line of /etc/passwd.
type Account struct {
	Name     string
	UID, GID int
	Home     string
	Shell    string
}

// FileEntry is one file, folder or link of an image.
type FileEntry struct {
	Mode     uint32 // permission bits with setuid (04000), setgid (02000) and sticky (01000)
	UID, GID int
	Folder   bool
	Link     string // target of a symbolic link
	Caps     bool   // has file capabilities
}

// Resolve follows links in every part of a path, inside the image. It is false
// when the path does not exist.
func (f *ImageFiles) Resolve(path string) (string, FileEntry, bool) {
	if f == nil {
		return "", FileEntry{}, false
	}
	links := 0
	at := "/"
	rest := strings.Split(strings.Trim(path, "/"), "/")
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			at = parent(at)
			continue
		}
		next := strings.TrimSuffix(at, "/") + "/" + part
		e, ok := f.Entries[next]
		if !ok {
			return "", FileEntry{}, false
		}
		if e.Link != "" {
			if links++; links > 40 {
				return "", FileEntry{}, false
			}
			if strings.HasPrefix(e.Link, "/") {
				at = "/"
			}
			rest = append(strings.Split(strings.Trim(e.Link, "/"), "/"), rest...)
			continue
		}
		at = next
	}
	if at == "/" {
		return "/", FileEntry{Mode: 0o755, Folder: true}, true
	}
	e, ok := f.Entries[at]
	return at, e, ok
}

func parent(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i <= 0 {
		return "/"
	}
	return path[:i]
}

// searchPath is where programs are looked for that are named without a folder.
var searchPath = []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}

// Program finds an executable by name in the usual folders, or by path.
func (f *ImageFiles) Program(name string) (string, bool) {
	if strings.HasPrefix(name, "/") {
		path, e, ok := f.Resolve(name)
		return path, ok && !e.Folder && e.Mode&0o111 != 0
	}
	for _, dir := range searchPath {
		if path, e, ok := f.Resolve(dir + "/" + name); ok && !e.Folder && e.Mode&0o111 != 0 {
			return path, true
		}
	}
	return "", false
}

// Below tells whether an image folder holds anything, and whether that is folders
// only.
func (f *ImageFiles) Below(folder string) (any, foldersOnly bool) {
	foldersOnly = true
	prefix := strings.TrimSuffix(folder, "/") + "/"
	for path, e := range f.Entries {
		if strings.HasPrefix(path, prefix) {
			any = true
			foldersOnly = foldersOnly && e.Folder
		}
	}
	return any, foldersOnly
}

// Container is one container of a service, as the engine has it.
type Container struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	State   string `json:"state"`            // created, running, paused, restarting, removing, exited, dead
	Health  string `json:"health,omitempty"` // starting, healthy, unhealthy; "" without a check
	ImageID string `json:"imageId"`
	// What it runs with, which the file may have been changed from since.
	User            string   `json:"user,omitempty"` // as set
	Privileged      bool     `json:"privileged"`
	ReadOnly        bool     `json:"readOnly"`
	NoNewPrivileges bool     `json:"noNewPrivileges"`
	CapAdd          []string `json:"capAdd,omitempty"`
	CapDrop         []string `json:"capDrop,omitempty"`
	Networks        []string `json:"networks,omitempty"`
}
