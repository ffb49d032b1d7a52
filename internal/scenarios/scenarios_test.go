package scenarios

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"batten/profiles"
)

func TestEveryProgramHasAScenarioAndDoesWhatItShould(t *testing.T) {
	programs, err := filepath.Glob("testdata/*.c")
	if err != nil || len(programs) != len(All()) {
		t.Errorf("%d programs, %d scenarios, error %v", len(programs), len(All()), err)
	}
	for _, s := range All() {
		t.Run(s.Name, func(t *testing.T) {
			p := Here(t, s)
			out, err := exec.CommandContext(t.Context(), p.Command()[0], p.Command()[1:]...).CombinedOutput()
			if err != nil || string(out) != "ok\n" {
				t.Errorf("it said %q, %v", out, err)
			}
		})
	}
}

// exact is a recording that says what a scenario does.
func exact(s Scenario, p Place) profiles.Recording {
	r := profiles.Recording{Run: profiles.Run{Files: profiles.FilesPtrace}}
	r.Service.Name = "it"
	for _, f := range s.Files(p) {
		f.Path = strings.ReplaceAll(f.Path, Number, "17")
		f.Target = strings.ReplaceAll(f.Target, Number, "17")
		f.Part, f.Runs = profiles.PartApplication, 1
		r.Files = append(r.Files, f)
	}
	for _, x := range s.Sockets {
		x.Part, x.Programs, x.Runs = profiles.PartApplication, []string{p.Program}, 1
		r.Sockets = append(r.Sockets, x)
	}
	for _, x := range s.Contacts {
		x.Part, x.Program, x.Runs = profiles.PartApplication, p.Program, 1
		r.Contacts = append(r.Contacts, x)
	}
	for _, x := range s.Programs {
		x.Path, x.By = p.resolve(x.Path), p.resolve(x.By)
		r.Programs = append(r.Programs, x)
	}
	if s.Deep {
		r.Loss.Paths = 1
	}
	return r
}

var somewhere = Place{Work: "/work", Program: "/program", Shell: "/usr/bin/dash", Library: "/lib/libm.so.6"}

func TestWhatIsMissingAndWhatWasNotDoneIsTold(t *testing.T) {
	for _, s := range All() {
		if d := Differences(s, somewhere, exact(s, somewhere)); len(d) != 0 {
			t.Errorf("%s: %q", s.Name, d)
		}
		// One access less, in each row.
		for i, f := range exact(s, somewhere).Files {
			r := exact(s, somewhere)
			r.Files[i].Access = f.Access[1:]
			if d := Differences(s, somewhere, r); len(d) == 0 && !(f.Path == somewhere.Program && f.Access[0] == profiles.AccessExecute) {
				t.Errorf("%s: nobody missed that %s is %s", s.Name, f.Path, f.Access[0])
			}
			r = exact(s, somewhere)
			r.Files[i].Program = "/other"
			if d := Differences(s, somewhere, r); len(d) < 2 && !s.Deep {
				t.Errorf("%s: the program of %s does not matter: %q", s.Name, f.Path, d)
			}
		}
		for _, wrong := range []func(*profiles.Recording){
			func(r *profiles.Recording) { r.Run.Files = "" },
			func(r *profiles.Recording) {
				r.Files = append(r.Files, profiles.File{Path: "/etc/shadow", Access: list("read"), Program: somewhere.Program, Part: profiles.PartApplication})
			},
			func(r *profiles.Recording) {
				r.Sockets = append(r.Sockets, profiles.Socket{Use: "listen", Protocol: "tcp", Port: 1, Part: profiles.PartApplication})
			},
			func(r *profiles.Recording) {
				r.Contacts = append(r.Contacts, profiles.Contact{Kind: "signal", Signal: "HUP", Part: profiles.PartApplication})
			},
			func(r *profiles.Recording) { r.Files[0].Access = append(r.Files[0].Access, profiles.AccessChown) },
		} {
			r := exact(s, somewhere)
			wrong(&r)
			if len(Differences(s, somewhere, r)) == 0 {
				t.Errorf("%s: nobody saw what was not done", s.Name)
			}
		}
		if len(s.Sockets) > 0 {
			r := exact(s, somewhere)
			r.Sockets = r.Sockets[1:]
			if len(Differences(s, somewhere, r)) != 1 {
				t.Errorf("%s: nobody missed a socket", s.Name)
			}
		}
	}
}

// TestARecordingThatWasReadAgainIsCompared holds that names which the format cannot
// hold are no failure where they were counted.
func TestARecordingThatWasReadAgainIsCompared(t *testing.T) {
	i := slices.IndexFunc(All(), func(s Scenario) bool { return s.Name == "hostile" })
	s := All()[i]
	r := exact(s, somewhere)
	r.Schema, r.Run.Backend, r.Run.Arch, r.Service.Kind, r.Run.Seccomp =
		profiles.RecordingSchema, "ptrace", profiles.ArchX8664, profiles.KindCommand, profiles.SeccompUnconfined
	r.Syscalls = []profiles.Syscall{}
	var b bytes.Buffer
	if err := r.Encode(&b); err != nil {
		t.Fatal(err)
	}
	again, err := profiles.DecodeRecording(&b)
	if err != nil {
		t.Fatal(err)
	}
	if again.Loss.Paths == 0 {
		t.Error("a name that is no text fits the format")
	}
	Check(t, s, somewhere, again)
}
