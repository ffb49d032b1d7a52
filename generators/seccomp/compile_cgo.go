//go:build cgo && linux

package seccomp

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"

	lib "github.com/seccomp/libseccomp-golang"
	"golang.org/x/sys/unix"

	"batten/profiles"
)

// HasCompiler tells whether this build has libseccomp.
const HasCompiler = true

// treeThreshold is the number of rules above which runc asks libseccomp for a
// binary tree.
const treeThreshold = 32

// LibraryVersion is the version of libseccomp, "2.5.4".
func LibraryVersion() string {
	major, minor, micro := lib.GetLibraryVersion()
	return fmt.Sprintf("%d.%d.%d", major, minor, micro)
}

var libArch = map[profiles.Arch]lib.ScmpArch{
	profiles.ArchX8664: lib.ArchAMD64, profiles.ArchX86: lib.ArchX86, profiles.ArchX32: lib.ArchX32,
	profiles.ArchAARCH64: lib.ArchARM64, profiles.ArchARM: lib.ArchARM,
}

var libAction = map[Action]lib.ScmpAction{
	ActAllow: lib.ActAllow, ActErrno: lib.ActErrno, ActKillThread: lib.ActKillThread,
	ActKillProcess: lib.ActKillProcess, ActTrap: lib.ActTrap, ActTrace: lib.ActTrace,
	ActLog: lib.ActLog, ActNotify: lib.ActNotify,
}

var libOp = map[Op]lib.ScmpCompareOp{
	OpNotEqual: lib.CompareNotEqual, OpLess: lib.CompareLess, OpLessEqual: lib.CompareLessOrEqual,
	OpEqual: lib.CompareEqual, OpGreaterEqual: lib.CompareGreaterEqual, OpGreater: lib.CompareGreater,
	OpMaskedEqual: lib.CompareMaskedEqual,
}

// Compile makes a filter of a flat policy with libseccomp, in the way that
// container runtimes do. Names that the library does not know are reported, not
// refused: they may be newer than it. Errors: [ErrNotFlat], [ErrUnsupported].
func Compile(p *Policy, host profiles.Arch) (*Compiled, error) {
	if !p.Flat() {
		return nil, fmt.Errorf("compile policy: %w", ErrNotFlat)
	}
	arches, err := p.served(host)
	if err != nil {
		return nil, fmt.Errorf("compile policy: %w", err)
	}
	byDefault := verdict(p.DefaultAction, p.DefaultErrnoRet)
	f, err := lib.NewFilter(libVerdict(byDefault))
	if err != nil {
		return nil, fmt.Errorf("compile policy: start libseccomp: %w", err)
	}
	defer f.Release()
	if err := useArches(f, arches); err != nil {
		return nil, fmt.Errorf("compile policy: %w", err)
	}
	if len(p.Syscalls) > treeThreshold {
		if err := f.SetOptimize(2); err != nil && byDefault.Action != ActAllow {
			return nil, fmt.Errorf("compile policy: choose binary tree: %w", err)
		}
	}
	out := &Compiled{}
	for _, r := range p.Syscalls {
		v := verdict(r.Action, r.ErrnoRet)
		if v == byDefault {
			continue
		}
		for _, name := range r.Names {
			nr, err := lib.GetSyscallFromName(name)
			if err != nil {
				out.Unknown = append(out.Unknown, name)
				continue
			}
			if err := addRule(f, nr, v, r.Args); err != nil {
				return nil, fmt.Errorf("compile policy: %s: %w", name, err)
			}
		}
	}
	slices.Sort(out.Unknown)
	out.Unknown = slices.Compact(out.Unknown)
	out.Filter, err = export(f)
	return out, err
}

func useArches(f *lib.ScmpFilter, arches []profiles.Arch) error {
	// The library starts with the architecture it was built for.
	native, err := lib.GetNativeArch()
	if err != nil {
		return fmt.Errorf("ask for native architecture: %w", err)
	}
	want := false
	for _, a := range arches {
		want = want || libArch[a] == native
		if err := f.AddArch(libArch[a]); err != nil {
			return fmt.Errorf("add architecture %s: %w", a, err)
		}
	}
	if !want {
		if err := f.RemoveArch(native); err != nil {
			return fmt.Errorf("remove architecture %s: %w", native, err)
		}
	}
	return nil
}

func libVerdict(v Verdict) lib.ScmpAction { return libAction[v.Action].SetReturnCode(int16(v.Errno)) }

func addRule(f *lib.ScmpFilter, nr lib.ScmpSyscall, v Verdict, args []Arg) error {
	if len(args) == 0 {
		return f.AddRule(nr, libVerdict(v))
	}
	var conds []lib.ScmpCondition
	var count [6]int
	repeated := false
	for _, a := range args {
		values := []uint64{a.Value}
		if a.Op == OpMaskedEqual {
			values = append(values, a.ValueTwo)
		}
		c, err := lib.MakeCondition(a.Index, libOp[a.Op], values...)
		if err != nil {
			return err
		}
		conds = append(conds, c)
		count[a.Index]++
		repeated = repeated || count[a.Index] > 1
	}
	if !repeated {
		return f.AddRuleConditional(nr, libVerdict(v), conds)
	}
	for _, c := range conds {
		if err := f.AddRuleConditional(nr, libVerdict(v), []lib.ScmpCondition{c}); err != nil {
			return err
		}
	}
	return nil
}

// export reads the filter back through anonymous memory: the library writes only
// to descriptors.
func export(f *lib.ScmpFilter) ([]syscall.SockFilter, error) {
	fd, err := unix.MemfdCreate("batten-seccomp", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("compile policy: make memory file: %w", err)
	}
	file := os.NewFile(uintptr(fd), "batten-seccomp")
	defer file.Close()
	if err := f.ExportBPF(file); err != nil {
		return nil, fmt.Errorf("compile policy: export filter: %w", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("compile policy: read filter: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(file, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("compile policy: read filter: %w", err)
	}
	out := make([]syscall.SockFilter, 0, len(raw)/8)
	for ; len(raw) >= 8; raw = raw[8:] {
		out = append(out, syscall.SockFilter{
			Code: binary.NativeEndian.Uint16(raw), Jt: raw[2], Jf: raw[3], K: binary.NativeEndian.Uint32(raw[4:]),
		})
	}
	return out, nil
}
