package docker

import (
	"context"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// FileChange is one difference of a container's own layer from its image. What
// lies on volumes, binds and tmpfs is not in that layer.
type FileChange struct {
	Path   string // absolute
	Kind   FileChangeKind
	Folder bool
}

// FileChangeKind says what became of a file.
type FileChangeKind string

const (
	FileModified FileChangeKind = "modified" // of a folder: its owner or mode
	FileAdded    FileChangeKind = "added"
	FileDeleted  FileChangeKind = "deleted"
)

// Diff lists what a container changed in its own layer, running or not. A folder
// that only has something new in it is left out. Where the engine keeps the layer
// on this machine it is read there, in milliseconds; else the engine compares,
// which some of its storage drivers need many seconds for. The error wraps
// [ErrNoContainer].
func (e *Engine) Diff(ctx context.Context, id string) ([]FileChange, error) {
	inspected, err := e.client.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	if err != nil {
		return nil, failed("compare", "container "+id+" with its image", err, ErrNoContainer)
	}
	if graph := inspected.Container.GraphDriver; graph != nil && e.Local() && strings.Contains(graph.Name, "overlay") {
		if out, err := readUpper(ctx, graph.Data["UpperDir"], strings.Split(graph.Data["LowerDir"], ":")); err == nil {
			return out, nil
		}
	}
	result, err := e.client.ContainerDiff(ctx, id, client.ContainerDiffOptions{})
	if err != nil {
		return nil, failed("compare", "container "+id+" with its image", err, ErrNoContainer)
	}
	isFolder := func(path string) bool {
		found, err := e.client.ContainerStatPath(ctx, id, client.ContainerStatPathOptions{Path: path})
		return err == nil && found.Stat.Mode.IsDir()
	}
	return changes(result.Changes, isFolder), nil
}

// maxAsked bounds how often the engine is asked whether a path is a folder.
const maxAsked = 64

var changeKinds = map[container.ChangeType]FileChangeKind{
	container.ChangeModify: FileModified, container.ChangeAdd: FileAdded, container.ChangeDelete: FileDeleted,
}

// changes reads the engine's list, which does not say what a folder is: what
// something else is below of, and otherwise what the engine says when it is asked.
// It names a folder as modified when something in it changed.
func changes(list []container.FilesystemChange, isFolder func(string) bool) []FileChange {
	above := map[string]bool{}
	for _, c := range list {
		for at := strings.LastIndexByte(c.Path, '/'); at > 0; at = strings.LastIndexByte(c.Path[:at], '/') {
			above[c.Path[:at]] = true
		}
	}
	out := make([]FileChange, 0, len(list))
	asked := 0
	for _, c := range list {
		kind, known := changeKinds[c.Kind]
		one := FileChange{c.Path, kind, above[c.Path]}
		if known && kind != FileDeleted && !one.Folder && asked < maxAsked {
			asked++
			one.Folder = isFolder(c.Path)
		}
		if known && !(kind == FileModified && one.Folder) {
			out = append(out, one)
		}
	}
	return out
}
