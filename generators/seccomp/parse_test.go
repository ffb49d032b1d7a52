package seccomp

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"batten/profiles"
)

const small = `{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,"architectures":["SCMP_ARCH_X86_64"],
"syscalls":[{"names":["write","read"],"action":"SCMP_ACT_ALLOW","args":[],"includes":{},"excludes":{},"comment":""},
{"name":"clone","action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":2114060288,"valueTwo":0,"op":"SCMP_CMP_MASKED_EQ"}]}]}`

func TestParseReadsBothSpellingsAndEncodeIsCanonical(t *testing.T) {
	p, err := Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	want := &Policy{DefaultAction: ActErrno, DefaultErrnoRet: errno(38), Architectures: []string{"SCMP_ARCH_X86_64"}, Syscalls: []Rule{
		{Names: []string{"read", "write"}, Action: ActAllow},
		{Names: []string{"clone"}, Action: ActAllow, Args: []Arg{{Index: 0, Value: 2114060288, Op: OpMaskedEqual}}},
	}}
	if d := cmp.Diff(want, p); d != "" {
		t.Error(d)
	}
	again, err := Parse(p.Encode())
	if err != nil || !bytes.Equal(again.Encode(), p.Encode()) {
		t.Errorf("not canonical, error %v", err)
	}
}

func TestParseRefusesWithPlaceAndReason(t *testing.T) {
	const ok = `"defaultAction":"SCMP_ACT_ERRNO"`
	allow := func(fields string) string {
		return `{` + ok + `,"syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW"},{` + fields + `}]}`
	}
	for _, test := range []struct{ in, want string }{
		{``, "line 1: unexpected end"},
		{"{\n\n" + ok + ",,}", "line 3"},
		{`{` + ok + `,"extra":1}`, "extra"},
		{`{"defaultAction":7}`, `"defaultAction": number where`},
		{`{` + ok + `} {}`, "text after the end"},
		{`{"syscalls":[]}`, "defaultAction is missing"},
		{`{"defaultAction":"SCMP_ACT_NOTIFY"}`, "defaultAction"},
		{`{"defaultAction":"ALLOW"}`, "no action"},
		{`{` + ok + `,"syscalls":[]}`, "nothing is allowed"},
		{`{` + ok + `,"architectures":["SCMP_ARCH_X86"],"archMap":[{"architecture":"SCMP_ARCH_X86_64","subArchitectures":[]}]}`, "either architectures or archMap"},
		{`{` + ok + `,"architectures":["SCMP_ARCH_ARM64"]}`, "architectures[0]: \"SCMP_ARCH_ARM64\" is no architecture (it is called SCMP_ARCH_AARCH64)"},
		{`{` + ok + `,"defaultErrnoRet":4096}`, "errno 4096"},
		{allow(`"names":[],"action":"SCMP_ACT_ALLOW"`), "syscalls[1]: no names"},
		{allow(`"names":[""],"action":"SCMP_ACT_ALLOW"`), `syscalls[1].names[0]: "" is no name`},
		{allow(`"names":["a b"],"action":"SCMP_ACT_ALLOW"`), "syscalls[1].names[0]"},
		{allow(`"name":"a","names":["b"],"action":"SCMP_ACT_ALLOW"`), "both name and names"},
		{allow(`"names":["write"],"action":"SCMP_ACT_NOTIFY"`), "refuse SCMP_ACT_NOTIFY for write"},
		{allow(`"names":["a"]`), "syscalls[1].action is missing"},
		{allow(`"names":["a"],"action":"SCMP_ACT_ALLOW","args":[{"index":6,"op":"SCMP_CMP_EQ"}]`), "args[0].index: 6"},
		{allow(`"names":["a"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"op":"EQ"}]`), "args[0].op"},
		{allow(`"names":["a"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":-1,"op":"SCMP_CMP_EQ"}]`), "number -1"},
		{allow(`"names":["a"],"action":"SCMP_ACT_ALLOW","includes":{"minKernel":"4.8.1"}`), "includes.minKernel"},
		{allow(`"names":["a"],"action":"SCMP_ACT_ALLOW","excludes":{"caps":["CAP X"]}`), "excludes.caps[0]"},
		{strings.Repeat(" ", maxPolicyBytes+1), "at most"},
		{`{` + ok + `,"\u001b[31m\n":1}`, `\\x1b`},
	} {
		_, err := Parse([]byte(test.in))
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.want) || strings.ContainsAny(err.Error(), "\n\x1b") || len(err.Error()) > 300 {
			t.Errorf("%.120s: error %v, want %q", test.in, err, test.want)
		}
	}
}

func TestFlattenFollowsConditionsLikeDockerd(t *testing.T) {
	p, err := Parse([]byte(`{"defaultAction":"SCMP_ACT_ERRNO","archMap":[
{"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86","SCMP_ARCH_X32"]},
{"architecture":"SCMP_ARCH_AARCH64","subArchitectures":["SCMP_ARCH_ARM"]}],"syscalls":[
{"names":["always"],"action":"SCMP_ACT_ALLOW"},
{"names":["twocaps"],"action":"SCMP_ACT_ALLOW","includes":{"caps":["CAP_A","CAP_B"]}},
{"names":["nocap"],"action":"SCMP_ACT_ALLOW","excludes":{"caps":["CAP_A","CAP_C"]}},
{"names":["arm"],"action":"SCMP_ACT_ALLOW","includes":{"arches":["arm64","arm"]}},
{"names":["notx86"],"action":"SCMP_ACT_ALLOW","excludes":{"arches":["amd64"]}},
{"names":["new"],"action":"SCMP_ACT_ALLOW","includes":{"minKernel":"4.8"}},
{"names":["old"],"action":"SCMP_ACT_ALLOW","excludes":{"minKernel":"4.8"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		arch   profiles.Arch
		caps   string
		kernel string
		want   string
		arches string
	}{
		{profiles.ArchX8664, "", "", "always nocap new", "SCMP_ARCH_X86_64 SCMP_ARCH_X86 SCMP_ARCH_X32"},
		{profiles.ArchX8664, "CAP_A", "4.7.9-generic", "always old", "SCMP_ARCH_X86_64 SCMP_ARCH_X86 SCMP_ARCH_X32"},
		{profiles.ArchX8664, "CAP_A CAP_B", "4.8-rc5", "always twocaps new", "SCMP_ARCH_X86_64 SCMP_ARCH_X86 SCMP_ARCH_X32"},
		{profiles.ArchAARCH64, "cap_c", "6.1.0", "always arm notx86 new", "SCMP_ARCH_AARCH64 SCMP_ARCH_ARM"},
		{profiles.ArchARM, "", "3.2", "always nocap arm notx86 old", ""},
	} {
		f, err := p.Flatten(test.arch, strings.Fields(test.caps), test.kernel)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, r := range f.Syscalls {
			names = append(names, r.Names...)
		}
		if got := strings.Join(names, " "); got != test.want || strings.Join(f.Architectures, " ") != test.arches || !f.Flat() {
			t.Errorf("%+v: %s, %v", test, got, f.Architectures)
		}
	}
	if _, err := p.Flatten("vax", nil, ""); err == nil {
		t.Error("unknown architecture was taken")
	}
	if _, err := p.Flatten(profiles.ArchX8664, nil, "kernel"); err == nil {
		t.Error("unreadable kernel release was taken")
	}
	if _, err := Assemble(p, profiles.ArchX8664); !errors.Is(err, ErrNotFlat) {
		t.Errorf("conditions were compiled: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	p, err := DockerDefault(profiles.ArchX8664, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.Encode())
	f.Add([]byte(`{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse(data)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b") || !errors.Is(err, ErrInvalid) {
				t.Fatalf("error %q", err)
			}
			return
		}
		out := p.Encode()
		again, err := Parse(out)
		if err != nil || !bytes.Equal(again.Encode(), out) {
			t.Fatalf("not canonical: %v\n%s", err, out)
		}
		flat, err := p.Flatten(profiles.ArchX8664, nil, "6.1")
		if err != nil {
			t.Fatal(err)
		}
		filter, err := Assemble(flat, profiles.ArchX8664)
		if err == nil {
			err = Verify(flat, filter, profiles.ArchX8664)
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
