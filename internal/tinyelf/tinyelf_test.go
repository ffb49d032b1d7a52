package tinyelf

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

func TestProgramIsAnELFOfItsArchitecture(t *testing.T) {
	for arch, want := range map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64} {
		b, err := Exit(arch)
		if err != nil {
			t.Fatal(err)
		}
		f, err := elf.NewFile(bytes.NewReader(b))
		if err != nil || f.Machine != want || len(f.Progs) != 1 || f.Entry != f.Progs[0].Vaddr+120 {
			t.Fatalf("%s: %+v, %v", arch, f, err)
		}
	}
	if _, err := Exit("pdp11"); err == nil {
		t.Fatal("made a program for an unknown architecture")
	}
}

func TestProgramExitsWithZero(t *testing.T) {
	b, err := Exit(runtime.GOARCH)
	if err != nil {
		t.Skip(err)
	}
	path := filepath.Join(t.TempDir(), "exit")
	if err := os.WriteFile(path, b, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command(path).Run(); err != nil {
		t.Fatal(err)
	}
}
