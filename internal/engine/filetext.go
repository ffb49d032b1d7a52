package engine

import (
	"slices"
	"strings"

	"batten/internal/fault"
	"batten/plan"
)

// FileText is what one file of a hardening says.
type FileText struct {
	Path, What string
	Secret     bool // its content is never shown: Lines is empty
	Lines      []FileLine
}

// FileLine is one line of a file, without its end.
type FileLine struct {
	Text     string   // values of secrets are masked
	Findings []string // IDs of the decisions behind it
}

// Text is what a file of the hardening says, by its path in [FileChange]. Its lines may
// come from the user's files and from traced programs.
func (h *Hardening) Text(path string) (FileText, error) {
	for i := range h.artifacts {
		if a := &h.artifacts[i]; a.Path == path {
			out := FileText{Path: a.Path, What: a.What, Secret: a.Secret}
			if !a.Secret {
				out.Lines = h.lines(a)
			}
			return out, nil
		}
	}
	return FileText{}, fault.New(fault.Usage, "batten harden names the files that it makes", "show %s: the hardening makes no such file", path)
}

func (h *Hardening) lines(a *plan.Artifact) []FileLine {
	mask := h.survey.mask()
	var out []FileLine
	for line := range strings.Lines(string(a.Content)) {
		out = append(out, FileLine{Text: strings.TrimRight(mask(line), "\r\n")})
	}
	for _, r := range a.Why {
		for n := max(r.First, 1); n <= min(r.Last, len(out)); n++ {
			one := &out[n-1]
			for _, id := range r.Findings {
				if !slices.Contains(one.Findings, id) {
					one.Findings = append(one.Findings, id)
				}
			}
		}
	}
	return out
}
