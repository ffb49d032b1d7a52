package profiles

// ArgumentKind tells how the values of a recorded argument combine.
type ArgumentKind string

const (
	ArgumentExact ArgumentKind = "exact" // each value stands for itself
	ArgumentFlags ArgumentKind = "flags" // a set of bits: the union of what was seen is needed
)

// ArgumentSpec names the arguments of one call that are few, finite and held in
// registers, so that a filter can judge them.
type ArgumentSpec struct {
	Syscall string
	Index   []int // at most 3
	// Mask is applied to each argument before it is recorded; 0 means all bits.
	// socket(2)'s type argument carries SOCK_NONBLOCK and SOCK_CLOEXEC, which are
	// no privilege.
	Mask []uint64
	Kind ArgumentKind
}

// MaxArgumentTuples bounds the distinct tuples kept for one call. More than
// these are no finite set any more.
const MaxArgumentTuples = 64

// Sources: socket(2), clone(2), unshare(2), setns(2), personality(2), prctl(2),
// ioctl(2), keyctl(2), ptrace(2), bpf(2), seccomp(2).
var argumentSpecs = []ArgumentSpec{
	{Syscall: "bpf", Index: []int{0}, Kind: ArgumentExact},
	{Syscall: "clone", Index: []int{0}, Kind: ArgumentFlags},
	{Syscall: "ioctl", Index: []int{1}, Mask: []uint64{0xffffffff}, Kind: ArgumentExact},
	{Syscall: "keyctl", Index: []int{0}, Mask: []uint64{0xffffffff}, Kind: ArgumentExact},
	{Syscall: "personality", Index: []int{0}, Mask: []uint64{0xffffffff}, Kind: ArgumentExact},
	{Syscall: "prctl", Index: []int{0}, Mask: []uint64{0xffffffff}, Kind: ArgumentExact},
	{Syscall: "ptrace", Index: []int{0}, Kind: ArgumentExact},
	{Syscall: "seccomp", Index: []int{0}, Mask: []uint64{0xffffffff}, Kind: ArgumentExact},
	{Syscall: "setns", Index: []int{1}, Mask: []uint64{0xffffffff}, Kind: ArgumentFlags},
	{Syscall: "socket", Index: []int{0, 1, 2}, Mask: []uint64{0xffffffff, 0xf, 0xffffffff}, Kind: ArgumentExact},
	{Syscall: "socketpair", Index: []int{0, 1, 2}, Mask: []uint64{0xffffffff, 0xf, 0xffffffff}, Kind: ArgumentExact},
	{Syscall: "unshare", Index: []int{0}, Kind: ArgumentFlags},
}

// ArgumentSpecs returns the calls whose arguments are recorded, sorted by name.
// The caller must not change the slices inside.
func ArgumentSpecs() []ArgumentSpec { return append([]ArgumentSpec(nil), argumentSpecs...) }

// ArgumentsOf returns the specification of one call.
func ArgumentsOf(syscall string) (ArgumentSpec, bool) {
	for _, s := range argumentSpecs {
		if s.Syscall == syscall {
			return s, true
		}
	}
	return ArgumentSpec{}, false
}

// Apply masks a tuple in the way the specification says. Tuples have one value
// for each index.
func (s ArgumentSpec) Apply(tuple []uint64) []uint64 {
	out := make([]uint64, len(tuple))
	for i, v := range tuple {
		out[i] = v
		if i < len(s.Mask) && s.Mask[i] != 0 {
			out[i] &= s.Mask[i]
		}
	}
	return out
}
