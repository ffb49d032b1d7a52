package profiles

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func encoded(t interface{ Fatal(...any) }, v interface{ Encode(w ioWriter) error }) string {
	var b bytes.Buffer
	if err := v.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWhatIsEncodedDecodesToTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRecording(t)
		text := encoded(t, r)
		back, err := DecodeRecording(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if again := encoded(t, back); again != text {
			t.Fatal(cmp.Diff(text, again))
		}
		r.Sort()
		if d := cmp.Diff(r, back, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
		p := r.Profile()
		fromEither, err := Decode(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(encoded(t, p), encoded(t, fromEither)); d != "" {
			t.Fatal(d)
		}
		if _, err := DecodeProfile(strings.NewReader(encoded(t, p))); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheOrderOfGatheringDoesNotChangeTheBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRecording(t)
		want := encoded(t, r)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		shuffle := func(n int, swap func(i, j int)) { rng.Shuffle(n, swap) }
		shuffle(len(r.Syscalls), func(i, j int) { r.Syscalls[i], r.Syscalls[j] = r.Syscalls[j], r.Syscalls[i] })
		shuffle(len(r.Denied), func(i, j int) { r.Denied[i], r.Denied[j] = r.Denied[j], r.Denied[i] })
		shuffle(len(r.Capabilities), func(i, j int) { r.Capabilities[i], r.Capabilities[j] = r.Capabilities[j], r.Capabilities[i] })
		shuffle(len(r.Programs), func(i, j int) { r.Programs[i], r.Programs[j] = r.Programs[j], r.Programs[i] })
		shuffle(len(r.Files), func(i, j int) { r.Files[i], r.Files[j] = r.Files[j], r.Files[i] })
		shuffle(len(r.Sockets), func(i, j int) { r.Sockets[i], r.Sockets[j] = r.Sockets[j], r.Sockets[i] })
		shuffle(len(r.Identities), func(i, j int) { r.Identities[i], r.Identities[j] = r.Identities[j], r.Identities[i] })
		shuffle(len(r.Entries), func(i, j int) { r.Entries[i], r.Entries[j] = r.Entries[j], r.Entries[i] })
		if got := encoded(t, r); got != want {
			t.Fatal(cmp.Diff(want, got))
		}
	})
}

// small is a profile with something in every list.
func small() Profile {
	p := recordingOf(
		Syscall{Name: "socket", Arch: ArchX8664, Part: PartApplication, Phases: []Phase{PhaseSteady, PhaseStartup},
			Args:  &Arguments{Index: []int{0, 1, 2}, Values: [][]uint64{{2, 1, 6}, {1, 1, 0}}, Complete: true},
			First: &Origin{Program: "/usr/bin/redis-server", Comm: "redis-server", Args: []string{"redis-server", "*:6379"}, Offset: 12, Phase: PhaseStartup}},
		Syscall{Name: "execve", Arch: ArchX8664, Part: PartRuntime, Phases: []Phase{PhaseRuntime}},
		Syscall{Name: "read", Arch: ArchX8664, Part: PartExec, Entry: "healthcheck", Phases: []Phase{PhaseExec}},
	)
	p.Service = Service{Name: "cache", Project: "shop", Kind: KindContainer, Image: "redis:7", Command: []string{"redis-server"}}
	p.Entries = []Entry{
		{ID: "healthcheck", Kind: EntryHealthCheck, Program: "/usr/bin/redis-cli", Args: []string{"redis-cli", "ping"}, Runs: 1},
		{ID: MainEntry, Kind: EntryMain, Program: "/usr/bin/redis-server", Runs: 1},
	}
	p.Denied = []Denial{{Name: "clone3", Arch: ArchX8664, Part: PartApplication, Errno: 38, Runs: 1}}
	p.Capabilities = []Capability{{Name: "CAP_SETUID", Granted: true, Part: PartApplication, Phases: []Phase{PhaseStartup},
		Caller: "ns_capable_setid", Syscall: "setuid", Class: ClassNeed, Runs: 1}}
	p.Programs = []Program{{Path: "/usr/bin/redis-server", Part: PartApplication, Runs: 1}}
	p.Files = []File{{Path: "/data/dump.rdb", Access: []Access{AccessWrite, AccessCreate}, Mount: MountRoot}}
	p.Sockets = []Socket{{Use: SocketConnect, Protocol: "tcp", Peer: "db", Port: 5432}, {Use: SocketListen, Protocol: "tcp", Address: "::", Port: 6379}}
	p.Identities = []Identity{{UID: 999, GID: 1000, Program: "/usr/bin/redis-server", Phases: []Phase{PhaseSteady}}}
	p.Resources = &Resources{MemoryBytes: 9 << 20, Processes: 6, OpenFiles: 12, MilliCPU: 150}
	return p.Profile()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("BATTEN_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (BATTEN_UPDATE=1 rewrites it):\n%s", file, d)
	}
}

func TestEncodedFormIsStable(t *testing.T) {
	golden(t, "small.profile.json", encoded(t, small()))
}

func TestDamagedFilesGiveOneClearLine(t *testing.T) {
	good := encoded(t, small())
	for name, tc := range map[string]struct {
		text string
		want error
		says string
	}{
		"empty":              {"", ErrMalformed, "unexpected end of JSON input"},
		"truncated":          {good[:len(good)/2], ErrMalformed, "line "},
		"other document":     {`{"kind":"Pod"}`, ErrSchema, "no schema at the top"},
		"a list":             {`[]`, ErrSchema, "no schema at the top"},
		"newer version":      {`{"schema":"batten/profile/v2"}`, ErrSchema, "newer than this batten reads"},
		"other kind":         {`{"schema":"batten/plan/v1"}`, ErrSchema, `the file is "batten/plan/v1"`},
		"unknown field":      {strings.Replace(good, `"runs": [`, `"rums": [`, 1), ErrMalformed, `unknown field "rums"`},
		"field in capitals":  {strings.Replace(good, `"service": {`, `"SERVICE": {`, 1), ErrMalformed, `unknown field "SERVICE"`},
		"field of another":   {strings.Replace(good, `"project":`, `"errno":`, 1), ErrMalformed, "errno"},
		"field twice":        {strings.Replace(good, `"kind": "container"`, `"kind": "container", "kind": "command"`, 1), ErrMalformed, "stands twice"},
		"second document":    {good + good, ErrMalformed, "after top-level value"},
		"wrong type":         {strings.Replace(good, `"errno": 38`, `"errno": "38"`, 1), ErrMalformed, "errno cannot be string"},
		"number too large":   {strings.Replace(good, `"errno": 38`, `"errno": 99999`, 1), ErrMalformed, "99999 is no error number"},
		"negative runs":      {strings.Replace(good, `"runs": 1`, `"runs": -1`, 1), ErrMalformed, "-1 is no number of runs"},
		"more runs than are": {strings.Replace(good, `"runs": 1`, `"runs": 999999`, 1), ErrMalformed, "999999 is no number of runs, of 1"},
		"name with a quote":  {strings.Replace(good, `"clone3"`, `"clone3\", \"x"`, 1), ErrMalformed, "is no system call"},
		"control characters": {strings.Replace(good, `"CAP_SETUID"`, `"\u001b[2J"`, 1), ErrMalformed, `"\x1b[2J" is no capability`},
		"unknown part":       {strings.Replace(good, `"part": "application"`, `"part": "all"`, 1), ErrMalformed, `"all" is unknown`},
		"unknown arch":       {strings.Replace(good, `"arch": "x86_64"`, `"arch": "vax"`, 1), ErrMalformed, `"vax" is unknown`},
		"ragged tuple":       {strings.Replace(good, `"index": [`, `"index": [3,`, 1), ErrMalformed, "args"},
		"long string":        {strings.Replace(good, `"redis:7"`, `"`+strings.Repeat("r", maxString+1)+`"`, 1), ErrMalformed, "longer than"},
		"long name":          {strings.Replace(good, `"cache"`, `"`+strings.Repeat("r", 300)+`"`, 1), ErrMalformed, "service.name: longer than"},
		"relative path":      {strings.Replace(good, `"/data/dump.rdb"`, `"data/../dump.rdb"`, 1), ErrMalformed, "is no absolute, clean path"},
		"unclean path":       {strings.Replace(good, `"/data/dump.rdb"`, `"/data/../dump.rdb"`, 1), ErrMalformed, "is no absolute, clean path"},
		"unknown access":     {strings.Replace(good, `"create"`, `"peek"`, 1), ErrMalformed, `"peek" is unknown`},
		"unknown mount":      {strings.Replace(good, `"root"`, `"floppy"`, 1), ErrMalformed, `"floppy" is unknown`},
		"port out of range":  {strings.Replace(good, `6379,`, `66379,`, 1), ErrMalformed, "66379 is no port"},
		"address in words":   {strings.Replace(good, `"::"`, `"0:0:0:0:0:0:0:0"`, 1), ErrMalformed, "is no address in its usual form"},
		"unknown protocol":   {strings.Replace(good, `"protocol": "tcp"`, `"protocol": "raw"`, 1), ErrMalformed, `"raw" is unknown`},
		"peer of a listener": {strings.Replace(good, `"address": "::"`, `"peer": "x"`, 1), ErrMalformed, "a port that is listened on has none"},
		"peer of no name":    {strings.Replace(good, `"peer": "db"`, `"peer": ""`, 1), ErrMalformed, "either a name or an address"},
		"impossible user":    {strings.Replace(good, `"uid": 999`, `"uid": 4294967295`, 1), ErrMalformed, "is no user or group"},
		"deep nesting":       {`{"schema":"batten/profile/v1","runs":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, ErrMalformed, "nested deeper"},
		"endless list":       {`{"schema":"batten/profile/v1","runs":[` + strings.Repeat("{},", maxItems) + `{}]}`, ErrMalformed, "a list has more than"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Decode(strings.NewReader(tc.text))
			if !errors.Is(err, tc.want) {
				t.Fatalf("got %v, want %v", err, tc.want)
			}
			if text := err.Error(); !strings.Contains(text, tc.says) || strings.ContainsAny(text, "\n\x1b") || len(text) > 300 {
				t.Errorf("error %q, want one line with %q", text, tc.says)
			}
		})
	}
}

func TestARecordingIsNoProfileButDecodeTakesBoth(t *testing.T) {
	rec := encoded(t, recordingOf(call("read", nil)))
	if _, err := DecodeProfile(strings.NewReader(rec)); !errors.Is(err, ErrSchema) {
		t.Errorf("a recording read as profile: %v", err)
	}
	if _, err := DecodeRecording(strings.NewReader(encoded(t, small()))); !errors.Is(err, ErrSchema) {
		t.Errorf("a profile read as recording: %v", err)
	}
}

func TestFilesOverTheLimitAreRefusedUnread(t *testing.T) {
	if _, err := Decode(endless{}); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("got %v", err)
	}
}

// endless is a file without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestHostileStringsNeverKeepARecordingFromBeingWritten(t *testing.T) {
	long := strings.Repeat("ü", maxPath)
	r := recordingOf(call("read", nil))
	r.Programs = []Program{{Path: long, Part: PartApplication}, {Path: "/bad\xff\x00", Part: PartApplication}}
	r.Syscalls[0].First = &Origin{Comm: long, Args: slices.Repeat([]string{long}, 100)}
	r.Service.Name = long
	r.Files = []File{{Path: "/tmp/bad\xff", Access: []Access{AccessCreate}}, {Path: "/run/" + long, Folder: true}, {Path: "var/../x", Access: []Access{AccessWrite}}}
	r.Sockets = []Socket{{Use: SocketConnect, Protocol: "tcp", Peer: long, Port: 1}}
	r.Identities = []Identity{{Program: long}}
	text := encoded(t, r)
	back, err := DecodeRecording(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range back.Files {
		paths = append(paths, f.Path)
	}
	if d := cmp.Diff([]string{"/run", "/tmp", "/x"}, paths); d != "" {
		t.Error("where something was written: ", d)
	}
	if back.Loss.Strings == 0 {
		t.Error("cut strings were not counted")
	}
	if !back.Loss.Complete() {
		t.Error("cut explanations made the rules incomplete")
	}
	if r.Programs[0].Path != long {
		t.Error("encoding changed the recording")
	}
}

func TestEncodeRefusesWhatOnlyAFaultOfATracerCanMake(t *testing.T) {
	r := recordingOf(call("Read Me", nil))
	if err := r.Encode(&bytes.Buffer{}); !errors.Is(err, ErrMalformed) {
		t.Errorf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	p := small()
	good := encoded(f, p)
	f.Add([]byte(good))
	f.Add([]byte(encoded(f, recordingOf(call("read", nil)))))
	f.Add([]byte(good[:len(good)/3]))
	f.Add([]byte(`{"schema":"batten/profile/v1","service":{},"runs":null,"syscalls":[{"args":{}}],"loss":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Decode(bytes.NewReader(data))
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrSchema) || strings.ContainsAny(err.Error(), "\n\r\x1b") {
				t.Fatalf("unclear error %q", err)
			}
			return
		}
		text := encoded(t, p)
		back, err := Decode(strings.NewReader(text))
		if err != nil {
			t.Fatalf("does not read back: %v", err)
		}
		if again := encoded(t, back); again != text {
			t.Fatal(cmp.Diff(text, again))
		}
		p.Gaps()
		Compare(p, back).Lines()
	})
}
