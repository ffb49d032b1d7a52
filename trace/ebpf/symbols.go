package ebpf

import (
	"bufio"
	"bytes"
	"os"
)

// symbols names kernel addresses. It reads /proc/kallsyms when it must and keeps
// only what was asked for: the whole table would be most of batten's memory.
type symbols struct {
	known map[uint64]string
}

// textSymbols calls f for every function in the kernel, in the order of the
// file, until f returns false. Addresses are 0, and left out, where the kernel
// hides them (kernel.kptr_restrict).
func textSymbols(f func(addr uint64, name []byte) bool) error {
	file, err := os.Open("/proc/kallsyms")
	if err != nil {
		return err
	}
	defer file.Close()
	r := bufio.NewScanner(bufio.NewReaderSize(file, 1<<16))
	for r.Scan() {
		line := r.Bytes()
		addr, rest, ok := bytes.Cut(line, []byte{' '})
		if !ok || len(rest) < 3 || (rest[0] != 't' && rest[0] != 'T') {
			continue
		}
		name, _, _ := bytes.Cut(rest[2:], []byte{'\t'})
		if a, ok := parseHex(addr); ok && a != 0 && !f(a, name) {
			return nil
		}
	}
	return r.Err()
}

func parseHex(b []byte) (uint64, bool) {
	var v uint64
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			v = v<<4 | uint64(c-'0')
		case c >= 'a' && c <= 'f':
			v = v<<4 | uint64(c-'a'+10)
		default:
			return 0, false
		}
	}
	return v, len(b) > 0 && len(b) <= 16
}

// functionRange finds where a function of the kernel proper begins and the next
// one begins; the file is sorted up to the modules. Both are 0 when the kernel
// does not tell.
func functionRange(name string) (start, end uint64) {
	_ = textSymbols(func(addr uint64, n []byte) bool {
		if start != 0 && addr > start {
			end = addr
			return false
		}
		if string(n) == name {
			start = addr
		}
		return true
	})
	return start, end
}

// resolve names every address of the list; those it cannot name become "".
func (s *symbols) resolve(addrs []uint64) {
	if s.known == nil {
		s.known = map[uint64]string{}
	}
	best := map[uint64]uint64{}
	for _, a := range addrs {
		if _, ok := s.known[a]; !ok && a != 0 {
			best[a] = 0
		}
	}
	if len(best) == 0 {
		return
	}
	for a := range best {
		s.known[a] = ""
	}
	_ = textSymbols(func(addr uint64, name []byte) bool {
		for a, b := range best {
			if addr <= a && addr >= b {
				best[a] = addr
				s.known[a] = string(name)
			}
		}
		return true
	})
}

func (s *symbols) name(addr uint64) string { return s.known[addr] }
