// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// What each system call that returns did to files, sockets and processes.

#ifndef BATTEN_RETURNS_H
#define BATTEN_RETURNS_H

#include "contacts.h"

#define MESSAGES 16 // of one sendmmsg(2) that are looked at
#define MMSGHDR_SIZE 64
#define EXISTS_SIGNAL 0
#define PTRACE_TRACEME 0
#define PTRACE_ATTACH 16
#define PTRACE_SEIZE 0x4206

// named handles calls whose name may be followed, or be empty with a descriptor.
static __always_inline int named(u64 name, u32 descriptor, u32 flags, u32 access, u32 op)
{
	if (flags & AT_EMPTY_PATH) {
		char first = 0;
		bpf_probe_read_user(&first, 1, (void *)name);
		if (!first)
			return touch_fd(descriptor, access);
	}
	u32 kind = op == OP_FOLLOW && !(flags & AT_SYMLINK_NOFOLLOW) ? TOUCH_FOLLOW : 0;
	if (kind) {
		u64 f = open_file(name);
		if (f)
			return touch_file(f, access);
	}
	if (access & A_FOLDER || (op == OP_NAME && flags & AT_REMOVEDIR))
		kind |= TOUCH_FOLDER;
	return touch_name(name, descriptor, access & ~A_FOLDER, kind, 0);
}

static __always_inline int renamed(u64 from, u32 from_folder, u64 to, u32 to_folder, u32 flags)
{
	u64 target = keep_name(to, to_folder, current_unit());
	u32 both = flags & RENAME_EXCHANGE ? A_RENAME | A_REPLACE : 0;

	touch_name(from, from_folder, A_RENAME | both, 0, target);
	return touch_name(to, to_folder, A_REPLACE | both, 0, 0);
}

static __always_inline int linked(u64 from, u32 from_folder, u64 to, u32 to_folder, u32 flags)
{
	u64 target = 0;
	char first = 0;

	bpf_probe_read_user(&first, 1, (void *)from);
	struct file *f = 0;
	if (!first && flags & AT_EMPTY_PATH)
		f = file_of(bpf_get_current_task_btf(), from_folder);
	else if (flags & AT_SYMLINK_FOLLOW)
		f = (struct file *)open_file(from);
	if (f) {
		u32 slot = take_room();
		if (slot == ROOMS)
			return 0;
		if (!walk((u64)BPF_CORE_READ(f, f_path.dentry), (u64)BPF_CORE_READ(f, f_path.mnt), slot))
			target = keep_path(slot, current_unit(), 0);
		leave_room(slot);
	} else {
		target = keep_name(from, from_folder, current_unit());
		tell_name(current_unit(), bpf_get_current_pid_tgid() >> 32, target,
			  TOUCH_NAME | (flags & AT_SYMLINK_FOLLOW ? TOUCH_FOLLOW : 0));
	}
	u32 kind = flags & AT_SYMLINK_FOLLOW ? TOUCH_TARGET : 0; // of the target, not of the new name
	return touch_name(to, to_folder, A_LINK, kind, target);
}

__noinline int fcntl_locked(u64 fd, u32 command, u64 lock)
{
	short type = F_UNLCK;

	// F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW
	if (command != 6 && command != 7 && command != 37 && command != 38)
		return 0;
	if (bpf_probe_read_user(&type, sizeof(type), (void *)lock) || type == F_UNLCK)
		return 0;
	return locked(fd, type == F_WRLCK);
}

__noinline int mapped(u64 fd, u32 protection, u32 flags)
{
	u32 access = protection & PROT_EXEC ? A_MAP : 0;

	if (flags & MAP_ANONYMOUS)
		return 0;
	if (protection & PROT_WRITE && flags & MAP_SHARED)
		access |= A_WRITE;
	return access ? touch_fd(fd, access) : 0;
}

static __always_inline int asked_exists(struct task_struct *t, u64 signal)
{
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);

	if (ts && signal == EXISTS_SIGNAL)
		contact(t, ts, CONTACT_SIGNAL, 0, ts->unit);
	return 0;
}

static __always_inline int traced(struct task_struct *t, u64 request)
{
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);

	if (ts && (request == PTRACE_TRACEME || request == PTRACE_ATTACH || request == PTRACE_SEIZE))
		contact(t, ts, CONTACT_PTRACE, 0, ts->unit);
	return 0;
}

// returned handles one call that returned. It is verified once for every form.
__noinline int returned(u32 nr, s64 ret)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	u64 a[6];

	nr &= MAX_NR - 1;
	u32 op = file_specs[nr].op, access = file_specs[nr].access;
	u32 at = file_specs[nr].at;
	if (ret < 0 && (unasked(ret) || op == OP_LISTEN || op == OP_KILL || op == OP_PTRACE || op == OP_MMAP ||
			op == OP_MPROTECT || op == OP_MOUNT || op == OP_UMOUNT || op == OP_SENDTO || op == OP_SENDMSG ||
			op == OP_SENDMMSG))
		return 0;
	args_of(regs, a);
	u32 folder = folder_arg(a, file_specs[nr].folder);
	u32 flags = file_specs[nr].flags ? (u32)arg(a, file_specs[nr].flags - 1) : 0;
	switch (op) {
	case OP_OPEN:
		return opened(arg(a, at), folder, access | flags, ret);
	case OP_OPEN_HOW: {
		u64 how = 0;
		bpf_probe_read_user(&how, sizeof(how), (void *)a[2]);
		return opened(arg(a, at), folder, how, ret);
	}
	case OP_NAME:
	case OP_FOLLOW:
		return named(arg(a, at), folder, flags, access, op);
	case OP_SYMLINK:
		// What the link says, so that names which lead through it can still be resolved
		// when it is gone.
		return touch_name(arg(a, at), folder, access, 0, keep_name(a[0], folder, current_unit()));
	case OP_RENAME:
		if (file_specs[nr].folder)
			return renamed(a[1], a[0], a[3], a[2], flags);
		return renamed(a[0], AT_FDCWD, a[1], AT_FDCWD, 0);
	case OP_LINK:
		if (file_specs[nr].folder)
			return linked(a[1], a[0], a[3], a[2], flags);
		return linked(a[0], AT_FDCWD, a[1], AT_FDCWD, 0);
	case OP_FD:
		return touch_fd(a[0], access);
	case OP_FLOCK:
		return a[1] & LOCK_UN ? 0 : locked(a[0], a[1] & LOCK_EX);
	case OP_FCNTL:
		return fcntl_locked(a[0], a[1], a[2]);
	case OP_MMAP:
		return mapped(a[4], a[2], a[3]);
	case OP_MPROTECT:
		return a[2] & PROT_EXEC ? touch_file(mapped_at(a[0]), A_MAP) : 0;
	case OP_BIND:
		return called(a[0], a[1], a[2], SOCKET_LISTEN);
	case OP_CONNECT: {
		// Of a Unix socket the kernel knows whom it found.
		u64 peer = ret == 0 ? unix_peer_of((u64)sock_of(a[0])) : 0;
		return peer ? unix_peer(peer) : called(a[0], a[1], a[2], SOCKET_CONNECT);
	}
	case OP_LISTEN:
		return listening((u64)sock_of(a[0]));
	case OP_SENDTO:
		return a[4] ? called(a[0], a[4], a[5], SOCKET_CONNECT) : 0;
	case OP_SENDMSG:
		return sent_message(a[0], a[1]);
	case OP_SENDMMSG:
#pragma clang loop unroll(disable)
		for (u32 i = 0; i < MESSAGES; i++) {
			if (i >= ret)
				break;
			sent_message(a[0], a[1] + i * MMSGHDR_SIZE);
		}
		return 0;
	case OP_EXEC:
		return ret < 0 ? named(arg(a, at), folder, flags, access, OP_FOLLOW) : 0;
	case OP_KILL:
		return asked_exists(bpf_get_current_task_btf(), arg(a, at));
	case OP_PTRACE:
		return traced(bpf_get_current_task_btf(), a[0]);
	case OP_MOUNT:
		return mounted(a[2], a[0], a[1], a[3], 1);
	case OP_UMOUNT:
		return mounted(0, 0, a[0], a[1], 2);
	}
	return 0;
}

// on_return looks whether a call that returns is one of those.
static __always_inline int on_return(struct pt_regs *regs, long ret)
{
	struct task_struct *t = bpf_get_current_task_btf();

	if (settings.files != FILES_CALLS || (t->seccomp.mode != SECCOMP_FILTER && !settings.any_mode))
		return 0;
	if (!regs)
		regs = (struct pt_regs *)bpf_task_pt_regs(t);
	u64 nr = number_of(regs);
	if (nr >= MAX_NR || !file_specs[nr & (MAX_NR - 1)].op || is_compat(t))
		return 0;
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);
	if (!ts || !ts->unit || ts->kind == KIND_RUNTIME || ts->kind == KIND_EXEC_RUNTIME)
		return 0; // a profile is entered when the runtime executes the program
	know_exe(ts);
	return returned(nr, ret);
}

#endif
