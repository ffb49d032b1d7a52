// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// Files and sockets at the hooks of the security modules, where the kernel has every
// path resolved and nothing is missed, io_uring included. Each hook in two forms: as
// a program of the BPF security module (Linux 5.7, "bpf" in the list of modules),
// and at the return of the function that asks all modules (security/security.c).

#ifndef BATTEN_HOOKS_H
#define BATTEN_HOOKS_H

#include "processes.h"

#define S_IFSOCK 0140000
#define PTRACE_MODE_ATTACH 2

u32 prober = 0;    // process that tries whether the hooks run
u64 hook_runs = 0; // how often they ran for it

// hooked returns the state of the current task if it is a target. Its calls are
// looked at when they enter, so that the state is up to date: a hook may be
// preempted, and must not bring it up to date itself.
static __always_inline struct task_state *hooked(void)
{
	struct task_struct *t = bpf_get_current_task_btf();

	if (t->seccomp.mode != SECCOMP_FILTER && !settings.any_mode) {
		if (t->tgid == prober && prober)
			__sync_fetch_and_add(&hook_runs, 1);
		return 0;
	}
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);
	if (!ts || !ts->unit || ts->kind == KIND_RUNTIME || ts->kind == KIND_EXEC_RUNTIME)
		return 0;
	know_exe(ts);
	return ts;
}

// in_execve tells that the kernel is loading a program, whose files sched_process_exec
// records.
static __always_inline int in_execve(void)
{
	struct task_struct___in_execve *t = (void *)bpf_get_current_task_btf();

	return bpf_core_field_exists(t->in_execve) && BPF_CORE_READ_BITFIELD_PROBED(t, in_execve);
}

static __always_inline u64 mount_of(const struct path *p) { return (u64)BPF_CORE_READ(p, mnt); }

static __always_inline int at_open(struct file *file)
{
	u64 f = number(file);
	struct file *known = (void *)f;
	u32 flags = BPF_CORE_READ(known, f_flags);

	if (!hooked() || flags & FMODE_EXEC_FLAG || in_execve())
		return 0;
	u32 access = access_of(known);
	if (flags & O_TRUNC && !(access & A_CREATE))
		access |= A_TRUNCATE;
	return touch_file(f, access);
}

static __always_inline int at_mmap(struct file *file, u64 prot, u64 flags)
{
	u32 access = prot & PROT_EXEC ? A_MAP : 0;

	if (prot & PROT_WRITE && flags & MAP_SHARED)
		access |= A_WRITE;
	return access && file && hooked() && !in_execve() ? touch_file(number(file), access) : 0;
}

static __always_inline int at_mprotect(struct vm_area_struct *vma, u64 prot)
{
	if (!(prot & PROT_EXEC) || !hooked() || in_execve())
		return 0;
	return touch_file((u64)BPF_CORE_READ(vma, vm_file), A_MAP);
}

static __always_inline int at_lock(struct file *file, u32 type)
{
	return type != F_UNLCK && hooked() ? touch_file(number(file), type == F_WRLCK ? A_EXCLUSIVE : A_LOCK) : 0;
}

static __always_inline int at_entry(const struct path *folder, struct dentry *d, u32 access, u32 kind)
{
	return hooked() ? touch_entry(number(d), mount_of(folder), access, kind, 0) : 0;
}

static __always_inline int at_path(const struct path *p, u32 access)
{
	return hooked() ? touch_entry((u64)BPF_CORE_READ(p, dentry), mount_of(p), access, 0, 0) : 0;
}

// keep_entry keeps a path without recording that it was used.
__noinline u64 keep_entry(u64 dentry, u64 mnt)
{
	u32 slot = take_room();
	u64 hash = 0;

	if (slot == ROOMS)
		return 0;
	if (!walk(dentry, mnt, slot))
		hash = keep_path(slot, current_unit(), 0);
	leave_room(slot);
	return hash;
}

static __always_inline int at_rename(const struct path *from, struct dentry *old, const struct path *to, struct dentry *new, u32 flags)
{
	if (!hooked())
		return 0;
	u32 both = flags & RENAME_EXCHANGE ? A_RENAME | A_REPLACE : 0;
	struct dentry *o = (void *)number(old);
	u32 kind = (BPF_CORE_READ(o, d_inode, i_mode) & S_IFMT) == S_IFDIR ? TOUCH_FOLDER : 0;
	touch_entry(number(old), mount_of(from), A_RENAME | both, kind, 0);
	return touch_entry(number(new), mount_of(to), A_REPLACE | both, kind, 0);
}

static __always_inline int at_link(struct dentry *old, const struct path *to, struct dentry *new)
{
	if (!hooked())
		return 0;
	u64 target = keep_entry(number(old), mount_of(to)); // links stay on one mount
	return touch_entry(number(new), mount_of(to), A_LINK, 0, target);
}

static __always_inline int at_address(struct socket *sock, void *address, u32 size, u32 use)
{
	struct socket *s = (void *)number(sock);

	if (!hooked())
		return 0;
	return called_kernel((u64)BPF_CORE_READ(s, sk), number(address), size, use);
}

static __always_inline int at_listen(struct socket *sock)
{
	struct socket *s = (void *)number(sock);
	return hooked() ? listening((u64)BPF_CORE_READ(s, sk)) : 0;
}

static __always_inline int at_send(struct socket *sock, struct msghdr *msg)
{
	struct socket *s = (void *)number(sock);
	struct msghdr *m = (void *)number(msg);
	void *address = BPF_CORE_READ(m, msg_name);

	if (!address || !hooked())
		return 0;
	return called_kernel((u64)BPF_CORE_READ(s, sk), (u64)address, BPF_CORE_READ(m, msg_namelen), SOCKET_CONNECT);
}

static __always_inline int at_unix(struct sock *other) { return hooked() ? unix_peer(number(other)) : 0; }

static __always_inline int at_unix_send(struct socket *other)
{
	struct socket *s = (void *)number(other);
	return hooked() ? unix_peer((u64)BPF_CORE_READ(s, sk)) : 0;
}

static __always_inline int at_ptrace(struct task_struct *child, u32 mode)
{
	struct task_state *ts = hooked();
	struct task_struct *t = bpf_get_current_task_btf();

	if (ts && child && mode & PTRACE_MODE_ATTACH)
		contact(t, ts, CONTACT_PTRACE, 0, unit_of(child, 1, ts->unit));
	return 0;
}

// at_exec sees each file of an execve, also of one that then fails.
static __always_inline int at_exec(struct linux_binprm *bprm)
{
	struct linux_binprm *b = (void *)number(bprm);
	return hooked() ? touch_file((u64)BPF_CORE_READ(b, file), A_EXECUTE) : 0;
}

static __always_inline int at_kill(struct task_struct *other, u32 signal)
{
	struct task_state *ts = hooked();
	struct task_struct *t = bpf_get_current_task_btf();

	// A process may always signal itself.
	if (ts && BPF_CORE_READ(other, tgid) != t->tgid)
		contact(t, ts, CONTACT_SIGNAL, signal, unit_of(other, 1, ts->unit));
	return 0;
}

static __always_inline int at_traceme(void)
{
	struct task_state *ts = hooked();

	if (ts)
		contact(bpf_get_current_task_btf(), ts, CONTACT_PTRACE, 0, ts->unit);
	return 0;
}

// at_mount records mount(2), umount2(2) and what stands for them. Strings may be
// missing.
__noinline int mount_entry(u64 type, u64 source, u64 path, u64 flags, u32 op)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);
	struct mount_key k = { .operation = op, .flags = flags };
	struct call c = {};

	if (!ts)
		return 0;
	k.unit = ts->unit;
	k.bucket = bucket_of(ts);
	k.exe = ts->exe;
	k.path = path;
	u32 slot = take_room();
	struct room *r = room_of(slot);
	if (!r)
		return 0;
	long n = source ? bpf_probe_read_kernel_str(&r->text[ROOM_MIDDLE + 1], NAME_ROOM, (void *)source) : 0;
	if (n > 0) {
		r->text[ROOM_MIDDLE - 1] = '/';
		r->text[ROOM_MIDDLE] = 0;
		r->at = ROOM_MIDDLE - 1;
		r->end = ROOM_MIDDLE + n;
		k.source = keep_path(slot, k.unit, 1);
	}
	leave_room(slot);
	if (type)
		bpf_probe_read_kernel_str(k.type, sizeof(k.type), (void *)type);
	if (!k.path || bpf_map_lookup_elem(&mounts, &k) || !more_of(k.unit))
		return 0;
	sighting(t, ts, &c);
	if (bpf_map_update_elem(&mounts, &k, &c, BPF_NOEXIST))
		lose(LOSS_PATHS);
	else
		tell(EVENT_TOUCH, k.unit, 0, c.tgid, c.first);
	return 0;
}

static __always_inline int at_mount(const char *source, const struct path *p, const char *type, u64 flags)
{
	if (!hooked())
		return 0;
	u64 path = keep_entry((u64)BPF_CORE_READ(p, dentry), mount_of(p));
	return mount_entry(number(type), number(source), path, flags, 1);
}

static __always_inline int at_umount(struct vfsmount *mnt, u64 flags)
{
	struct vfsmount *m = (void *)number(mnt);

	if (!hooked())
		return 0;
	return mount_entry(0, 0, keep_entry((u64)BPF_CORE_READ(m, mnt_root), (u64)m), flags, 2);
}

#define P(n, type) ARG(ctx, n, type)

// HOOK makes both forms, where hook and function have the same name and arguments.
// The number of arguments tells where fexit has the result.
#define HOOK_LSM(name, body)                                                          \
	SEC("lsm/" #name) int name##_lsm(void *ctx)                                   \
	{                                                                             \
		body;                                                                 \
		return 0;                                                             \
	}

#define HOOK_FEXIT(name, arguments, body)                                             \
	SEC("fexit/security_" #name) int name##_fexit(void *ctx)                      \
	{                                                                             \
		if (P(arguments, int) == 0)                                           \
			body;                                                         \
		return 0;                                                             \
	}

#define HOOK(name, arguments, body) HOOK_LSM(name, body) HOOK_FEXIT(name, arguments, body)

HOOK(file_open, 1, at_open(P(0, struct file *)))
HOOK_LSM(mmap_file, at_mmap(P(0, struct file *), P(2, u64), P(3, u64)))
HOOK_FEXIT(mmap_file, 3, at_mmap(P(0, struct file *), P(1, u64), P(2, u64)))
HOOK(file_mprotect, 3, at_mprotect(P(0, struct vm_area_struct *), P(2, u64)))
HOOK(file_lock, 2, at_lock(P(0, struct file *), P(1, u32)))
HOOK(file_truncate, 1, if (hooked()) touch_file(number(P(0, struct file *)), A_TRUNCATE))
HOOK(path_truncate, 1, at_path(P(0, const struct path *), A_TRUNCATE))
HOOK(path_unlink, 2, at_entry(P(0, const struct path *), P(1, struct dentry *), A_REMOVE, 0))
HOOK(path_rmdir, 2, at_entry(P(0, const struct path *), P(1, struct dentry *), A_REMOVE, TOUCH_FOLDER))
HOOK(path_mkdir, 3, at_entry(P(0, const struct path *), P(1, struct dentry *), A_CREATE, TOUCH_FOLDER))
HOOK(path_mknod, 4, at_entry(P(0, const struct path *), P(1, struct dentry *),
			     (P(2, u32) & S_IFMT) == S_IFSOCK ? A_BIND : A_CREATE, 0))
HOOK(path_symlink, 3, at_entry(P(0, const struct path *), P(1, struct dentry *), A_SYMLINK, 0))
HOOK(path_link, 3, at_link(P(0, struct dentry *), P(1, const struct path *), P(2, struct dentry *)))
HOOK(path_rename, 5, at_rename(P(0, const struct path *), P(1, struct dentry *), P(2, const struct path *),
			       P(3, struct dentry *), P(4, u32)))
HOOK(path_chmod, 2, at_path(P(0, const struct path *), A_CHMOD))
HOOK(path_chown, 3, at_path(P(0, const struct path *), A_CHOWN))
HOOK(socket_bind, 3, at_address(P(0, struct socket *), P(1, void *), P(2, u32), SOCKET_LISTEN))
HOOK(socket_connect, 3, at_address(P(0, struct socket *), P(1, void *), P(2, u32), SOCKET_CONNECT))
HOOK(socket_listen, 2, at_listen(P(0, struct socket *)))
HOOK(socket_sendmsg, 3, at_send(P(0, struct socket *), P(1, struct msghdr *)))
HOOK(unix_stream_connect, 3, at_unix(P(1, struct sock *)))
HOOK(unix_may_send, 2, at_unix_send(P(1, struct socket *)))
HOOK_LSM(bprm_check_security, at_exec(P(0, struct linux_binprm *)))
HOOK_FEXIT(bprm_check, 1, at_exec(P(0, struct linux_binprm *)))
HOOK(task_kill, 4, at_kill(P(0, struct task_struct *), P(2, u32)))
HOOK(ptrace_access_check, 2, at_ptrace(P(0, struct task_struct *), P(1, u32)))
HOOK(ptrace_traceme, 1, at_traceme())
HOOK(sb_mount, 5, at_mount(P(0, const char *), P(1, const struct path *), P(2, const char *), P(3, u64)))
HOOK(sb_umount, 2, at_umount(P(0, struct vfsmount *), P(1, u64)))

#endif
