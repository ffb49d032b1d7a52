// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// Attribution: which unit a task belongs to, and on whose behalf it acts.

#ifndef BATTEN_ATTRIBUTE_H
#define BATTEN_ATTRIBUTE_H

#include "maps.h"

#define DEPTH 16    // nested cgroups looked at
#define ID_SIZE 64  // hexadecimal digits of a container id

static __always_inline struct scratch *scratch(void)
{
	u32 zero = 0;
	return bpf_map_lookup_elem(&scratches, &zero);
}

static __always_inline struct kernfs_node *parent_of(struct kernfs_node *kn)
{
	struct kernfs_node___parent *old = (void *)kn;

	if (bpf_core_field_exists(kn->__parent))
		return BPF_CORE_READ(kn, __parent);
	return BPF_CORE_READ(old, parent);
}

// digits_at looks for a container id in s->name. Functions that are not static are
// verified once, not at each of their calls.
__noinline int digits_at(u32 at)
{
	struct scratch *s = scratch();

	if (!s)
		return 0;
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < ID_SIZE; i++) {
		char c = s->name[(at + i) & (NAME_SIZE - 1)];
		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return 0;
	}
	return 1;
}

// holds_id tells whether s->name is a container's: it ends in an id, or in an id
// and ".scope". Names of pods and services may be as long.
static __always_inline int holds_id(u32 length)
{
	if (length < ID_SIZE)
		return 0;
	return digits_at(length - ID_SIZE) ||
	       (length >= ID_SIZE + 6 && digits_at(length - ID_SIZE - 6));
}

// outermost finds the outermost cgroup above kn that is a container's: a
// container inside a container belongs to the outer one. Its name is left in
// s->unit.name.
__noinline u64 outermost(u64 address)
{
	struct kernfs_node *kn = (void *)address;
	struct scratch *s = scratch();
	u64 id = 0;

	if (!s)
		return 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < DEPTH; i++) {
		if (!kn)
			break;
		__builtin_memset(s->name, 0, sizeof(s->name));
		long n = bpf_probe_read_kernel_str(s->name, sizeof(s->name), BPF_CORE_READ(kn, name));
		if ((n > 0 && holds_id(n - 1)) || bpf_map_lookup_elem(&known, s->name)) {
			id = BPF_CORE_READ(kn, id);
			__builtin_memcpy(s->unit.name, s->name, sizeof(s->name));
		}
		kn = parent_of(kn);
	}
	return id;
}

// ran_before tells whether the container of t is older than the session, by the
// age of its first process. It returns -1 where that one is not the container's
// own: in a shared process namespace, or the host's.
static __always_inline int ran_before(struct task_struct *t)
{
	struct task_struct *init = BPF_CORE_READ(t, nsproxy, pid_ns_for_children, child_reaper);

	if (!init || BPF_CORE_READ(init, cgroups, dfl_cgrp) != BPF_CORE_READ(t, cgroups, dfl_cgrp) ||
	    BPF_CORE_READ(init, cgroups, subsys[0], cgroup) != BPF_CORE_READ(t, cgroups, subsys[0], cgroup))
		return -1;
	return BPF_CORE_READ(init, start_boottime) < settings.attached;
}

// container_unit returns the unit of the container that t is in, or 0.
static __always_inline u32 container_unit(struct task_struct *t, struct scratch *s)
{
	struct unit_key key = {};

	__builtin_memset(&s->unit, 0, sizeof(s->unit));
	key.cgroup = outermost((u64)BPF_CORE_READ(t, cgroups, dfl_cgrp, kn));
	if (!key.cgroup) {
		// Hosts without the unified tree, or an engine that does not use it.
		key.hierarchy = 1;
		key.cgroup = outermost((u64)BPF_CORE_READ(t, cgroups, subsys[0], cgroup, kn));
	}
	if (!key.cgroup)
		return 0;

	u32 *have = bpf_map_lookup_elem(&unit_index, &key);
	if (have)
		return *have;

	u32 unit = MAX_UNITS;
	if (next_unit < MAX_UNITS - TREE_UNITS)
		unit = TREE_UNITS + __sync_fetch_and_add(&next_unit, 1);
	if (unit >= MAX_UNITS) {
		lose(LOSS_UNATTRIBUTED);
		return 0;
	}
	struct known_container *k = bpf_map_lookup_elem(&known, s->unit.name);
	s->unit.cgroup = key.cgroup;
	s->unit.first = bpf_ktime_get_boot_ns();
	int before = ran_before(t);
	s->unit.main_started = before < 0 ? k && k->running : before;
	if (k)
		k->running = 0; // a restart makes another unit, which is no longer older
	// What ran before the session and was not asked for is nobody's target.
	s->unit.ignored = !k && BPF_CORE_READ(t, start_boottime) < settings.attached;
	bpf_map_update_elem(&units, &unit, &s->unit, BPF_ANY);
	if (bpf_map_update_elem(&unit_index, &key, &unit, BPF_NOEXIST)) {
		// Another processor was first. The slot stays unused.
		have = bpf_map_lookup_elem(&unit_index, &key);
		return have ? *have : 0;
	}
	tell(EVENT_UNIT, unit, 0, 0, s->unit.first);
	return unit;
}

// born_inside finds the kind of a task seen for the first time from its
// ancestors: a child of the service is the service's; what has no ancestor inside
// came in through the runtime.
static __always_inline void born_inside(struct task_struct *t, struct task_state *ts, u32 unit)
{
	struct unit *u = bpf_map_lookup_elem(&units, &unit);

	if (!u)
		return;
	if (BPF_CORE_READ(t, start_boottime) < settings.attached) {
		ts->kind = KIND_MAIN; // in mid-life when the session began
		u->main_started = 1;
		return;
	}
	ts->kind = u->main_started ? KIND_EXEC_RUNTIME : KIND_RUNTIME;
}

// inherit gives a thread or child the state of the one that made it.
static __always_inline void inherit(struct task_state *child, const struct task_state *parent)
{
	child->unit = parent->unit;
	child->kind = parent->kind;
	child->entry = parent->entry;
	child->program = parent->program;
	child->exe = parent->exe;
	child->last_nr = LAST_NONE;
}

static __always_inline int from_roots(struct task_state *ts, u32 id, int own)
{
	struct root *r = bpf_map_lookup_elem(&roots, &id);

	if (!r)
		return 0;
	ts->unit = r->unit;
	ts->kind = r->kind;
	ts->entry = r->entry;
	ts->program = r->program;
	ts->exe = r->exe;
	ts->born = own && r->born;
	return 1;
}

// mother_in finds state that t should have inherited but did not, because its
// parent was blocked in one call since before the session began.
static __always_inline int mother_in(struct task_struct *t, struct task_state *ts, u32 unit, struct scratch *s)
{
	struct task_struct *p = t->group_leader == t ? t->real_parent : t->group_leader;
	struct task_state *ps = bpf_task_storage_get(&tasks, p, 0, 0);

	if (ps && ps->unit == unit) {
		inherit(ts, ps);
		return 1;
	}
	if (!ps && BPF_CORE_READ(p, start_boottime) < settings.attached && container_unit(p, s) == unit) {
		ts->unit = unit;
		ts->kind = KIND_MAIN;
		return 1;
	}
	return 0;
}

// refresh brings the current task's cached state up to the present generation. It forgets what the
// thread has seen, since the bucket may have changed, and asks again who is no
// target.
__noinline int refresh(void)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);
	struct scratch *s = scratch();

	if (!s || !ts)
		return 0;
	ts->generation = settings.generation;
	__builtin_memset(ts->seen, 0, sizeof(ts->seen));
	if (!ts->unit) {
		ts->last_nr = LAST_NONE;
		if (!from_roots(ts, t->pid, 1) && !from_roots(ts, t->tgid, 0)) {
			u32 unit = container_unit(t, s);
			if (unit && !mother_in(t, ts, unit, s)) {
				ts->unit = unit;
				born_inside(t, ts, unit);
			}
		}
		// A task met in mid-life may be inside a call that entered unseen.
		if (ts->kind == KIND_MAIN && !ts->born)
			ts->last_nr = LAST_UNKNOWN;
	}
	u32 unit = ts->unit;
	struct unit *u = bpf_map_lookup_elem(&units, &unit);
	if (u && u->ignored) {
		ts->unit = 0;
		ts->kind = KIND_NEW;
	}
	return 0;
}

static __always_inline u16 bucket_of(const struct task_state *ts)
{
	u32 unit = ts->unit;
	struct unit *u;

	switch (ts->kind) {
	case KIND_MAIN:
		u = bpf_map_lookup_elem(&units, &unit);
		return BUCKET_MAIN + (u ? u->phase & 3 : 0);
	case KIND_EXEC:
		return BUCKET_EXEC + ts->entry;
	case KIND_EXEC_RUNTIME:
		return BUCKET_EXEC_RUNTIME;
	}
	return BUCKET_RUNTIME;
}

#endif
