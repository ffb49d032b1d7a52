package audit

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrOther is returned for text that is no AppArmor record.
var ErrOther = errors.New("not an AppArmor record")

// maxText is more than the kernel writes into one record (MAX_AUDIT_MESSAGE_LENGTH).
const maxText = 8970 + 256

// Parse reads one record: the text that the kernel sends, a line of the kernel's
// log, or a line of an audit log. It returns [ErrOther] for one that is not
// AppArmor's, and another error for one that is malformed.
func Parse(text string) (Event, error) {
	e := Event{FSUID: -1, OUID: -1}
	text = strings.TrimRight(text, "\n\x00")
	if len(text) > maxText {
		return e, fmt.Errorf("read audit record: longer than %d bytes", maxText)
	}
	// AppArmor's verdict follows the time stamp at once. Further on are words of
	// programs.
	_, after, stamped := strings.Cut(text, "audit(")
	stamp, body, ended := strings.Cut(after, "): ")
	if !stamped || !ended || !strings.HasPrefix(body, "apparmor=") {
		return e, ErrOther
	}
	if err := e.stamp(stamp); err != nil {
		return e, fmt.Errorf("read audit record: %w", err)
	}
	if err := e.fields(body); err != nil {
		return e, fmt.Errorf("read audit record %d: %w", e.Serial, err)
	}
	return e, nil
}

// stamp reads SECONDS.MILLISECONDS:SERIAL.
func (e *Event) stamp(text string) error {
	when, serial, ok := strings.Cut(text, ":")
	seconds, milli, dot := strings.Cut(when, ".")
	s, err1 := strconv.ParseInt(seconds, 10, 48)
	ms, err2 := strconv.ParseUint(milli, 10, 10)
	n, err3 := strconv.ParseUint(serial, 10, 64)
	if err := errors.Join(err1, err2, err3); !ok || !dot || err != nil || ms > 999 {
		return fmt.Errorf("time stamp %q", text)
	}
	e.Time, e.Serial = time.Unix(s, int64(ms)*int64(time.Millisecond)).UTC(), n
	return nil
}

// fields reads NAME=VALUE pairs. The first of a name counts: none that the kernel
// writes itself comes after what a program chose.
func (e *Event) fields(text string) error {
	seen := map[string]bool{}
	for {
		text = strings.TrimLeft(text, " ,")
		if text == "" {
			return nil
		}
		key, value, quoted, rest, err := next(text)
		if err != nil {
			return err
		}
		text = rest
		if seen[key] {
			continue
		}
		seen[key] = true
		if err := e.set(key, value, quoted); err != nil {
			return err
		}
	}
}

// next cuts the first pair off. A quoted value has no quote in it.
func next(text string) (key, value string, quoted bool, rest string, err error) {
	key, rest, ok := strings.Cut(text, "=")
	if !ok || key == "" || strings.ContainsAny(key, " \"") {
		return "", "", false, "", fmt.Errorf("no field at %q", short(text))
	}
	if after, ok := strings.CutPrefix(rest, `"`); ok {
		value, rest, ok = strings.Cut(after, `"`)
		if !ok {
			return "", "", false, "", fmt.Errorf("field %s: quote is not closed", short(key))
		}
		return key, value, true, rest, nil
	}
	// The user-space log adds fields with names for numbers after a control character.
	end := strings.IndexAny(rest, " \x1d")
	if end < 0 {
		return key, rest, false, "", nil
	}
	if rest[end] == '\x1d' {
		return key, rest[:end], false, "", nil
	}
	return key, rest[:end], false, rest[end:], nil
}

// set stores one field.
func (e *Event) set(key, value string, quoted bool) error {
	if text := e.text(key); text != nil {
		decoded, err := decode(value, quoted)
		if err != nil {
			return fmt.Errorf("field %s: %w", key, err)
		}
		*text = decoded
		return nil
	}
	if number := e.number(key); number != nil {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return fmt.Errorf("field %s: %q is no number", key, short(value))
		}
		*number = int(n)
		return nil
	}
	if word := e.word(key); word != nil {
		*word = value
		return nil
	}
	if key == "capability" { // the number of capname
		return nil
	}
	if e.Other == nil {
		e.Other = map[string]string{}
	}
	e.Other[key] = value
	return nil
}

// text is where a field goes that the kernel writes in hexadecimal when it must
// (audit_log_untrustedstring).
func (e *Event) text(key string) *string {
	switch key {
	case "profile":
		return &e.Profile
	case "namespace":
		return &e.Namespace
	case "name":
		return &e.Name
	case "target":
		return &e.Target
	case "comm":
		return &e.Comm
	case "peer":
		return &e.Peer
	}
	return nil
}

func (e *Event) number(key string) *int {
	switch key {
	case "error":
		return &e.Error
	case "pid":
		return &e.PID
	case "fsuid":
		return &e.FSUID
	case "ouid":
		return &e.OUID
	case "protocol":
		return &e.Protocol
	}
	return nil
}

// word is where a field goes that the kernel chooses from its own words.
func (e *Event) word(key string) *string {
	switch key {
	case "apparmor":
		return &e.Verdict
	case "operation":
		return &e.Operation
	case "class":
		return &e.Class
	case "info":
		return &e.Info
	case "requested_mask", "requested":
		return &e.Requested
	case "denied_mask", "denied":
		return &e.Denied
	case "capname":
		return &e.Capability
	case "signal":
		return &e.Signal
	case "family":
		return &e.Family
	case "sock_type":
		return &e.SocketType
	}
	return nil
}

// decode undoes the kernel's hexadecimal form. "(null)" is its word for none.
func decode(value string, quoted bool) (string, error) {
	switch {
	case quoted:
		return value, nil
	case value == "(null)" || value == "?":
		return "", nil
	}
	raw, err := hex.DecodeString(value)
	if err != nil {
		return "", fmt.Errorf("%q is neither quoted nor hexadecimal", short(value))
	}
	return string(raw), nil
}

// short is what an error shows of a text.
func short(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
