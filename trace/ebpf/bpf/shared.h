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

enum files {
	FILES_OFF,
	FILES_HOOKS, // at the hooks of the security module
	FILES_CALLS, // from calls, when they return
};

enum loss {
	LOSS_EVENTS,
	LOSS_STRINGS,
	LOSS_MAP_FULL,
	LOSS_UNATTRIBUTED,
	LOSS_PATHS,
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
	u32 files; // enum files: how files and sockets are recorded
	u32 pad;
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
	u32 touches; // rows of files, sockets and contacts
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
	u64 exe;
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
	u8 quiet;    // asked without audit: the kernel may do without
	u8 pad[4];
	u64 frames[FRAMES]; // callers of cap_capable, innermost first
	u64 exe;
};

struct program_key {
	u32 unit;
	u16 bucket;
	u16 pad;
	u64 program; // hash of the path
	u64 by; // executing file of who executed it; 0 for the runtime
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

// Paths are kept once for each unit, known by a hash that starts from a number
// drawn for the session: what hostile names have in common cannot be planned.
struct path_key {
	u32 unit;
	u32 pad;
	u64 hash;
};

#define SHORT_PATH 256 // powers of two: masks bound them
#define LONG_PATH 8192

// A path as the kernel has it, or a name that user space resolves: the folder that
// it is relative to, a NUL, and what the program gave.
struct short_path {
	u16 size;
	u16 folder; // length of the folder; 0: a path that is resolved
	char text[SHORT_PATH];
};

struct long_path {
	u16 size;
	u16 folder;
	char text[LONG_PATH];
};

// touch_kind tells how to read a row's path.
enum touch_kind {
	TOUCH_NAME = 1,   // a name, of which the kernel resolved nothing but the folder
	TOUCH_FOLLOW = 2, // the name's last part is followed if it is a link
	TOUCH_FOLDER = 4, // known to be a folder
	TOUCH_TARGET = 8, // of the target the last part is followed
};

enum access {
	A_READ = 1 << 0,
	A_CREATE = 1 << 1,
	A_WRITE = 1 << 2,
	A_APPEND = 1 << 3,
	A_TRUNCATE = 1 << 4,
	A_REMOVE = 1 << 5,
	A_RENAME = 1 << 6,
	A_REPLACE = 1 << 7,
	A_LINK = 1 << 8,
	A_SYMLINK = 1 << 9,
	A_CHMOD = 1 << 10,
	A_CHOWN = 1 << 11,
	A_LOCK = 1 << 12,
	A_EXCLUSIVE = 1 << 13,
	A_MAP = 1 << 14,
	A_EXECUTE = 1 << 15,
	A_BIND = 1 << 16,
	A_CONNECT = 1 << 17,
};

#define A_FOLDER (1u << 31) // of file_spec alone: what the call names is a folder

struct touch_key {
	u32 unit;
	u16 bucket;
	u16 kind;
	u64 exe;    // hash of the executing file's path; 0: not known
	u64 path;
	u64 target; // of a link: the file's other name; of a rename: the new name
};

struct touched {
	u64 first;
	u64 program;
	u64 magic; // of the file system; 0: not known
	u32 access;
	u32 tgid;
	u32 mode;   // with the file's type; 0: not known
	u32 device; // of a device, as the kernel encodes it
	char comm[16];
};

enum socket_use { SOCKET_LISTEN = 1, SOCKET_CONNECT = 2 };

struct socket_key {
	u32 unit;
	u16 bucket;
	u8 use;
	u8 stream;
	u16 family;
	u16 port; // in host order
	u32 pad;
	u64 exe;
	u8 address[16]; // AF_INET: the first four; AF_UNIX: the hash of an abstract name
};

enum contact_kind { CONTACT_SIGNAL = 1, CONTACT_PTRACE = 2 };

struct contact_key {
	u32 unit;
	u16 bucket;
	u8 kind;
	u8 signal;
	u32 peer; // unit of the other process; 0 outside
	u32 pad;
	u64 exe;
};

struct mount_key {
	u32 unit;
	u16 bucket;
	u16 operation; // 1 mount, 2 umount
	u64 exe;
	u64 path;   // a name, followed
	u64 source; // a name that is not resolved
	u64 flags;
	char type[32];
};

// What a call does to files or sockets, by its number. Arguments are counted from 0;
// where 0 means none they are counted from 1.
struct file_spec {
	u8 op;
	u8 folder; // argument that is the descriptor of a folder, from 1
	u8 at;     // argument that is the path, descriptor or address
	u8 flags;  // argument with flags, from 1
	u32 access;
};

enum file_op {
	OP_NONE,
	OP_OPEN,
	OP_OPEN_HOW, // openat2: flags in memory
	OP_NAME,     // the last part of the name is not followed
	OP_FOLLOW,
	OP_RENAME,
	OP_LINK,
	OP_FD,
	OP_FLOCK,
	OP_FCNTL,
	OP_MMAP,
	OP_MPROTECT,
	OP_BIND,
	OP_CONNECT,
	OP_LISTEN,
	OP_SENDTO,
	OP_SENDMSG,
	OP_SENDMMSG,
	OP_KILL,
	OP_PTRACE,
	OP_MOUNT,
	OP_UMOUNT,
	OP_EXEC,
	OP_SYMLINK,
};

// An event says that something new is in the maps; it explains, it does not
// carry truth.
struct event {
	u32 unit;
	u16 bucket; // EVENT_NAME: enum touch_kind
	u16 nr;
	u8 type;
	u8 arch;
	u8 denied;
	u8 pad;
	u32 tgid;
	u64 when;
	u64 hash; // EVENT_NAME: of the path to resolve
};

enum event_type { EVENT_CALL = 1, EVENT_CAPABILITY = 2, EVENT_PROGRAM = 3, EVENT_UNIT = 4, EVENT_TOUCH = 5, EVENT_NAME = 6 };

#endif
