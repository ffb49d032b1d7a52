package ptrace

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"batten/profiles"
)

// memoryCalls map files.
var memoryCalls = map[string]handler{
	"mmap":          mmap,
	"mprotect":      mprotect,
	"pkey_mprotect": mprotect,
}

func mmap(h *held) finish {
	protection, flags := h.args[2], h.args[3]
	if flags&unix.MAP_ANONYMOUS != 0 {
		return nil
	}
	var access []profiles.Access
	if protection&unix.PROT_EXEC != 0 {
		access = append(access, profiles.AccessMap)
	}
	shared := flags & unix.MAP_TYPE
	if protection&unix.PROT_WRITE != 0 && (shared == unix.MAP_SHARED || shared == unix.MAP_SHARED_VALIDATE) {
		access = append(access, profiles.AccessWrite)
	}
	if access == nil {
		return nil
	}
	return h.gives(nil, h.open(h.args[4]).as(access...))
}

// mprotect asks for every file in the range, whatever of it was written to.
func mprotect(h *held) finish {
	if h.args[2]&unix.PROT_EXEC == 0 {
		return nil
	}
	var rows []touch
	end := h.args[0] + h.args[1]
	for _, a := range areasOf(h.th.tid) {
		if a.start < end && a.end > h.args[0] {
			rows = append(rows, a.file(h.eyes).as(profiles.AccessMap))
		}
	}
	return h.gives(nil, rows...)
}

// area is a stretch of memory that a file lies behind.
type area struct {
	start, end uint64
	executable bool
	text       string // name of the file, line breaks as "\012"
}

// areasOf reads which files a thread has mapped.
func areasOf(tid int) []area {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", tid))
	if err != nil {
		return nil
	}
	var out []area
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 64<<10)
	for lines.Scan() {
		// start-end perms offset device inode, then spaces and the name
		fields := strings.SplitN(lines.Text(), " ", 6)
		if len(fields) < 6 || fields[4] == "0" {
			continue
		}
		first, last, _ := strings.Cut(fields[0], "-")
		start, err := strconv.ParseUint(first, 16, 64)
		end, err2 := strconv.ParseUint(last, 16, 64)
		if err != nil || err2 != nil {
			continue
		}
		out = append(out, area{start, end, strings.Contains(fields[1], "x"), strings.TrimLeft(fields[5], " ")})
	}
	return out
}

// file is what lies behind an area. Users without privileges may not follow the
// link that says it; then it is the name in the list.
func (a area) file(v *view) found {
	s, err := v.object(fmt.Sprintf("%s/map_files/%x-%x", v.at, a.start, a.end))
	if err == nil {
		return found{spot: s}
	}
	text := strings.ReplaceAll(a.text, `\012`, "\n")
	return found{spot: spot{path: v.name(text, attributes{mode: unix.S_IFREG}), exists: true}}
}
