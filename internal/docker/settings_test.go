package docker

import (
	"slices"
	"testing"
)

func TestSecurityOptionsAreReadInEverySpelling(t *testing.T) {
	for _, test := range []struct {
		options []string
		noNew   bool
		seccomp string
	}{
		{nil, false, ""},
		{[]string{"no-new-privileges"}, true, ""},
		{[]string{"no-new-privileges=true"}, true, ""},
		{[]string{"no-new-privileges:true"}, true, ""},
		{[]string{"no-new-privileges:true", "no-new-privileges:false"}, false, ""},
		{[]string{"seccomp=unconfined"}, false, "unconfined"},
		{[]string{"seccomp:unconfined", "label=disable"}, false, "unconfined"},
		{[]string{`seccomp={"a":"b=c"}`, "apparmor=x"}, false, `{"a":"b=c"}`},
	} {
		noNew, seccomp := security(test.options)
		if noNew != test.noNew || seccomp != test.seccomp {
			t.Errorf("%q: got %v %q", test.options, noNew, seccomp)
		}
	}
}

func TestAHealthCheckIsTheArgumentsThatRun(t *testing.T) {
	for _, test := range []struct{ test, shell, want []string }{
		{nil, nil, nil},
		{[]string{"NONE"}, nil, nil},
		{[]string{"CMD", "redis-cli", "ping"}, nil, []string{"redis-cli", "ping"}},
		{[]string{"CMD-SHELL", "curl -f x"}, nil, []string{"/bin/sh", "-c", "curl -f x"}},
		{[]string{"CMD-SHELL", "x"}, []string{"/bin/bash", "-ec"}, []string{"/bin/bash", "-ec", "x"}},
	} {
		if got := probe(test.test, test.shell); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %q, want %q", test.test, got, test.want)
		}
	}
}

func TestSecurityOptionsOfAnEngineAreFoundByName(t *testing.T) {
	options := []string{"name=seccomp,profile=default", "apparmor"}
	for name, want := range map[string]bool{"seccomp": true, "apparmor": true, "rootless": false, "sec": false} {
		if got := hasSecurityOption(options, name); got != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestOutputIsBoundedWithoutStallingTheWriter(t *testing.T) {
	output := &bounded{limit: 5}
	for _, part := range []string{"abc", "def", "ghi"} {
		if n, err := output.Write([]byte(part)); n != 3 || err != nil {
			t.Fatalf("took %d of 3, %v", n, err)
		}
	}
	if output.String() != "abcde" {
		t.Errorf("kept %q", output.String())
	}
}
