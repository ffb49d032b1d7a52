package ebpf

import "testing"

func TestLinksThatAreGoneAreFollowedByWhatTheySaid(t *testing.T) {
	links := madeLinks{}
	for at, says := range map[string]string{
		"/d/folder": "real", "/d/up": "../other", "/d/absolute": "/d/folder/x", "/d/self": "self", "/d/file": "real/plain",
	} {
		links.add(at, says)
	}
	links.add("/d/twice", "a")
	links.add("/d/twice", "b")
	links.add("/d/file", "real/plain") // the same again
	for name, c := range map[string]struct {
		follow bool
		want   string
		known  bool
	}{
		"/d/folder/victim":      {false, "/d/real/victim", true},
		"/d/folder":             {false, "/d/folder", false},
		"/d/folder/":            {true, "/d/real", true},
		"/d/file":               {true, "/d/real/plain", true},
		"/d/up/x":               {false, "/other/x", true},
		"/d/folder/../folder/y": {false, "/d/real/y", true},
		"/d/absolute/z":         {false, "/d/real/x/z", true},
		"/d/self/x":             {false, "", false},
		"/d/twice/x":            {false, "", false},
		"/d/none/x":             {false, "/d/none/x", false},
	} {
		if got, known := links.follow(name, c.follow); known != c.known || known && got != c.want {
			t.Errorf("%s: %q, %v", name, got, known)
		}
	}
}
