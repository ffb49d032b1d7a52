package imports

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"batten/internal/audit"
	"batten/profiles"
)

// head is what tells the structured formats apart.
type head struct {
	Schema        string `json:"schema" yaml:"schema"`
	APIVersion    string `json:"apiVersion" yaml:"apiVersion"`
	Kind          string `json:"kind" yaml:"kind"`
	DefaultAction string `json:"defaultAction" yaml:"defaultAction"`
}

// peekBytes is how much of a log is looked at.
const peekBytes = 64 << 10

// Detect tells which format a file is, by its content. It is [FormatUnknown] with
// an error that wraps [ErrFormat] when it is none. It reads from r; to read the
// file afterwards, begin again, or use [Read].
func Detect(r io.Reader) (Format, error) {
	f, err := detect(bufio.NewReaderSize(r, peekBytes))
	if err != nil {
		return FormatUnknown, fmt.Errorf("detect format: %w", err)
	}
	return f, nil
}

// Read detects the format of a file and reads it. What batten wrote itself is
// returned as it is; the options only count for what other tools wrote. A service
// name in the options replaces the one that the file suggests.
func Read(r io.Reader, o Options) (profiles.Profile, Format, error) {
	br := bufio.NewReaderSize(r, peekBytes)
	var held []byte
	format, err := detectHolding(br, &held)
	if err != nil {
		return profiles.Profile{}, FormatUnknown, fmt.Errorf("detect format: %w", err)
	}
	rest := io.MultiReader(bytes.NewReader(held), br)
	var rec profiles.Recording
	switch format {
	case FormatRecording, FormatProfile:
		p, err := profiles.Decode(rest)
		return p, format, err
	case FormatStrace, FormatSummary:
		rec, err = Strace(rest, o)
	case FormatSPO:
		rec, err = SPO(rest)
	case FormatOCI:
		rec, err = OCIHook(rest)
	case FormatAppArmor:
		rec, _, err = AppArmor(rest, o)
	case FormatAudit:
		rec, _, err = Audit(rest, "", o)
	}
	if err != nil {
		return profiles.Profile{}, format, err
	}
	if o.Service.Name != "" {
		rec.Service = o.Service
		if rec.Service.Kind == "" {
			rec.Service.Kind = profiles.KindContainer
		}
	}
	return rec.Profile(), format, nil
}

func detect(br *bufio.Reader) (Format, error) {
	var held []byte
	return detectHolding(br, &held)
}

// detectHolding peeks where that is enough; a structured file is read as a whole
// into held.
func detectHolding(br *bufio.Reader, held *[]byte) (Format, error) {
	start, err := br.Peek(peekBytes)
	if len(start) == 0 {
		if err == io.EOF {
			return FormatUnknown, fmt.Errorf("%w: it is empty", ErrFormat)
		}
		return FormatUnknown, err
	}
	if f := logFormat(start); f != FormatUnknown {
		return f, nil
	}
	data, err := io.ReadAll(io.LimitReader(br, profiles.MaxFileBytes+1))
	if err != nil {
		return FormatUnknown, err
	}
	if len(data) > profiles.MaxFileBytes {
		return FormatUnknown, fmt.Errorf("%w: more than %d MiB", ErrTooLarge, profiles.MaxFileBytes>>20)
	}
	*held = data
	return documentFormat(data)
}

// auditLine is a line of a log with an audit record in it. Before the record there is
// no text of a program's: a log of strace has such text in quotes, behind a call.
var auditLine = regexp.MustCompile(`^[^"(]*\baudit\([0-9]+\.[0-9]{3}:[0-9]+\): `)

// profileHead begins a profile in AppArmor's language.
var profileHead = regexp.MustCompile(`(?m)^[ \t]*(?:profile|hat)[ \t]+[^\n]*\{|^[ \t]*["/][^\n]*[ \t]\{[ \t]*$`)

// logFormat tells whether the first lines are of strace, or of AppArmor's records.
func logFormat(start []byte) Format {
	const enough = 200
	if s := bytes.TrimSpace(start); bytes.HasPrefix(s, []byte("{")) {
		return FormatUnknown
	}
	l := newLog(profiles.ArchX8664)
	lines := 0
	for line := range strings.Lines(string(start)) {
		if auditLine.MatchString(line) {
			if _, err := audit.Parse(line); err == nil {
				return FormatAudit
			}
		}
		l.line(strings.TrimRight(line, "\r\n"))
		if l.known > 0 && !l.summary {
			return FormatStrace
		}
		if l.summary && l.known > 0 {
			return FormatSummary
		}
		if lines++; lines > enough {
			break
		}
	}
	return FormatUnknown
}

func documentFormat(data []byte) (Format, error) {
	var h head
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		if err := decodeJSON(data, &h); err != nil {
			return FormatUnknown, err
		}
	} else if profileHead.Match(data) {
		return FormatAppArmor, nil
	} else if !bytes.Contains(data, []byte("apiVersion")) || len(data) > maxDocument || decodeYAML(data, &h) != nil {
		return FormatUnknown, fmt.Errorf("%w: neither a log of strace or AppArmor nor a recording, profile, AppArmor profile or SeccompProfile", ErrFormat)
	}
	switch {
	case h.Schema == profiles.RecordingSchema:
		return FormatRecording, nil
	case h.Schema == profiles.ProfileSchema:
		return FormatProfile, nil
	case strings.HasPrefix(h.Schema, "batten/"):
		return FormatUnknown, fmt.Errorf("%w: %q is not read by this batten", profiles.ErrSchema, short(h.Schema))
	case h.Kind == "SeccompProfile" && strings.HasPrefix(h.APIVersion, spoGroup):
		return FormatSPO, nil
	case h.DefaultAction != "":
		return FormatOCI, nil
	}
	return FormatUnknown, fmt.Errorf("%w: JSON or YAML, but no recording, profile or seccomp filter", ErrFormat)
}
