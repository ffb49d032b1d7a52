// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// Paths as the kernel has them. A file is walked from its entry up to the root of
// its mount namespace, which is the path that AppArmor judges (d_absolute_path of
// fs/d_path.c); links have been followed by then. Of a call that only names a file,
// the folder is walked, and user space resolves the name.

#ifndef BATTEN_PATHS_H
#define BATTEN_PATHS_H

#include "syscalls.h"

#define MAX_PARTS 192 // names and mounts on the way to the root
#define NAME_ROOM 4096
#define SB_NOUSER (1UL << 31) // linux/fs.h: pipes, sockets, memfd: no path that anything judges
#define S_IFMT 0170000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define S_IFBLK 0060000

// number makes a number of a pointer whose type the verifier knows: functions that
// are verified once take nothing else.
static __always_inline u64 number(const void *p)
{
	u64 n = 0;

	bpf_probe_read_kernel(&n, sizeof(n), &p);
	return n;
}

static __always_inline struct room *room_of(u32 slot)
{
	return bpf_map_lookup_elem(&rooms, &slot);
}

// take_room returns the number of a room, or ROOMS when all are busy.
static __always_inline u32 take_room(void)
{
#pragma unroll
	for (u32 i = 0; i < ROOMS; i++) {
		struct room *r = room_of(i);
		if (r && !r->busy) {
			r->busy = 1;
			return i;
		}
	}
	lose(LOSS_PATHS);
	return ROOMS;
}

static __always_inline void leave_room(u32 slot)
{
	struct room *r = room_of(slot);
	if (r)
		r->busy = 0;
}

enum { WALK_ON, WALK_DONE, WALK_FAILED };

// step goes one name, or one mount, up. It is verified once and not once for each
// turn of the loop around it.
__noinline int step(u32 slot)
{
	struct room *r = room_of(slot);

	if (!r)
		return WALK_FAILED;
	struct dentry *d = (void *)r->dentry;
	struct mount *m = (void *)r->mount;
	struct dentry *up = BPF_CORE_READ(d, d_parent), *top = BPF_CORE_READ(m, mnt.mnt_root);
	u32 at = r->at;
	if (d == top || d == up) {
		struct mount *below = BPF_CORE_READ(m, mnt_parent);
		if (below != m && d == top) {
			r->dentry = (u64)BPF_CORE_READ(m, mnt_mountpoint);
			r->mount = (u64)below;
			return WALK_ON;
		}
		if (at == ROOM_MIDDLE) {
			r->at = ROOM_MIDDLE - 1;
			r->text[ROOM_MIDDLE - 1] = '/';
		}
		return WALK_DONE;
	}
	u64 size = BPF_CORE_READ(d, d_name.len);
	BOUND(size, 255);
	if (at < size + 1)
		return WALK_FAILED;
	at -= size;
	if (size && bpf_probe_read_kernel(&r->text[at & (ROOM_MIDDLE - 1)], size, BPF_CORE_READ(d, d_name.name)))
		return WALK_FAILED;
	at--;
	r->text[at & (ROOM_MIDDLE - 1)] = '/';
	r->at = at;
	r->dentry = (u64)up;
	return WALK_ON;
}

// walk writes the path of a dentry and a mount into a room. It returns 0, or -1 for
// a path that does not fit.
__noinline int walk(u64 dentry, u64 vfsmount, u32 slot)
{
	struct room *r = room_of(slot);

	if (!r)
		return -1;
	r->dentry = dentry;
	r->mount = vfsmount - bpf_core_field_offset(struct mount, mnt);
	r->at = r->end = ROOM_MIDDLE;
#pragma clang loop unroll(disable)
	for (int i = 0; i < MAX_PARTS; i++) {
		int how = step(slot);
		if (how != WALK_ON)
			return how == WALK_DONE ? 0 : -1;
	}
	return -1;
}

// mix is one turn of digest.
static __always_inline u64 mix(u64 h, u64 word)
{
	h = (h ^ word) * hash_factor;
	return h ^ h >> 29;
}

// digest hashes what is in a room, in words. Paths end at the same place, so that
// equal ones are cut into equal words.
__noinline u64 digest(u32 slot)
{
	struct room *r = room_of(slot);

	if (!r)
		return 0;
	u32 at = r->at, end = r->end, word = at / 8;
	for (int i = 0; i < 8; i++)
		r->text[(end + i) & (ROOM_SIZE - 1)] = 0;
	u64 h = mix(hash_seed, r->words[word & (ROOM_WORDS - 1)] >> (at & 7) * 8);
#pragma clang loop unroll(disable)
	for (int i = 0; i < (ROOM_MIDDLE + NAME_ROOM) / 8; i++) {
		word++;
		if (word * 8 >= end)
			break;
		h = mix(h, r->words[word & (ROOM_WORDS - 1)]);
	}
	return h ? h : 1;
}

// keep_path keeps what is in a room and returns its hash, 0 when there is no space.
// folder is the length of a name's folder, 0 for a path.
__noinline u64 keep_path(u32 slot, u32 unit, u32 folder)
{
	struct path_key k = { .unit = unit };
	struct room *r = room_of(slot);
	u32 zero = 0;

	if (!r)
		return 0;
	k.hash = digest(slot);
	if (bpf_map_lookup_elem(&short_paths, &k) || bpf_map_lookup_elem(&long_paths, &k))
		return k.hash;
	u64 at = r->at, size = r->end - r->at;
	BOUND(at, 2 * ROOM_MIDDLE - 1);
	if (size < SHORT_PATH) {
		r->entry.size = size;
		r->entry.folder = folder;
		BOUND(size, SHORT_PATH - 1);
		if (bpf_probe_read_kernel(r->entry.text, size, &r->text[at]) ||
		    (bpf_map_update_elem(&short_paths, &k, &r->entry, BPF_NOEXIST) && !bpf_map_lookup_elem(&short_paths, &k)))
			return 0;
		return k.hash;
	}
	// Larger than what is copied in one piece: the entry is made empty and filled.
	if (size >= LONG_PATH)
		return 0;
	struct long_path *from = bpf_map_lookup_elem(&long_blank, &zero);
	if (!from || (bpf_map_update_elem(&long_paths, &k, from, BPF_NOEXIST) && !bpf_map_lookup_elem(&long_paths, &k)))
		return 0;
	struct long_path *p = bpf_map_lookup_elem(&long_paths, &k);
	u64 whole = size;
	BOUND(size, LONG_PATH - 1);
	if (!p || bpf_probe_read_kernel(p->text, size, &r->text[at]))
		return 0;
	p->folder = folder;
	p->size = whole; // last: a reader takes a size of 0 for not there yet
	return k.hash;
}

static __always_inline struct file *file_of(struct task_struct *t, u32 fd)
{
	struct fdtable *table = BPF_CORE_READ(t, files, fdt);
	struct file *f = 0;

	if (!table || fd >= BPF_CORE_READ(table, max_fds))
		return 0;
	bpf_probe_read_kernel(&f, sizeof(f), BPF_CORE_READ(table, fd) + fd);
	return f;
}

// exe_of returns the hash of the path of the file that t, the current task, executes.
__noinline u64 exe_of(u32 unit)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct file *f = BPF_CORE_READ(t, mm, exe_file);
	u64 hash = 0;

	if (!f)
		return 0;
	u32 slot = take_room();
	if (slot == ROOMS)
		return 0;
	if (!walk((u64)BPF_CORE_READ(f, f_path.dentry), (u64)BPF_CORE_READ(f, f_path.mnt), slot))
		hash = keep_path(slot, unit, 0);
	leave_room(slot);
	return hash;
}

// know_exe sees to it that a task met in mid-life has its executing file.
static __always_inline void know_exe(struct task_state *ts)
{
	if (!ts->exe)
		ts->exe = exe_of(ts->unit);
}

static __always_inline void sighting(struct task_struct *t, struct task_state *ts, struct call *c)
{
	c->first = bpf_ktime_get_boot_ns();
	c->program = ts->program;
	c->tgid = t->tgid;
	bpf_get_current_comm(c->comm, sizeof(c->comm));
}

// more_of counts a new row of a unit. It is false beyond what one may have.
static __always_inline int more_of(u32 unit)
{
	struct unit *u = bpf_map_lookup_elem(&units, &unit);

	if (!u || __sync_fetch_and_add(&u->touches, 1) >= max_touches) {
		lose(LOSS_PATHS);
		return 0;
	}
	return 1;
}

// look_at notes what an inode is.
static __always_inline void look_at(struct touched *v, struct inode *i)
{
	u32 mode = BPF_CORE_READ(i, i_mode), type = mode & S_IFMT;

	v->mode = mode;
	v->magic = BPF_CORE_READ(i, i_sb, s_magic);
	if (type == S_IFCHR || type == S_IFBLK)
		v->device = BPF_CORE_READ(i, i_rdev);
}

// touch records that the file of which a room holds the path was used. inode is 0
// where it is not known.
__noinline int touch(u32 slot, u64 inode, u32 access, u32 kind, u64 target)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);
	struct room *r = room_of(slot);
	struct inode *i = (void *)inode;
	struct touch_key k = {};

	if (!ts || !r)
		return 0;
	k.unit = ts->unit;
	k.bucket = bucket_of(ts);
	k.kind = kind;
	k.exe = ts->exe;
	k.target = target;
	k.path = keep_path(slot, ts->unit, kind & TOUCH_NAME ? ROOM_MIDDLE - r->at : 0);
	if (!k.path) {
		lose(LOSS_PATHS);
		return 0;
	}
	struct touched *have = bpf_map_lookup_elem(&touches, &k);
	if (have) {
		if (i && !have->mode)
			look_at(have, i); // it was made by the earlier call
		if ((have->access & access) != access) {
			__sync_fetch_and_or(&have->access, access);
			tell(EVENT_TOUCH, k.unit, 0, t->tgid, 0);
		}
		return 0;
	}
	if (!more_of(k.unit))
		return 0;
	struct touched *v = &r->row;
	__builtin_memset(v, 0, sizeof(*v));
	v->access = access;
	v->first = bpf_ktime_get_boot_ns();
	v->program = ts->program;
	v->tgid = t->tgid;
	bpf_get_current_comm(v->comm, sizeof(v->comm));
	if (i)
		look_at(v, i);
	if (bpf_map_update_elem(&touches, &k, v, BPF_NOEXIST)) {
		have = bpf_map_lookup_elem(&touches, &k); // another processor was first
		if (have)
			__sync_fetch_and_or(&have->access, access);
		else
			lose(LOSS_PATHS);
		return 0;
	}
	if (kind & TOUCH_NAME)
		tell_name(k.unit, t->tgid, k.path, kind);
	else
		tell(EVENT_TOUCH, k.unit, 0, t->tgid, v->first);
	return 0;
}

// touch_file records the use of an open file.
__noinline int touch_file(u64 file, u32 access)
{
	struct file *f = (void *)file;
	u32 kind = 0;

	if (!f)
		return 0;
	struct inode *i = BPF_CORE_READ(f, f_inode);
	if (!i || BPF_CORE_READ(i, i_sb, s_flags) & SB_NOUSER)
		return 0;
	if ((BPF_CORE_READ(i, i_mode) & S_IFMT) == S_IFDIR)
		kind = TOUCH_FOLDER;
	u32 slot = take_room();
	if (slot == ROOMS)
		return 0;
	if (walk((u64)BPF_CORE_READ(f, f_path.dentry), (u64)BPF_CORE_READ(f, f_path.mnt), slot))
		lose(LOSS_PATHS);
	else
		touch(slot, (u64)i, access, kind, 0);
	leave_room(slot);
	return 0;
}

// touch_entry records the use of a name in a folder.
__noinline int touch_entry(u64 dentry, u64 mnt, u32 access, u32 kind, u64 target)
{
	struct dentry *d = (void *)dentry;
	struct inode *i = BPF_CORE_READ(d, d_inode);
	if (BPF_CORE_READ(d, d_sb, s_flags) & SB_NOUSER)
		return 0;
	u32 slot = take_room();
	if (slot == ROOMS)
		return 0;
	if (i && (BPF_CORE_READ(i, i_mode) & S_IFMT) == S_IFDIR)
		kind |= TOUCH_FOLDER;
	if (walk(dentry, mnt, slot))
		lose(LOSS_PATHS);
	else
		touch(slot, (u64)i, access, kind, target);
	leave_room(slot);
	return 0;
}

#endif
