// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// Files and sockets from system calls, when they return: by then the file table
// holds what was opened, and the pages of the arguments are there to be read.

#ifndef BATTEN_FILES_H
#define BATTEN_FILES_H

#include "paths.h"

#define AT_FDCWD (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_REMOVEDIR 0x200
#define AT_SYMLINK_FOLLOW 0x400
#define AT_EMPTY_PATH 0x1000
#define RENAME_EXCHANGE 2
#define O_ACCMODE 3
#define O_WRONLY 1
#define O_CREAT 0100
#define O_TRUNC 01000
#define O_APPEND 02000
#if defined(__TARGET_ARCH_arm64)
#define O_NOFOLLOW 0100000
#else
#define O_NOFOLLOW 0400000
#endif
#define O_PATH 010000000
#define O_UNNAMED 020000000 // __O_TMPFILE of asm-generic/fcntl.h
#define FMODE_READ 1
#define FMODE_WRITE 2
#define FMODE_EXEC_FLAG 0x20 // f_flags of a file that execve opened
#define FMODE_PATH (1 << 14)
#define FMODE_CREATED (1 << 20)
#define PROT_WRITE 2
#define PROT_EXEC 4
#define MAP_SHARED 1 // also in MAP_SHARED_VALIDATE
#define MAP_ANONYMOUS 0x20
#define LOCK_EX 2
#define LOCK_UN 8
#define F_WRLCK 1
#define F_UNLCK 2
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define ANY_FOLDER 0xffffffff

// Errors that say that no security module was asked. With any other, a profile that
// refuses would change what the program sees.
static __always_inline int unasked(long ret)
{
	switch (-ret) {
	case 1: case 2: case 9: case 12: case 13: case 14: case 17: case 18: // EPERM ENOENT EBADF ENOMEM EACCES EFAULT EEXIST EXDEV
	case 20: case 21: case 22: case 23: case 24: // ENOTDIR EISDIR EINVAL ENFILE EMFILE
	case 30: case 36: case 38: case 40: // EROFS ENAMETOOLONG ENOSYS ELOOP
	case 88: case 97: case 512: case 513: case 514: case 516: // ENOTSOCK EAFNOSUPPORT, and calls that begin again
		return 1;
	}
	return 0;
}

static __always_inline u32 access_of(struct file *f)
{
	u32 mode = BPF_CORE_READ(f, f_mode), access = 0;

	if (mode & FMODE_READ)
		access |= A_READ;
	if (mode & FMODE_WRITE)
		access |= BPF_CORE_READ(f, f_flags) & O_APPEND && !(mode & FMODE_READ) ? A_APPEND : A_WRITE;
	if (mode & FMODE_CREATED || BPF_CORE_READ(f, f_flags) & O_UNNAMED)
		access |= A_CREATE;
	return access;
}

// base writes the folder that a name is relative to into a room: that of a
// descriptor, the working folder, or the root for an absolute name. Of a process
// that changed its root, the root is a folder too.
static __always_inline int base(u32 slot, u64 name, u32 descriptor)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct vfsmount *mnt;
	struct dentry *d;
	char first = 0;

	bpf_probe_read_user(&first, 1, (void *)name);
	if (first == '/') {
		d = BPF_CORE_READ(t, fs, root.dentry);
		mnt = BPF_CORE_READ(t, fs, root.mnt);
	} else if ((s32)descriptor == AT_FDCWD) {
		d = BPF_CORE_READ(t, fs, pwd.dentry);
		mnt = BPF_CORE_READ(t, fs, pwd.mnt);
	} else {
		struct file *f = file_of(t, descriptor);
		if (!f)
			return -1;
		d = BPF_CORE_READ(f, f_path.dentry);
		mnt = BPF_CORE_READ(f, f_path.mnt);
	}
	return walk((u64)d, (u64)mnt, slot);
}

// read_name writes the folder and the name into a room. It returns 0, or -1 with
// the loss counted.
__noinline int read_name(u32 slot, u64 name, u32 descriptor)
{
	struct room *r = room_of(slot);

	if (!r)
		return -1;
	if (base(slot, name, descriptor)) {
		lose(LOSS_PATHS);
		return -1;
	}
	r->text[ROOM_MIDDLE] = 0;
	long n = bpf_probe_read_user_str(&r->text[ROOM_MIDDLE + 1], NAME_ROOM, (void *)name);
	if (n <= 0) {
		lose(LOSS_PATHS);
		return -1;
	}
	r->end = ROOM_MIDDLE + n; // without the NUL
	return 0;
}

static __always_inline int begins(const char *text, const char *with, u32 size)
{
#pragma unroll
	for (u32 i = 0; i < size; i++)
		if (text[i] != with[i])
			return 0;
	return 1;
}

// open_file returns the file that a name stands for by the number of a descriptor, 0
// for other names. User space cannot resolve such a name: it is another file as soon
// as the descriptor is.
__noinline u64 open_file(u64 name)
{
	const char own[] = "/proc/self/fd/", threads[] = "/proc/thread-self/fd/", device[] = "/dev/fd/";
	char text[32] = {};
	u32 fd = 0, at;

	bpf_probe_read_user_str(text, sizeof(text), (void *)name);
	if (begins(text, own, sizeof(own) - 1))
		at = sizeof(own) - 1;
	else if (begins(text, threads, sizeof(threads) - 1))
		at = sizeof(threads) - 1;
	else if (begins(text, device, sizeof(device) - 1))
		at = sizeof(device) - 1;
	else
		return 0;
#pragma unroll
	for (int i = 0; i < 7; i++) {
		char c = text[(at + i) & 31];
		if (!c)
			return i ? (u64)file_of(bpf_get_current_task_btf(), fd) : 0;
		if (c < '0' || c > '9')
			return 0;
		fd = fd * 10 + (c - '0');
	}
	return 0;
}

// touch_name records the use of what a name means.
__noinline int touch_name(u64 name, u32 descriptor, u32 access, u32 kind, u64 target)
{
	u32 slot = take_room();

	if (slot == ROOMS)
		return 0;
	if (!read_name(slot, name, descriptor))
		touch(slot, 0, access, kind | TOUCH_NAME, target);
	leave_room(slot);
	return 0;
}

// keep_name keeps a name without recording that it was used.
__noinline u64 keep_name(u64 name, u32 descriptor, u32 unit)
{
	u32 slot = take_room();
	u64 hash = 0;

	if (slot == ROOMS)
		return 0;
	if (!read_name(slot, name, descriptor)) {
		struct room *r = room_of(slot);
		if (r)
			hash = keep_path(slot, unit, ROOM_MIDDLE - r->at);
	}
	leave_room(slot);
	return hash;
}

static __always_inline u32 current_unit(void)
{
	struct task_state *ts = bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, 0);
	return ts ? ts->unit : 0;
}

static __always_inline int opened(u64 name, u32 descriptor, u32 flags, s64 ret)
{
	if (ret >= 0) {
		struct file *f = file_of(bpf_get_current_task_btf(), ret);
		if (!f || BPF_CORE_READ(f, f_mode) & FMODE_PATH)
			return 0;
		u32 access = access_of(f);
		if (flags & O_TRUNC && !(access & A_CREATE))
			access |= A_TRUNCATE;
		return touch_file((u64)f, access);
	}
	if (flags & O_PATH)
		return 0;
	u32 access = (flags & O_ACCMODE) == O_WRONLY ? (flags & O_APPEND ? A_APPEND : A_WRITE) :
		     flags & O_ACCMODE ? A_READ | A_WRITE : A_READ;
	return touch_name(name, descriptor, access, flags & O_NOFOLLOW ? 0 : TOUCH_FOLLOW, 0);
}

static __always_inline u64 arg(const u64 *a, u32 n)
{
	switch (n) {
	case 0: return a[0];
	case 1: return a[1];
	case 2: return a[2];
	case 3: return a[3];
	case 4: return a[4];
	}
	return a[5];
}

// folder_arg is the descriptor that a name is relative to.
static __always_inline u32 folder_arg(const u64 *a, u32 from1)
{
	return from1 ? (u32)arg(a, from1 - 1) : (u32)AT_FDCWD;
}

static __always_inline int locked(u64 fd, u32 exclusive)
{
	struct file *f = file_of(bpf_get_current_task_btf(), fd);
	return f ? touch_file((u64)f, exclusive ? A_EXCLUSIVE : A_LOCK) : 0;
}

static __always_inline int touch_fd(u64 fd, u32 access)
{
	struct file *f = file_of(bpf_get_current_task_btf(), fd);
	return f ? touch_file((u64)f, access) : 0;
}

static long touch_mapped(struct task_struct *t, struct vm_area_struct *vma, void *ctx)
{
	*(u64 *)ctx = (u64)BPF_CORE_READ(vma, vm_file);
	return 0;
}

// mapped_at returns the file that is mapped at an address, 0 where that cannot be
// told: the function that looks it up exists since Linux 5.17.
static __always_inline u64 mapped_at(u64 address)
{
	u64 file = 0;

	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_find_vma))
		bpf_find_vma(bpf_get_current_task_btf(), address, touch_mapped, &file, 0);
	return file;
}

#endif
