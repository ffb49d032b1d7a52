package profiles

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Encode writes the recording as indented JSON with a final newline. The same
// evidence gives the same bytes, in whatever order it was gathered. Strings and
// lists that a traced program could make arbitrarily long are cut to the bounds
// of the format, which the recording's loss then counts; what else does not fit
// the format is an error that wraps [ErrMalformed]. The recording itself is not
// changed.
func (r Recording) Encode(w io.Writer) error {
	r.Schema = RecordingSchema
	r.Service = r.Service.clone()
	r.Evidence = r.Evidence.clone()
	r.Service.bound()
	r.Run.bound()
	r.Evidence.bound()
	r.Evidence.seenOnce()
	r.Evidence.Sort()
	if err := r.validate(); err != nil {
		return fmt.Errorf("encode recording: %w", err)
	}
	return encode(w, "recording", r)
}

// Encode writes the profile in the way [Recording.Encode] writes a recording.
func (p Profile) Encode(w io.Writer) error {
	p = p.clone()
	p.Schema = ProfileSchema
	p.Service.bound()
	for i := range p.Runs {
		p.Runs[i].bound()
	}
	p.Evidence.bound()
	p.Sort()
	if p.Runs == nil {
		p.Runs = []Run{}
	}
	if err := p.validate(); err != nil {
		return fmt.Errorf("encode profile: %w", err)
	}
	return encode(w, "profile", p)
}

func encode(w io.Writer, what string, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false) // these files are read by people
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("encode %s: %w", what, err)
	}
	if b.Len() > MaxFileBytes {
		return fmt.Errorf("encode %s: %w: larger than %d MiB", what, ErrMalformed, MaxFileBytes>>20)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write %s: %w", what, err)
	}
	return nil
}
