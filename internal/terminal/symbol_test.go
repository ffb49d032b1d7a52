package terminal

import "testing"

func TestSymbolsFollowTheLocale(t *testing.T) {
	for _, c := range []struct {
		all, ctype, lang string
		want             bool
	}{
		{"", "", "", false},
		{"C", "", "en_US.UTF-8", false},
		{"", "C.utf8", "C", true},
		{"", "", "de_DE.UTF-8", true},
		{"", "", "de_DE@euro", false},
	} {
		env := map[string]string{"LC_ALL": c.all, "LC_CTYPE": c.ctype, "LANG": c.lang}
		if got := unicodeLocale(func(name string) string { return env[name] }); got != c.want {
			t.Errorf("%v: %v", env, got)
		}
	}
}

func TestACutIsMarkedInAsciiToo(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	if got := Cut("something long", 9); got != "somethin~" || Width(got) > 9 {
		t.Fatal(got)
	}
}
