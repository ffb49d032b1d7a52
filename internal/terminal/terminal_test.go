package terminal

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestHostileTextIsEscaped(t *testing.T) {
	for in, want := range map[string]string{
		"plain/path-1.0":          "plain/path-1.0",
		"naïve 日本":                "naïve 日本",
		"\x1b[2J\x1b]0;title\x07": `\x1b[2J\x1b]0;title\x07`,
		"a\nb\tc\rd":              `a\nb\tc\rd`,
		"\u009b31m":               `\u009b31m`,
		"user\u202Efdp.exe":       `user\u202efdp.exe`,
		"zero\u200bwidth\u2066":   `zero\u200bwidth\u2066`,
		"bad\xff\xfeutf8":         `bad\xff\xfeutf8`,
		"tag\U000E0041":           `tag\U000e0041`,
		"\u2028line":              `\u2028line`,
		"back\\slash":             `back\slash`,
		"real \uFFFD stays":       "real \uFFFD stays",
		"filler\u3164":            `filler\u3164`,
		"del\x7f":                 `del\x7f`,
	} {
		if got := Safe(in); got != want {
			t.Errorf("Safe(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestArgumentsReadAsTheyWereGiven(t *testing.T) {
	got := SafeArgs([]string{"sh", "-c", "echo 'a' $B", "", "\x1b[H"})
	if want := `sh -c 'echo '\''a'\'' $B' '' '\x1b[H'`; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}

// checkSafe is the invariant of the package comment.
func checkSafe(t interface{ Fatalf(string, ...any) }, in, out string) {
	if !utf8.ValidString(out) {
		t.Fatalf("Safe(%q) is not UTF-8", in)
	}
	for _, r := range out {
		if !unicode.IsPrint(r) {
			t.Fatalf("Safe(%q) lets %U through", in, r)
		}
	}
	if again := Safe(out); again != out {
		t.Fatalf("Safe(Safe(%q)) = %q, want %q", in, again, out)
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("\x1b[31m\xc2\x9b\u202e")
	f.Fuzz(func(t *testing.T, s string) { checkSafe(t, s, Safe(s)) })
}

func TestNothingUnsafeComesThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		checkSafe(t, s, Safe(s))
	})
}

func TestCutNeverExceedsTheWidth(t *testing.T) {
	t.Setenv("LC_ALL", "C.UTF-8")
	rapid.Check(t, func(t *rapid.T) {
		s, w := Safe(rapid.String().Draw(t, "text")), rapid.IntRange(0, 40).Draw(t, "width")
		if got := Cut(s, w); Width(got) > w {
			t.Fatalf("Cut(%q, %d) = %q, %d cells", s, w, got, Width(got))
		}
	})
	if got := Cut("日本語テキスト", 5); got != "日本…" {
		t.Fatalf("got %q", got)
	}
}

func TestColourPolicy(t *testing.T) {
	for _, c := range []struct {
		env      string
		off, tty bool
		want     bool
	}{
		{"", false, true, true}, {"", false, false, false}, {"", true, true, false},
		{"NO_COLOR=1", false, true, false}, {"CLICOLOR=0", false, true, false},
		{"TERM=dumb", false, true, false}, {"CLICOLOR_FORCE=1", false, false, true},
		{"CLICOLOR_FORCE=1 TERM=dumb", false, false, true}, {"NO_COLOR=1 CLICOLOR_FORCE=1", false, true, false},
	} {
		env := map[string]string{}
		for _, kv := range strings.Fields(c.env) {
			k, v, _ := strings.Cut(kv, "=")
			env[k] = v
		}
		if got := wanted(c.off, c.tty, func(k string) string { return env[k] }); got != c.want {
			t.Errorf("%q off=%v tty=%v: %v", c.env, c.off, c.tty, got)
		}
	}
	if got := (Style{}).Danger("x"); got != "x" {
		t.Errorf("zero style paints: %q", got)
	}
	if got := (Style{colour: true}).Ok("x"); got != "\x1b[32mx\x1b[0m" {
		t.Errorf("got %q", got)
	}
}
