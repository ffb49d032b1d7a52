package vm

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// entry is a file or a folder of the initial file system.
type entry struct {
	name string
	mode uint32 // type and permissions as in stat(2)
	data []byte
}

const (
	folderMode  = 0o040755
	programMode = 0o100755
	fileMode    = 0o100644
)

// writeInitramfs writes entries as the kernel unpacks them into its first file
// system: the "newc" format of Documentation/driver-api/early-userspace/buffer-format.rst.
// A folder has to come before what is in it.
func writeInitramfs(w io.Writer, entries []entry) error {
	var out bytes.Buffer
	for i, e := range append(entries, entry{name: "TRAILER!!!"}) {
		links := 1
		if e.mode == folderMode {
			links = 2
		}
		fmt.Fprintf(&out, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
			i+1, e.mode, 0, 0, links, 0, len(e.data), 0, 0, 0, 0, len(e.name)+1, 0)
		out.WriteString(e.name + "\x00")
		pad(&out)
		out.Write(e.data)
		pad(&out)
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write initial file system: %w", err)
	}
	return nil
}

func pad(out *bytes.Buffer) { out.WriteString(strings.Repeat("\x00", -out.Len()&3)) }
