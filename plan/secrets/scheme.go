package secrets

import (
	"regexp"
	"strings"

	"batten/plan"
)

var (
	// header is what stands before a credential in a header of HTTP; scheme is that as the
	// start of a value that is nothing else.
	header = regexp.MustCompile(`(?i)authorization["']?[ \t]*[:=][ \t]*["']?(?:bearer|basic|token)[ \t]+`)
	scheme = regexp.MustCompile(`^(?:Bearer|bearer|Basic|Token)[ \t]+`)
	// hook is an address that whoever knows it may send to.
	hook = regexp.MustCompile(`(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/(?:v\d+/)?webhooks)/([A-Za-z0-9/_-]{3,})`)
)

// schemes finds credentials of headers: Authorization: Bearer … anywhere, and a value that
// begins with Bearer and goes on with one word.
func schemes(text string) []Span {
	var out []Span
	at := func(from int) {
		end := valueEnd(text, from, 0, false)
		for end > from && text[end-1] == '\\' {
			end--
		}
		if from < end {
			out = append(out, partSpans("password", text, from, end)...)
		}
	}
	if m := scheme.FindStringIndex(text); m != nil && !strings.ContainsAny(strings.TrimSpace(text[m[1]:]), " \t\n") {
		at(m[1])
	}
	if !strings.Contains(strings.ToLower(text), "authorization") {
		return out
	}
	for _, m := range header.FindAllStringIndex(text, -1) {
		at(m[1])
	}
	return out
}

func webhooks(text string) []Span {
	var out []Span
	if !strings.Contains(text, "hooks") {
		return nil
	}
	for _, m := range hook.FindAllStringSubmatchIndex(text, -1) {
		out = append(out, Span{Start: m[2], End: m[3], Value: plan.NewSensitive(text[m[2]:m[3]])})
	}
	return out
}
