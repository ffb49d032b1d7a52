package imports

import (
	"regexp"
	"strconv"
	"strings"

	"batten/profiles"
)

// tuple returns the recorded arguments of a call, false when one of them is
// missing from the log or has no value that batten knows.
func tuple(spec profiles.ArgumentSpec, c call) ([]uint64, bool) {
	out := make([]uint64, len(spec.Index))
	for i, index := range spec.Index {
		text, ok := argumentText(c, index)
		if !ok {
			return nil, false
		}
		if out[i], ok = argumentValue(c.name, index, text); !ok {
			return nil, false
		}
	}
	return spec.Apply(out), true
}

// argumentText finds an argument. The flags of clone come first for the kernel
// and by name in the log: "child_stack=NULL, flags=CLONE_VM|SIGCHLD".
func argumentText(c call, index int) (string, bool) {
	if c.name == "clone" && index == 0 {
		for _, a := range c.args {
			if text, ok := strings.CutPrefix(a, "flags="); ok {
				return text, true
			}
		}
		return "", false
	}
	if index >= len(c.args) {
		return "", false
	}
	return c.args[index], true
}

var (
	comment   = regexp.MustCompile(`\s*/\*.*?\*/`)
	ioctlForm = regexp.MustCompile(`^_IOC\(([A-Z_|0-9x]+), ?(0x[0-9a-f]+|[0-9]+|'.'), ?(0x[0-9a-f]+|[0-9]+), ?(0x[0-9a-f]+|[0-9]+)\)$`)
	htons     = regexp.MustCompile(`^htons\(([A-Z0-9_]+|0x[0-9a-f]+)\)$`)
)

func argumentValue(name string, index int, text string) (uint64, bool) {
	text = strings.TrimSpace(comment.ReplaceAllString(text, ""))
	if rest, ok := strings.CutPrefix(text, "PF_"); ok && index == 0 {
		text = "AF_" + rest // old versions of strace
	}
	if m := ioctlForm.FindStringSubmatch(text); m != nil && name == "ioctl" {
		return ioctlValue(m[1], m[2], m[3], m[4])
	}
	if m := htons.FindStringSubmatch(text); m != nil && index == 2 {
		return etherProtocol(m[1])
	}
	// Requests of different drivers can share a number: "A or B".
	for alternative := range strings.SplitSeq(text, " or ") {
		if v, ok := profiles.ArgumentValue(name, index, alternative); ok {
			return v, true
		}
	}
	return 0, false
}

// ioctlValue puts a request together in the way of asm-generic/ioctl.h.
func ioctlValue(dir, typ, nr, size string) (uint64, bool) {
	var d uint64
	for part := range strings.SplitSeq(dir, "|") {
		bits, ok := map[string]uint64{"_IOC_NONE": 0, "_IOC_WRITE": 1, "_IOC_READ": 2, "0": 0}[part]
		if !ok {
			return 0, false
		}
		d |= bits
	}
	if len(typ) == 3 && typ[0] == '\'' {
		typ = strconv.Itoa(int(typ[1]))
	}
	t, err1 := strconv.ParseUint(typ, 0, 8)
	n, err2 := strconv.ParseUint(nr, 0, 8)
	s, err3 := strconv.ParseUint(size, 0, 14)
	return d<<30 | s<<16 | t<<8 | n, err1 == nil && err2 == nil && err3 == nil
}

// etherProtocol is the protocol of a packet socket, in network byte order
// (linux/if_ether.h).
func etherProtocol(text string) (uint64, bool) {
	v, ok := map[string]uint64{
		"ETH_P_ALL": 3, "ETH_P_802_3": 1, "ETH_P_802_2": 4, "ETH_P_LOOP": 0x60, "ETH_P_IP": 0x800, "ETH_P_ARP": 0x806,
		"ETH_P_8021Q": 0x8100, "ETH_P_IPV6": 0x86dd, "ETH_P_PAE": 0x888e, "ETH_P_LLDP": 0x88cc,
	}[text]
	if !ok {
		n, err := strconv.ParseUint(text, 0, 16)
		if err != nil {
			return 0, false
		}
		v = n
	}
	return v>>8 | v&0xff<<8, true
}
