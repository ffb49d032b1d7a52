// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// What a service does to processes and mounts.

#ifndef BATTEN_CONTACTS_H
#define BATTEN_CONTACTS_H

#include "sockets.h"

#define SI_USER 0
#define SI_QUEUE (-1)
#define SI_TKILL (-6)

static __always_inline void contact(struct task_struct *t, struct task_state *ts, u8 kind, u8 signal, u32 peer)
{
	struct contact_key k = {};
	struct call c = {};

	k.unit = ts->unit;
	k.bucket = bucket_of(ts);
	k.kind = kind;
	k.signal = signal;
	k.peer = peer;
	k.exe = ts->exe;
	if (bpf_map_lookup_elem(&contacts, &k) || !more_of(k.unit))
		return;
	sighting(t, ts, &c);
	long err = bpf_map_update_elem(&contacts, &k, &c, BPF_NOEXIST);
	if (!err)
		tell(EVENT_TOUCH, k.unit, 0, c.tgid, c.first);
	else if (err != -17)
		lose(LOSS_PATHS);
}

// unit_of returns the unit of another process, 0 when it is of none. Where task
// storage of others cannot be read, children are found by their number.
static __always_inline u32 unit_of(struct task_struct *other, int trusted, u32 own)
{
	u32 id = BPF_CORE_READ(other, pid), process = BPF_CORE_READ(other, tgid);

	if (trusted) {
		struct task_state *os = bpf_task_storage_get(&tasks, other, 0, 0);
		if (os)
			return os->unit;
	}
	struct root *r = bpf_map_lookup_elem(&roots, &id);
	if (!r)
		r = bpf_map_lookup_elem(&roots, &process);
	if (r)
		return r->unit;
	// A process of the same container that has made no call yet, or that is not
	// known by number.
	struct task_struct *t = bpf_get_current_task_btf();
	if (own >= TREE_UNITS && BPF_CORE_READ(other, cgroups, dfl_cgrp) == BPF_CORE_READ(t, cgroups, dfl_cgrp) &&
	    BPF_CORE_READ(other, cgroups, subsys[0], cgroup) == BPF_CORE_READ(t, cgroups, subsys[0], cgroup))
		return own;
	return 0;
}

// on_sent sees a signal that the current task sends to another process.
static __always_inline int on_sent(int sig, struct kernel_siginfo *info, struct task_struct *other, int trusted)
{
	struct task_struct *t = bpf_get_current_task_btf();

	if (settings.files != FILES_CALLS || (t->seccomp.mode != SECCOMP_FILTER && !settings.any_mode))
		return 0;
	if ((unsigned long)info == 1) // SEND_SIG_PRIV: from the kernel
		return 0;
	if ((unsigned long)info > 2) {
		int code = BPF_CORE_READ(info, si_code);
		if (code != SI_USER && code != SI_QUEUE && code != SI_TKILL)
			return 0;
	}
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);
	if (!ts || !ts->unit || ts->generation != settings.generation || BPF_CORE_READ(other, tgid) == t->tgid)
		return 0; // a process may always signal itself
	contact(t, ts, CONTACT_SIGNAL, sig, unit_of(other, trusted, ts->unit));
	return 0;
}

__noinline int mounted(u64 type, u64 source, u64 where, u64 flags, u32 operation)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);
	struct mount_key k = { .operation = operation, .flags = flags };
	struct call c = {};

	if (!ts)
		return 0;
	k.unit = ts->unit;
	k.bucket = bucket_of(ts);
	k.exe = ts->exe;
	k.path = keep_name(where, AT_FDCWD, k.unit);
	if (source)
		k.source = keep_name(source, AT_FDCWD, k.unit);
	if (type)
		bpf_probe_read_user_str(k.type, sizeof(k.type), (void *)type);
	if (!k.path || bpf_map_lookup_elem(&mounts, &k) || !more_of(k.unit))
		return 0;
	sighting(t, ts, &c);
	if (bpf_map_update_elem(&mounts, &k, &c, BPF_NOEXIST))
		lose(LOSS_PATHS);
	else
		tell_name(k.unit, c.tgid, k.path, TOUCH_NAME | TOUCH_FOLLOW);
	return 0;
}

#endif
