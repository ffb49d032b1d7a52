package tui

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"batten/internal/terminal"
)

func TestWordsAreThoseOfAShell(t *testing.T) {
	for line, want := range map[string][]string{
		"":                         nil,
		"  a  b ":                  {"a", "b"},
		`a 'b c' "d e"`:            {"a", "b c", "d e"},
		`--skip='B003=it'\''s so'`: {"--skip=B003=it's so"},
		`'' ""`:                    {"", ""},
		`a\ b "c\"d\e" '\'`:        {"a b", `c"d\e`, `\`},
		`'$x' \$y`:                 {"$x", "$y"},
		"a#b c~":                   {"a#b", "c~"},
	} {
		if got, err := splitWords(line); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q %v, want %q", line, got, err, want)
		}
	}
}

func TestACopiedCommandIsReadBackAsItWas(t *testing.T) {
	word := rapid.StringOf(rapid.RuneFrom(nil, unicode.Latin, unicode.Punct, unicode.Symbol, unicode.Nd)).Filter(func(s string) bool { return terminal.Safe(s) == s })
	rapid.Check(t, func(rt *rapid.T) {
		words := rapid.SliceOfN(word, 1, 5).Draw(rt, "words")
		got, err := splitWords(quoted(words))
		if err != nil || !slices.Equal(got, words) {
			rt.Fatalf("%s becomes %q, %v", quoted(words), got, err)
		}
	})
	if strings.ContainsAny(quoted([]string{"$x"}), `"`) {
		t.Error("double quotes would let a shell expand it")
	}
}
