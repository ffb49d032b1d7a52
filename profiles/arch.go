package profiles

// Arch is a calling convention in libseccomp's lower-case naming. One kernel can
// serve several: x86_64 also serves x86 and x32, aarch64 also arm.
type Arch string

const (
	ArchX8664   Arch = "x86_64"
	ArchX86     Arch = "x86"
	ArchX32     Arch = "x32"
	ArchAARCH64 Arch = "aarch64"
	ArchARM     Arch = "arm"
)

// archInfo is one row of the table of architectures.
type archInfo struct {
	arch   Arch
	goarch string // GOARCH whose kernel has it as native, "" if none
	oci    string // name in a seccomp profile (runtime-spec)
	audit  uint32 // AUDIT_ARCH_* of linux/audit.h: seccomp_data.arch
	subs   []Arch // what the same kernel also serves
}

var archTable = []archInfo{
	{ArchX8664, "amd64", "SCMP_ARCH_X86_64", 0xC000003E, []Arch{ArchX86, ArchX32}},
	{ArchX86, "386", "SCMP_ARCH_X86", 0x40000003, nil},
	{ArchX32, "", "SCMP_ARCH_X32", 0xC000003E, nil}, // told apart by bit 30 of the number
	{ArchAARCH64, "arm64", "SCMP_ARCH_AARCH64", 0xC00000B7, []Arch{ArchARM}},
	{ArchARM, "arm", "SCMP_ARCH_ARM", 0x40000028, nil},
}

// NativeArch returns the native architecture of a GOARCH, or "" if batten does
// not know it.
func NativeArch(goarch string) Arch {
	for _, a := range archTable {
		if a.goarch == goarch && goarch != "" {
			return a.arch
		}
	}
	return ""
}

// Valid reports whether a is an architecture that batten knows.
func (a Arch) Valid() bool { _, ok := a.info(); return ok }

// OCI returns the name used in seccomp profiles, "SCMP_ARCH_X86_64".
func (a Arch) OCI() string { i, _ := a.info(); return i.oci }

// Audit returns the AUDIT_ARCH value that the kernel hands to a filter.
func (a Arch) Audit() uint32 { i, _ := a.info(); return i.audit }

// Subs returns the other architectures that a kernel of this one serves.
func (a Arch) Subs() []Arch { i, _ := a.info(); return append([]Arch(nil), i.subs...) }

// ArchFromOCI is the inverse of [Arch.OCI].
func ArchFromOCI(name string) (Arch, bool) {
	for _, a := range archTable {
		if a.oci == name {
			return a.arch, true
		}
	}
	return "", false
}

func (a Arch) info() (archInfo, bool) {
	for _, i := range archTable {
		if i.arch == a {
			return i, true
		}
	}
	return archInfo{}, false
}
