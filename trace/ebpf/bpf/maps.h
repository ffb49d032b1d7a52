// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)

#ifndef BATTEN_MAPS_H
#define BATTEN_MAPS_H

#include "shared.h"

#define LAST_NONE 0xffffffff    // no call entered yet
#define LAST_UNKNOWN 0xfffffffe // inside a call that may have entered before the session

// task_state is cached with each thread. seen holds the native calls that are in
// the maps already for the thread's bucket, so that the common case touches no
// shared memory at all.
struct task_state {
	u32 generation;
	u32 unit; // 0: not a target
	u8 kind;
	u8 born; // as in struct root
	u16 entry;
	u32 last_nr;   // last call that entered
	u64 last_args; // its arguments, for calls that filters judge by argument
	u64 program;
	u64 seen[MAX_NR / 64];
};

// scratch is room for what does not fit the 512 bytes of stack.
struct scratch {
	char name[NAME_SIZE];
	struct unit unit;
	struct entry entry;
	u64 frames[16];
};

struct session settings = {};
u32 next_unit = 0;
u64 loss[LOSS_MAX] = {};
u64 cap_capable_start = 0, cap_capable_end = 0; // from /proc/kallsyms

// Names types for bpf2go that appear in no map.
const struct event *event_type __attribute__((unused));
const struct entry_key *entry_key_type __attribute__((unused));

// Set before loading.
const volatile u8 argument_mask[MAX_NR] = {}; // bits 0-2: record args[bit]; bits 4-6: all six decide
const volatile u64 type_mask[MAX_NR] = {};    // mask of argument 1 where it carries flags; 0: whole

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_state);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_UNITS);
	__type(key, struct unit_key);
	__type(value, u32);
} unit_index SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_UNITS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, u32);
	__type(value, struct unit);
} units SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_UNITS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, char[NAME_SIZE]);
	__type(value, struct known_container);
} known SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u32); // thread id, or process id for all its threads
	__type(value, struct root);
} roots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 131072);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct call_key);
	__type(value, struct call);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct tuple_key);
	__type(value, u64);
} tuples SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct cap_key);
	__type(value, struct call);
} capabilities SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct program_key);
	__type(value, struct program);
} programs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct entry_key);
	__type(value, struct entry);
} entries SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

static __always_inline void lose(u32 what)
{
	__sync_fetch_and_add(&loss[what], 1);
}

static __always_inline void tell(u8 type, u32 unit, const struct call_key *k, u32 tgid, u64 when)
{
	struct event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		lose(LOSS_EVENTS);
		return;
	}
	__builtin_memset(e, 0, sizeof(*e));
	e->type = type;
	e->unit = unit;
	e->tgid = tgid;
	e->when = when;
	if (k) {
		e->bucket = k->bucket;
		e->nr = k->nr;
		e->arch = k->arch;
		e->denied = k->denied;
	}
	bpf_ringbuf_submit(e, 0);
}

#endif
