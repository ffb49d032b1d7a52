// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// Capability checks, with the kernel functions that asked. The tracepoint exists
// since Linux 6.14 and does not tell audited checks from others; the callers do.
// Before, and where they load, programs at the return of cap_capable see more: its
// options. Last come a kprobe and a kretprobe.

#ifndef BATTEN_CAPABILITIES_H
#define BATTEN_CAPABILITIES_H

#include "paths.h"

#define CAP_OPT_NOAUDIT 2 // linux/security.h

// checked fills a key with what is known when the kernel asks. It is false for tasks
// that are no target. Programs that can be preempted must not bring a task's state up
// to date; its call has done that.
static __always_inline int checked(struct task_struct *t, struct cap_key *k, const struct cred *cred, int cap, u64 options,
				   int trusted)
{
	if (t->seccomp.mode != SECCOMP_FILTER && !settings.any_mode)
		return 0;
	struct task_state *ts = trusted ? state_of(t) : bpf_task_storage_get(&tasks, t, 0, 0);
	if (!ts || !ts->unit)
		return 0;
	k->unit = ts->unit;
	k->bucket = bucket_of(ts);
	k->nr = ts->last_nr < MAX_NR ? ts->last_nr : NR_OTHER;
	k->cap = cap;
	k->exe = ts->exe;
	k->borrowed = cred != t->real_cred;
	k->quiet = (options & CAP_OPT_NOAUDIT) != 0;
	return 1;
}

// callers writes who called cap_capable, innermost first.
static __always_inline void callers(void *ctx, struct cap_key *k)
{
	u64 frames[12 + FRAMES] = {};

	if (!cap_capable_end || bpf_get_stack(ctx, frames, sizeof(frames), 0) <= 0)
		return;
#pragma unroll
	for (int i = 0; i < 12; i++)
		if (frames[i] >= cap_capable_start && frames[i] < cap_capable_end)
			__builtin_memcpy(k->frames, &frames[i + 1], sizeof(k->frames));
}

static __always_inline int answered(struct task_struct *t, struct cap_key *k, int ret)
{
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);
	struct call c = {};

	k->granted = ret == 0;
	if (!ts || bpf_map_lookup_elem(&capabilities, k))
		return 0;
	sighting(t, ts, &c);
	long err = bpf_map_update_elem(&capabilities, k, &c, BPF_NOEXIST);
	if (!err)
		tell(EVENT_CAPABILITY, k->unit, 0, c.tgid, c.first);
	else if (err != -17)
		lose(LOSS_MAP_FULL);
	return 0;
}

static __always_inline int on_capable(void *ctx, const struct cred *cred, int cap, u64 options, int ret, int trusted)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct cap_key k = {};

	if (!checked(t, &k, cred, cap, options, trusted))
		return 0;
	callers(ctx, &k);
	return answered(t, &k, ret);
}

// A kprobe sees the question and a kretprobe the answer. Checks do not nest.
static __always_inline int on_question(void *ctx, const struct cred *cred, int cap, u64 options)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct cap_key k = {};

	if (!checked(t, &k, cred, cap, options, 0))
		return 0;
	callers(ctx, &k);
	struct cap_key *kept = bpf_task_storage_get(&questions, t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (kept)
		*kept = k;
	else
		lose(LOSS_MAP_FULL);
	return 0;
}

static __always_inline int on_answer(int ret)
{
	struct task_struct *t = bpf_get_current_task_btf();

	if (t->seccomp.mode != SECCOMP_FILTER && !settings.any_mode)
		return 0;
	struct cap_key *kept = bpf_task_storage_get(&questions, t, 0, 0);
	if (!kept || !kept->unit)
		return 0;
	struct cap_key k = *kept;
	kept->unit = 0;
	return answered(t, &k, ret);
}

#endif
