package ebpf

// The objects are committed; regenerating needs clang and libbpf's headers.
// -mcpu=v3: atomics that return a value, Linux 5.12, which task storage in
// tracing programs needs as well.
//go:generate go tool bpf2go -go-package ebpf -target amd64,arm64 -cflags "-O2 -g -mcpu=v3 -Wall -Werror" -type event -type unit -type unit_key -type known_container -type root -type call_key -type call -type tuple_key -type cap_key -type program_key -type program -type entry_key -type entry -type path_key -type short_path -type long_path -type touch_key -type touched -type socket_key -type contact_key -type mount_key objects bpf/batten.bpf.c
