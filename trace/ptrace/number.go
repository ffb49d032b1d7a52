package ptrace

import (
	"encoding/binary"
	"strconv"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// parseOctal reads flags as procfs writes them.
func parseOctal(s string) (uint64, error) { return strconv.ParseUint(s, 8, 64) }

// word and half read numbers of structures of the native convention.
func word(b []byte, at int) uint64 { return binary.NativeEndian.Uint64(b[at:]) }
func half(b []byte, at int) uint32 { return binary.NativeEndian.Uint32(b[at:]) }
