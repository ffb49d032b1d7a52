// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// What the programs share with user space: keys, values, settings. bpf2go makes
// Go types of them. Nothing here has implicit padding: keys are compared as bytes.

#ifndef BATTEN_SHARED_H
#define BATTEN_SHARED_H

#include "kernel.h"

#define MAX_NR 512        // native numbers end below 480
#define MAX_KEPT_NR 1024  // x32 numbers end below 560; higher ones are all kept as NR_OTHER
#define NR_OTHER 0xffff
#define MAX_UNITS 2048    // containers and process trees of one session
#define TREE_UNITS 256    // the first ones are given out by user space, to trees
#define NAME_SIZE 128     // cgroup names: docker-<64 hex>.scope has 77 bytes
#define PATH_SIZE 256
#define ARGS_SIZE 512
#define MAX_ENTRIES 32    // executed commands told apart in one container
#define MAX_PROGRAMS 512  // programs kept for one unit
#define MAX_TUPLES 64     // argument tuples kept for one call; profiles.MaxArgumentTuples
#define MAX_ERRNO 4096    // filters answer with less
#define FRAMES 4          // kernel callers kept for a capability check

enum kind {
	KIND_NEW = 0,
	KIND_RUNTIME = 1,      // container runtime or starter, before the program
	KIND_MAIN = 2,         // the service's own processes
	KIND_EXEC_RUNTIME = 3, // runtime on its way to an executed command
	KIND_EXEC = 4,         // executed command and its children
};

// Buckets keep apart what was done on whose behalf, and when. Main processes are
// in BUCKET_MAIN + phase, executed commands in BUCKET_EXEC + entry number.
enum bucket {
	BUCKET_RUNTIME = 0,
	BUCKET_MAIN = 1, // + 0 startup, 1 steady, 2 shutdown
	BUCKET_EXEC_RUNTIME = 8,
	BUCKET_EXEC = 16,
};

enum arch { ARCH_NATIVE = 0, ARCH_COMPAT = 1, ARCH_X32 = 2 };

enum denied { LET_THROUGH = 0, DENIED = 1, KILLED = 2 };

enum loss {
	LOSS_EVENTS,
	LOSS_STRINGS,
	LOSS_MAP_FULL,
	LOSS_UNATTRIBUTED,
	LOSS_MAX,
};

// settings are written by user space at any time. Every write that changes what
// a task's cached state means also moves the generation.
struct session {
	u32 generation;
	u32 any_mode; // 0: only tasks under a seccomp filter are looked at
	u64 errnos[MAX_ERRNO / 64]; // bit N: an exit with -N may be the filter's answer
	u64 attached; // boot time of attaching, ns
	u32 host_mntns;
	u32 refusals; // refused calls are watched for
};

struct unit_key {
	u64 cgroup;
	u32 hierarchy; // 0 unified, 1 the first v1 hierarchy
	u32 pad;
};

struct unit {
	char name[NAME_SIZE]; // of the container's cgroup; empty for a tree
	u64 cgroup;
	u64 first; // boot time of the first sighting, ns
	u32 phase; // 0 startup, 1 steady, 2 shutdown; written by user space
	u32 ignored;
	u32 main_started;
	u32 startup_seen;
	u32 entries;
	u32 programs;
	s32 tasks; // living processes and threads that were born under the session
	u32 pad;
};

struct known_container {
	u32 running; // the next unit of this name ran before it was asked for
};

struct root {
	u32 unit;
	u32 kind;
	u32 entry;
	u32 born; // under the session, and counted in unit.tasks
	u64 program;
};

struct call_key {
	u32 unit;
	u16 bucket;
	u16 nr;
	u8 arch;
	u8 denied;
	u16 error;
};

struct call {
	u64 first; // boot time, ns
	u64 program;
	char comm[16];
	u32 tuples; // distinct argument tuples; more than MAX_TUPLES: not finite
	u32 tgid;
};

struct tuple_key {
	struct call_key call;
	u32 pad;
	u64 args[3];
};

struct cap_key {
	u32 unit;
	u16 bucket;
	u16 nr;
	u8 cap;
	u8 granted;
	u8 borrowed; // checked against credentials that are not the task's own
	u8 pad[5];
	u64 frames[FRAMES]; // callers of cap_capable, innermost first
};

struct program_key {
	u32 unit;
	u16 bucket;
	u16 pad;
	u64 program; // hash of the path
};

struct program {
	u64 first;
	u32 tgid;
	u32 args_size;
	char path[PATH_SIZE];
	char args[ARGS_SIZE]; // NUL-separated
};

struct entry_key {
	u32 unit;
	u32 pad;
	u64 hash; // of path and arguments
};

struct entry {
	u64 number; // 1 … MAX_ENTRIES
	struct program program;
};

// An event says that something new is in the maps; it explains, it does not
// carry truth.
struct event {
	u32 unit;
	u16 bucket;
	u16 nr;
	u8 type;
	u8 arch;
	u8 denied;
	u8 pad;
	u32 tgid;
	u64 when;
};

enum event_type { EVENT_CALL = 1, EVENT_CAPABILITY = 2, EVENT_PROGRAM = 3, EVENT_UNIT = 4 };

#endif
