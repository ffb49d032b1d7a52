package project

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"unicode/utf8"
)

// maxComposeFile bounds one compose file.
const maxComposeFile = 8 << 20

// reader reads the files of one project. It never waits for a file, follows no
// link out of the project, and reads no more than it is told to.
type reader struct {
	dir string // the project's folder, absolute
	// contents stand in for what is on disk, by absolute path.
	contents map[string][]byte
}

// read returns a file's content, which is UTF-8.
func (r *reader) read(path string, limit int) ([]byte, error) {
	data, ok := r.contents[path]
	if !ok {
		if err := r.checkLinks(path); err != nil {
			return nil, err
		}
		var err error
		if data, err = readRegular(path, limit); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil, r.problem(path, 0, 0, ErrNoCompose, "%v", cause(err))
			}
			return nil, r.problem(path, 0, 0, ErrBadCompose, "%v", cause(err))
		}
	}
	if len(data) > limit {
		return nil, r.problem(path, 0, 0, ErrBadCompose, "more than %d bytes", limit)
	}
	if line := notText(data); line > 0 {
		return nil, r.problem(path, line, 0, ErrBadCompose, "not text in UTF-8, or with control characters in it")
	}
	return data, nil
}

// readRegular reads at most one byte more than the limit of a regular file. A pipe
// or device is refused without waiting for somebody to write to it.
func readRegular(path string, limit int) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("is a folder, not a file")
	case !info.Mode().IsRegular():
		return nil, errors.New("is not a regular file")
	case info.Size() > int64(limit):
		return nil, fmt.Errorf("more than %d bytes", limit)
	}
	return io.ReadAll(io.LimitReader(file, int64(limit)+1))
}

// notText is the first line that holds bytes which are no UTF-8, or control
// characters that YAML does not allow; 0 when all is text.
func notText(data []byte) int {
	if isText(data) {
		return 0
	}
	number := 0
	for line := range bytes.Lines(data) {
		number++
		if !isText(line) {
			break
		}
	}
	return number
}

func isText(data []byte) bool {
	return utf8.Valid(data) && !bytes.ContainsFunc(data, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f
	})
}

// cause is an error without the system call and the path around it.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func (r *reader) problem(path string, line, column int, kind error, format string, args ...any) error {
	return &problem{file: display(r.dir, path), line: line, column: column, kind: kind, text: fmt.Sprintf(format, args...)}
}

// source reads and parses one compose file.
func (r *reader) source(ctx context.Context, path string, role Role) (*Source, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	data, err := r.read(path, maxComposeFile)
	if err != nil {
		return nil, err
	}
	s := &Source{Path: path, Name: display(r.dir, path), Role: role, Data: data}
	if err := s.parse(); err != nil {
		return nil, err
	}
	return s, nil
}
