// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// Processes: a child belongs to whom its parent belongs to, an execve ends the
// runtime's part, and every executed program is kept.

#ifndef BATTEN_PROCESSES_H
#define BATTEN_PROCESSES_H

#include "returns.h"

static __always_inline void count_task(u32 unit, int n)
{
	struct unit *u = bpf_map_lookup_elem(&units, &unit);

	if (u)
		__sync_fetch_and_add(&u->tasks, n);
}

// forking returns the state of a target that makes a child, brought up to date: it
// may be inside this one call since before it became a target.
static __always_inline struct task_state *forking(void)
{
	struct task_struct *t = bpf_get_current_task_btf();

	if (t->seccomp.mode != SECCOMP_FILTER && !settings.any_mode)
		return 0;
	return state_of(t);
}

// on_fork_task copies the state where the child can be reached as a task.
static __always_inline int on_fork_task(struct task_struct *child)
{
	struct task_state *ps = forking();

	if (!ps)
		return 0;
	struct task_state *cs = bpf_task_storage_get(&tasks, child, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!cs) {
		lose(LOSS_UNATTRIBUTED);
		return 0;
	}
	inherit(cs, ps);
	cs->born = 1;
	// Not the present generation, so that it is refreshed at its first call.
	cs->generation = settings.generation - 1;
	count_task(ps->unit, 1);
	return 0;
}

// on_fork_id leaves the state where the child finds it by its thread id.
static __always_inline int on_fork_id(u32 child)
{
	struct task_state *ps = forking();

	if (!ps)
		return 0;
	struct root r = { .unit = ps->unit, .kind = ps->kind, .entry = ps->entry, .program = ps->program, .exe = ps->exe, .born = 1 };
	if (bpf_map_update_elem(&roots, &child, &r, BPF_ANY))
		lose(LOSS_UNATTRIBUTED);
	else
		count_task(ps->unit, 1);
	return 0;
}

static __always_inline int on_gone(struct task_struct *t)
{
	u32 id = t->pid, process = t->tgid;
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);
	struct root *r = ts ? 0 : bpf_map_lookup_elem(&roots, &id);

	if (ts && ts->unit && ts->born)
		count_task(ts->unit, -1);
	else if (r && r->born)
		count_task(r->unit, -1);
	// A filter that kills one thread of several sends no signal: it makes the
	// thread exit as if one had killed it. Its mode is then beyond FILTER (Linux 5.17).
	if (settings.refusals && t->seccomp.mode >= SECCOMP_FILTER && t->exit_code == SIGSYS &&
	    !(BPF_CORE_READ(t, signal, flags) & SIGNAL_GROUP_EXIT)) {
		ts = state_of(t);
		if (ts)
			record_kill(t, ts, number_of((struct pt_regs *)bpf_task_pt_regs(t)));
	}
	// The first thread's entry is every thread's, as long as one lives. The
	// tracepoint fires after a thread was taken off the count.
	int last = BPF_CORE_READ(t, signal, live.counter) == 0;
	if (id != process || last)
		bpf_map_delete_elem(&roots, &id);
	if (id != process && last)
		bpf_map_delete_elem(&roots, &process);
	return 0;
}

static __always_inline u64 hash_bytes(const char *p, u32 size, u64 h)
{
	// FNV-1a over words; both strings are zero-padded.
	const u64 *w = (const u64 *)p;

	for (u32 i = 0; i < size / 8; i++)
		h = (h ^ w[i]) * 0x100000001b3ULL;
	return h;
}

static __always_inline void read_program(struct task_struct *t, const char *filename, struct program *p)
{
	if (bpf_probe_read_kernel_str(p->path, sizeof(p->path), filename) < 0)
		lose(LOSS_STRINGS);
	u64 start = BPF_CORE_READ(t, mm, arg_start);
	u64 size = BPF_CORE_READ(t, mm, arg_end) - start;
	if (size > ARGS_SIZE - 1)
		size = ARGS_SIZE - 1;
	p->args_size = size;
	if (bpf_probe_read_user(p->args, size & (ARGS_SIZE - 1), (void *)start)) {
		p->args_size = 0;
		lose(LOSS_STRINGS);
	}
	p->first = bpf_ktime_get_boot_ns();
	p->tgid = t->tgid;
}

// enter_command moves a task from the runtime's part into the executed command's.
static __always_inline void enter_command(struct task_state *ts, struct unit *u, struct scratch *s)
{
	struct entry_key ek = { .unit = ts->unit };

	ek.hash = hash_bytes(s->entry.program.path, PATH_SIZE, 0xcbf29ce484222325ULL);
	ek.hash = hash_bytes(s->entry.program.args, ARGS_SIZE, ek.hash);
	ts->kind = KIND_EXEC;
	struct entry *have = bpf_map_lookup_elem(&entries, &ek);
	if (have) {
		ts->entry = have->number;
		return;
	}
	u32 number = __sync_fetch_and_add(&u->entries, 1) + 1;
	if (number > MAX_ENTRIES) {
		ts->entry = MAX_ENTRIES + 1; // one more bucket for all the rest
		lose(LOSS_STRINGS);
		return;
	}
	s->entry.number = number;
	ts->entry = number;
	if (bpf_map_update_elem(&entries, &ek, &s->entry, BPF_NOEXIST)) {
		have = bpf_map_lookup_elem(&entries, &ek); // another processor was first
		if (have)
			ts->entry = have->number;
		else
			lose(LOSS_STRINGS);
	}
}

// touch_script records a script that was executed: the kernel has let go of its file
// by then, and only the name is left.
static __always_inline void touch_script(const char *filename)
{
	u32 slot = take_room();
	struct room *r = room_of(slot);

	if (!r)
		return;
	char first = 0;
	bpf_probe_read_kernel(&first, 1, filename);
	struct task_struct *t = bpf_get_current_task_btf();
	struct dentry *d = first == '/' ? BPF_CORE_READ(t, fs, root.dentry) : BPF_CORE_READ(t, fs, pwd.dentry);
	struct vfsmount *mnt = first == '/' ? BPF_CORE_READ(t, fs, root.mnt) : BPF_CORE_READ(t, fs, pwd.mnt);
	if (walk((u64)d, (u64)mnt, slot)) {
		lose(LOSS_PATHS);
	} else {
		r->text[ROOM_MIDDLE] = 0;
		long n = bpf_probe_read_kernel_str(&r->text[ROOM_MIDDLE + 1], NAME_ROOM, filename);
		if (n > 0) {
			r->end = ROOM_MIDDLE + n;
			touch(slot, 0, A_EXECUTE, TOUCH_NAME | TOUCH_FOLLOW, 0);
		}
	}
	leave_room(slot);
}

static __always_inline u64 instruction(struct task_struct *t)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(t);
#if defined(__TARGET_ARCH_arm64)
	return BPF_CORE_READ(regs, pc);
#else
	return BPF_CORE_READ(regs, ip);
#endif
}

// executed records the files of an execve: the program, the script that named it,
// the dynamic loader, at which execution begins, and, where a service is entered,
// what the runtime left open for it.
__noinline int executed(u64 binprm, u32 entered)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);
	struct linux_binprm *bprm = (void *)binprm;

	if (!ts)
		return 0;
	if (entered)
		ts->exe = 0;
	struct file *f = BPF_CORE_READ(bprm, file);
	const char *name = BPF_CORE_READ(bprm, filename);
	int script = name != BPF_CORE_READ(bprm, interp);
	u64 now = exe_of(ts->unit);
	// Who is entered is executed by the runtime, which is nobody of the service.
	if (entered)
		ts->exe = now;
	touch_file((u64)f, A_EXECUTE);
	if (script)
		touch_script(name);
	ts->exe = now;
	touch_file((u64)f, A_MAP);
	u64 loader = mapped_at(instruction(t));
	if (loader && loader != (u64)f)
		touch_file(loader, A_MAP);
	if (!entered)
		return 0;
#pragma clang loop unroll(disable)
	for (u32 fd = 0; fd < 3; fd++) {
		f = file_of(t, fd);
		if (f)
			touch_file((u64)f, access_of(f) & ~A_CREATE);
	}
	return 0;
}

static __always_inline int on_exec(struct task_struct *t, u32 old_id, struct linux_binprm *bprm)
{
	const char *filename = BPF_CORE_READ(bprm, filename);

	if (old_id != t->pid)
		bpf_map_delete_elem(&roots, &old_id); // the thread has its process's id now
	if (t->seccomp.mode != SECCOMP_FILTER && !settings.any_mode)
		return 0;
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);
	// Runtimes move processes into a container that were seen before, outside.
	if (ts && !ts->unit)
		ts->generation = settings.generation - 1;
	ts = state_of(t);
	struct scratch *s = scratch();
	if (!ts || !s)
		return 0;
	u32 unit = ts->unit;
	struct unit *u = bpf_map_lookup_elem(&units, &unit);
	if (!u)
		return 0;
	// Before it has entered the container, a runtime may execute itself again.
	int outside = unit >= TREE_UNITS && BPF_CORE_READ(t, nsproxy, mnt_ns, ns.inum) == settings.host_mntns;
	if (outside && (ts->kind == KIND_RUNTIME || ts->kind == KIND_EXEC_RUNTIME))
		return 0;

	u32 entered = ts->kind == KIND_RUNTIME || ts->kind == KIND_EXEC_RUNTIME;
	u64 by = entered ? 0 : ts->exe;

	__builtin_memset(&s->entry, 0, sizeof(s->entry));
	read_program(t, filename, &s->entry.program);
	if (ts->kind == KIND_RUNTIME) {
		ts->kind = KIND_MAIN;
		u->main_started = 1;
		u->startup_seen = 1;
	} else if (ts->kind == KIND_EXEC_RUNTIME) {
		enter_command(ts, u, s);
	}
	__builtin_memset(ts->seen, 0, sizeof(ts->seen));

	struct program_key pk = { .unit = unit, .bucket = bucket_of(ts), .by = by };
	pk.program = hash_bytes(s->entry.program.path, PATH_SIZE, 0xcbf29ce484222325ULL);
	ts->program = pk.program;
	if (settings.files)
		executed(number(bprm), entered);
	else
		ts->exe = 0;
	if (bpf_map_lookup_elem(&programs, &pk))
		return 0;
	if (__sync_fetch_and_add(&u->programs, 1) >= MAX_PROGRAMS) {
		lose(LOSS_STRINGS);
		return 0;
	}
	if (bpf_map_update_elem(&programs, &pk, &s->entry.program, BPF_NOEXIST))
		lose(LOSS_STRINGS);
	tell(EVENT_PROGRAM, unit, 0, t->tgid, s->entry.program.first);
	return 0;
}

#endif
