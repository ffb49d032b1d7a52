// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// Capability checks, with the kernel functions that asked. The tracepoint exists
// since Linux 6.14 and does not tell audited checks from others; the callers do.

#ifndef BATTEN_CAPABILITIES_H
#define BATTEN_CAPABILITIES_H

#include "syscalls.h"

static __always_inline int on_capable(void *ctx, const struct cred *cred, int cap, int ret)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct cap_key k = {};
	int at = 0;

	if (t->seccomp.mode != SECCOMP_FILTER && !settings.any_mode)
		return 0;
	struct task_state *ts = state_of(t);
	struct scratch *s = scratch();
	if (!ts || !s)
		return 0;
	k.unit = ts->unit;
	k.bucket = bucket_of(ts);
	k.nr = ts->last_nr < MAX_NR ? ts->last_nr : NR_OTHER;
	k.cap = cap;
	k.granted = ret == 0;
	k.borrowed = cred != t->real_cred;

	__builtin_memset(s->frames, 0, sizeof(s->frames));
	if (cap_capable_end && bpf_get_stack(ctx, s->frames, sizeof(s->frames), 0) > 0) {
#pragma unroll
		for (int i = 0; i < 12; i++)
			if (s->frames[i] >= cap_capable_start && s->frames[i] < cap_capable_end)
				at = i + 1;
		if (at)
#pragma unroll
			for (int i = 0; i < FRAMES; i++)
				k.frames[i] = s->frames[(at + i) & 15];
	}
	if (bpf_map_lookup_elem(&capabilities, &k))
		return 0;
	struct call c = {};
	c.first = bpf_ktime_get_boot_ns();
	c.program = ts->program;
	c.tgid = t->tgid;
	bpf_get_current_comm(c.comm, sizeof(c.comm));
	long err = bpf_map_update_elem(&capabilities, &k, &c, BPF_NOEXIST);
	if (!err)
		tell(EVENT_CAPABILITY, k.unit, 0, c.tgid, c.first);
	else if (err != -17)
		lose(LOSS_MAP_FULL);
	return 0;
}

#endif
