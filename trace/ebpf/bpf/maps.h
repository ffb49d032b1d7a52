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
	u64 exe; // hash of the executing file's path; 0: not asked yet
	u64 seen[MAX_NR / 64];
};

// scratch is room for what does not fit the 512 bytes of stack.
struct scratch {
	char name[NAME_SIZE];
	struct unit unit;
	struct entry entry;
};

// room is where paths are put together. A path is written from its end backwards to
// ROOM_MIDDLE; a name that was not resolved follows behind it.
#define ROOM_MIDDLE 4096
#define ROOM_SIZE (4 * 4096) // a power of two, so that masks bound offsets; half would do
#define ROOM_WORDS (ROOM_SIZE / 8)
#define ROOMS 4

struct room {
	u32 busy;
	u32 at;  // where the path begins
	u32 end; // where it ends
	u32 pad;
	u64 dentry, mount; // where a walk is
	struct short_path entry; // what is put into the maps: the stack is short
	struct touched row;
	union {
		char text[ROOM_SIZE];
		u64 words[ROOM_WORDS];
	};
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
const volatile struct file_spec file_specs[MAX_NR] = {};
const volatile u64 hash_seed = 0x9e3779b97f4a7c15ULL, hash_factor = 0xff51afd7ed558ccdULL;
const volatile u32 max_touches = 16384; // rows of one unit

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_state);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct cap_key);
} questions SEC(".maps");

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

#define HASH_OF(name, entries, key_type, value_type)        \
	struct {                                             \
		__uint(type, BPF_MAP_TYPE_HASH);             \
		__uint(max_entries, entries);                \
		__uint(map_flags, BPF_F_NO_PREALLOC);        \
		__type(key, key_type);                       \
		__type(value, value_type);                   \
	} name SEC(".maps")

HASH_OF(short_paths, 65536, struct path_key, struct short_path);
HASH_OF(long_paths, 4096, struct path_key, struct long_path);
HASH_OF(touches, 131072, struct touch_key, struct touched);
HASH_OF(sockets, 16384, struct socket_key, struct call);
HASH_OF(contacts, 4096, struct contact_key, struct call);
HASH_OF(mounts, 1024, struct mount_key, struct call);

// long_blank is what an entry for a long path is made from.
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct long_path);
} long_blank SEC(".maps");

// Hooks of the security module can be preempted, and each other's path must not be
// written over: whoever comes while a room is busy takes the next.
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, ROOMS);
	__type(key, u32);
	__type(value, struct room);
} rooms SEC(".maps");

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

// tell_name asks user space to resolve a name while its process lives.
static __always_inline void tell_name(u32 unit, u32 tgid, u64 hash, u32 kind)
{
	struct event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		lose(LOSS_EVENTS);
		return;
	}
	__builtin_memset(e, 0, sizeof(*e));
	e->type = EVENT_NAME;
	e->unit = unit;
	e->tgid = tgid;
	e->bucket = kind;
	e->hash = hash;
	bpf_ringbuf_submit(e, 0);
}

#endif
