// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// System calls let through and refused. sys_enter fires after seccomp has judged
// a call, sys_exit in both cases: an exit without an entry is a refusal.

#ifndef BATTEN_SYSCALLS_H
#define BATTEN_SYSCALLS_H

#include "attribute.h"

#define SECCOMP_FILTER 2  // linux/seccomp.h SECCOMP_MODE_FILTER
#define SIGSYS 31
#define SIGNAL_GROUP_EXIT 4 // linux/sched/signal.h
#define X32_BIT 0x40000000
#define COMPAT_MARK 0x20000000

#if defined(__TARGET_ARCH_x86)
#define TS_COMPAT 2 // asm/thread_info.h: a 32-bit call is active
static __always_inline int is_compat(struct task_struct *t) { return t->thread_info.status & TS_COMPAT; }
static __always_inline long number_of(struct pt_regs *r) { return (long)BPF_CORE_READ(r, orig_ax); }
static __always_inline void args_of(struct pt_regs *r, u64 *a)
{
	a[0] = BPF_CORE_READ(r, di);
	a[1] = BPF_CORE_READ(r, si);
	a[2] = BPF_CORE_READ(r, dx);
	a[3] = BPF_CORE_READ(r, r10);
	a[4] = BPF_CORE_READ(r, r8);
	a[5] = BPF_CORE_READ(r, r9);
}
#elif defined(__TARGET_ARCH_arm64)
#define TIF_32BIT (1 << 22) // asm/thread_info.h
static __always_inline int is_compat(struct task_struct *t) { return t->thread_info.flags & TIF_32BIT; }
static __always_inline long number_of(struct pt_regs *r) { return BPF_CORE_READ(r, syscallno); }
static __always_inline void args_of(struct pt_regs *r, u64 *a)
{
	a[0] = BPF_CORE_READ(r, orig_x0);
	a[1] = BPF_CORE_READ(r, regs[1]);
	a[2] = BPF_CORE_READ(r, regs[2]);
	a[3] = BPF_CORE_READ(r, regs[3]);
	a[4] = BPF_CORE_READ(r, regs[4]);
	a[5] = BPF_CORE_READ(r, regs[5]);
}
#endif

static __always_inline u64 hash_args(const u64 *a)
{
	u64 h = 0x9e3779b97f4a7c15ULL;

	for (int i = 0; i < 6; i++)
		h = (h ^ a[i]) * 0x100000001b3ULL;
	return h;
}

static __always_inline u32 mark_of(u32 nr, u8 arch)
{
	return arch == ARCH_COMPAT ? nr | COMPAT_MARK : nr;
}

// arch_of finds the convention of a call. Negative numbers have no mark in them.
static __always_inline u8 arch_of(struct task_struct *t, u32 nr)
{
	if (is_compat(t))
		return ARCH_COMPAT;
	return (s32)nr > 0 && nr & X32_BIT ? ARCH_X32 : ARCH_NATIVE;
}

// state_of returns the present state of t, which is the current task, if it is a
// target, else 0.
static __always_inline struct task_state *state_of(struct task_struct *t)
{
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);

	if (!ts) {
		ts = bpf_task_storage_get(&tasks, t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
		if (!ts) {
			lose(LOSS_UNATTRIBUTED);
			return 0;
		}
		ts->generation = settings.generation - 1;
	}
	if (ts->generation != settings.generation)
		refresh();
	return ts->unit ? ts : 0;
}

// record puts a call into the truth. It returns the entry, or 0 when the map is
// full.
static __always_inline struct call *record(struct task_struct *t, struct task_state *ts, struct call_key *k)
{
	struct call *have = bpf_map_lookup_elem(&calls, k);

	if (have)
		return have;
	struct call c = {};
	c.first = bpf_ktime_get_boot_ns();
	c.program = ts->program;
	c.tgid = t->tgid;
	bpf_get_current_comm(c.comm, sizeof(c.comm));
	long err = bpf_map_update_elem(&calls, k, &c, BPF_NOEXIST);
	have = bpf_map_lookup_elem(&calls, k);
	if (!have) {
		lose(LOSS_MAP_FULL);
		return 0;
	}
	if (!err)
		tell(EVENT_CALL, k->unit, k, c.tgid, c.first);
	return have;
}

// record_tuple keeps the arguments of one call.
static __always_inline void record_tuple(struct call *c, const struct call_key *k, u8 mask, u32 nr, const u64 *a)
{
	struct tuple_key tk = {};

	if (c->tuples > MAX_TUPLES)
		return;
	tk.call = *k;
	if (mask & 1)
		tk.args[0] = a[0];
	if (mask & 2)
		tk.args[1] = type_mask[nr & (MAX_NR - 1)] ? a[1] & type_mask[nr & (MAX_NR - 1)] : a[1];
	if (mask & 4)
		tk.args[2] = a[2];
	if (bpf_map_lookup_elem(&tuples, &tk))
		return;
	u64 now = bpf_ktime_get_boot_ns();
	if (__sync_fetch_and_add(&c->tuples, 1) >= MAX_TUPLES) {
		tell(EVENT_CALL, k->unit, k, 0, now);
		return; // more than a filter could hold: known to be unbounded
	}
	long err = bpf_map_update_elem(&tuples, &tk, &now, BPF_NOEXIST);
	if (!err)
		tell(EVENT_CALL, k->unit, k, 0, now);
	else if (err != -17) // EEXIST: another processor was first
		lose(LOSS_MAP_FULL);
}

static __always_inline void call_key(struct call_key *k, struct task_state *ts, u32 nr, u8 arch)
{
	k->unit = ts->unit;
	k->bucket = bucket_of(ts);
	k->arch = arch;
	u32 plain = arch == ARCH_X32 ? nr & ~X32_BIT : nr;
	k->nr = plain < MAX_KEPT_NR ? plain : NR_OTHER;
}

// first_sight records a call that the thread's cache does not hold.
static __noinline int first_sight(struct task_struct *t, struct task_state *ts, struct pt_regs *regs, u32 nr)
{
	struct call_key k = {};
	u8 mask;
	u64 a[6];

	if (!t || !ts || !regs)
		return 0;
	u8 arch = arch_of(t, nr);
	call_key(&k, ts, nr, arch);
	struct call *c = record(t, ts, &k);

	ts->last_nr = mark_of(nr, arch);
	if (arch != ARCH_NATIVE || nr >= MAX_NR)
		return 0;
	mask = argument_mask[nr & (MAX_NR - 1)];
	if (mask) {
		args_of(regs, a);
		ts->last_args = hash_args(a);
		if (c && mask & 7)
			record_tuple(c, &k, mask, nr, a);
		return 0; // never cached: every one of these calls is looked at
	}
	if (c)
		ts->seen[(nr / 64) & 7] |= 1ULL << (nr & 63);
	return 0;
}

static __always_inline int on_enter(struct pt_regs *regs, long id)
{
	struct task_struct *t = bpf_get_current_task_btf();

	if (t->seccomp.mode != SECCOMP_FILTER && !settings.any_mode)
		return 0;
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);
	if (!ts || ts->generation != settings.generation)
		ts = state_of(t);
	if (!ts || !ts->unit)
		return 0;
	u32 nr = id;
	if (nr < MAX_NR && !is_compat(t) && ts->seen[nr / 64] >> (nr & 63) & 1) {
		ts->last_nr = nr;
		return 0;
	}
	if (!regs)
		regs = (struct pt_regs *)bpf_task_pt_regs(t);
	return first_sight(t, ts, regs, nr);
}

// entered tells whether the call that now returns is the last one that entered.
// A filter's verdict depends on nothing but number and arguments, so a repeated
// call with the same ones entered if its like did. This spares a write at every
// exit.
static __always_inline int entered(struct task_state *ts, u32 nr, u8 arch, const u64 *a)
{
	if (ts->last_nr != mark_of(nr, arch))
		return 0;
	if (arch == ARCH_NATIVE && nr < MAX_NR && argument_mask[nr & (MAX_NR - 1)])
		return ts->last_args == hash_args(a);
	return 1;
}

static __noinline int refused(struct task_struct *t, struct pt_regs *regs, int error)
{
	struct call_key k = {};
	u64 a[6];

	if (!t || !regs)
		return 0;
	long id = number_of(regs);
	if (id < 0)
		return 0; // a return from a signal handler, or a tracer skipped the call
	struct task_state *ts = state_of(t);
	if (!ts)
		return 0;
	if (ts->last_nr == LAST_UNKNOWN) {
		ts->last_nr = LAST_NONE;
		return 0;
	}
	u32 nr = id;
	u8 arch = arch_of(t, nr);
	args_of(regs, a);
	if (entered(ts, nr, arch, a))
		return 0;
	call_key(&k, ts, nr, arch);
	k.denied = DENIED;
	k.error = error;
	struct call *c = record(t, ts, &k);
	if (c && arch == ARCH_NATIVE && nr < MAX_NR && argument_mask[nr & (MAX_NR - 1)] & 7)
		record_tuple(c, &k, argument_mask[nr & (MAX_NR - 1)], nr, a);
	return 0;
}

static __always_inline int on_exit(struct pt_regs *regs, long ret)
{
	if (ret >= 0 || ret <= -MAX_ERRNO)
		return 0;
	if (!settings.refusals)
		return 0;
	u32 error = -ret;
	if (!(settings.errnos[error / 64 & (MAX_ERRNO / 64 - 1)] >> (error & 63) & 1))
		return 0;
	struct task_struct *t = bpf_get_current_task_btf();
	if (t->seccomp.mode != SECCOMP_FILTER)
		return 0;
	if (!regs)
		regs = (struct pt_regs *)bpf_task_pt_regs(t);
	return refused(t, regs, error);
}

static __always_inline void record_kill(struct task_struct *t, struct task_state *ts, u32 nr)
{
	struct call_key k = {};

	call_key(&k, ts, nr, arch_of(t, nr));
	k.denied = KILLED;
	record(t, ts, &k);
}

// on_signal sees SIGSYS with SYS_SECCOMP: the filter kills or traps.
static __always_inline int on_signal(int sig, struct kernel_siginfo *info)
{
	if (sig != SIGSYS || (unsigned long)info < 3) // SEND_SIG_NOINFO, _PRIV
		return 0;
	if (BPF_CORE_READ(info, si_code) != 1)
		return 0;
	struct task_struct *t = bpf_get_current_task_btf();
	struct task_state *ts = state_of(t);
	if (!ts)
		return 0;
	record_kill(t, ts, BPF_CORE_READ(info, _sifields._sigsys._syscall));
	return 0;
}

#endif
