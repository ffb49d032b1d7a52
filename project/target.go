package project

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// TargetKind tells what a target on the command line names.
type TargetKind string

const (
	TargetFile      TargetKind = "file"      // a compose file: all its services
	TargetFolder    TargetKind = "folder"    // the project in a folder
	TargetService   TargetKind = "service"   // one service of the project
	TargetContainer TargetKind = "container" // container:NAME
	TargetPID       TargetKind = "pid"       // pid:N
)

// Target is one parsed target.
type Target struct {
	Kind TargetKind
	Text string // path, service or container name
	PID  int
}

// ParseTarget tells what a target means. Paths count as such when they exist; a
// service that shares its name with a file is written ./NAME for the file and
// NAME for the service.
func ParseTarget(text string) (Target, error) {
	if name, ok := strings.CutPrefix(text, "container:"); ok {
		if !containerName(name) {
			return Target{}, fmt.Errorf("%w: %q is no container name or id", ErrBadTarget, name)
		}
		return Target{Kind: TargetContainer, Text: name}, nil
	}
	if number, ok := strings.CutPrefix(text, "pid:"); ok {
		pid, err := strconv.ParseInt(number, 10, 32)
		if err != nil || pid <= 0 {
			return Target{}, fmt.Errorf("%w: %q is no process id", ErrBadTarget, number)
		}
		return Target{Kind: TargetPID, PID: int(pid)}, nil
	}
	if text == "" {
		return Target{}, fmt.Errorf("%w: empty", ErrBadTarget)
	}
	if strings.ContainsRune(text, '/') || text == "." || text == ".." ||
		strings.HasSuffix(text, ".yml") || strings.HasSuffix(text, ".yaml") {
		info, err := os.Stat(text)
		switch {
		case err != nil:
			return Target{}, fmt.Errorf("%w: %w", ErrBadTarget, err)
		case info.IsDir():
			return Target{Kind: TargetFolder, Text: text}, nil
		}
		return Target{Kind: TargetFile, Text: text}, nil
	}
	if !serviceName(text) {
		return Target{}, fmt.Errorf("%w: %q is no service name", ErrBadTarget, text)
	}
	return Target{Kind: TargetService, Text: text}, nil
}

// containerName holds for what the engine accepts as a name or id; anything else
// would be part of a URL that it was not meant for.
func containerName(s string) bool {
	return s != "" && len(s) <= 255 && serviceName(s) && s[0] != '-' && s[0] != '.'
}

func serviceName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-') {
			return false
		}
	}
	return s != "" && len(s) <= 255
}
