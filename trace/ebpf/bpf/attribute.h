// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// Attribution: which unit a task belongs to, and on whose behalf it acts.

#ifndef BATTEN_ATTRIBUTE_H
#define BATTEN_ATTRIBUTE_H

#include "maps.h"

#define DEPTH 8             // nested cgroups looked at
#define CONTAINER_NAME 64   // a name this long holds a container id

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

// outermost finds the outermost cgroup above kn that is a container's: a
// container inside a container belongs to the outer one. Its name is left in
// s->unit.name.
static __always_inline u64 outermost(struct kernfs_node *kn, struct scratch *s)
{
	u64 id = 0;

	for (int i = 0; i < DEPTH; i++) {
		if (!kn)
			break;
		__builtin_memset(s->name, 0, sizeof(s->name));
		long n = bpf_probe_read_kernel_str(s->name, sizeof(s->name), BPF_CORE_READ(kn, name));
		if (n > CONTAINER_NAME || bpf_map_lookup_elem(&known, s->name)) {
			id = BPF_CORE_READ(kn, id);
			__builtin_memcpy(s->unit.name, s->name, sizeof(s->name));
		}
		kn = parent_of(kn);
	}
	return id;
}

// container_unit returns the unit of the container that t is in, or 0.
static __always_inline u32 container_unit(struct task_struct *t, struct scratch *s)
{
	struct unit_key key = {};

	__builtin_memset(&s->unit, 0, sizeof(s->unit));
	key.cgroup = outermost(BPF_CORE_READ(t, cgroups, dfl_cgrp, kn), s);
	if (!key.cgroup) {
		// Hosts without the unified tree, or an engine that does not use it.
		key.hierarchy = 1;
		key.cgroup = outermost(BPF_CORE_READ(t, cgroups, subsys[0], cgroup, kn), s);
	}
	if (!key.cgroup)
		return 0;

	u32 *have = bpf_map_lookup_elem(&unit_index, &key);
	if (have)
		return *have;

	u32 unit = TREE_UNITS + __sync_fetch_and_add(&next_unit, 1);
	if (unit >= MAX_UNITS) {
		lose(LOSS_UNATTRIBUTED);
		return 0;
	}
	struct known_container *k = bpf_map_lookup_elem(&known, s->unit.name);
	s->unit.cgroup = key.cgroup;
	s->unit.first = bpf_ktime_get_boot_ns();
	s->unit.main_started = k && k->running;
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
	child->generation = 0; // refreshed at its first call
	child->last_nr = ~0;
}

static __always_inline int from_roots(struct task_state *ts, u32 id)
{
	struct root *r = bpf_map_lookup_elem(&roots, &id);

	if (!r)
		return 0;
	ts->unit = r->unit;
	ts->kind = r->kind;
	ts->entry = r->entry;
	ts->program = r->program;
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

// refresh brings a cached state up to the present generation. It forgets what the
// thread has seen, since the bucket may have changed, and asks again who is no
// target.
static __noinline int refresh(struct task_struct *t, struct task_state *ts)
{
	struct scratch *s = scratch();

	if (!s || !t || !ts)
		return 0;
	ts->generation = settings.generation;
	__builtin_memset(ts->seen, 0, sizeof(ts->seen));
	if (!ts->unit) {
		ts->last_nr = ~0;
		if (!from_roots(ts, t->pid) && !from_roots(ts, t->tgid)) {
			u32 unit = container_unit(t, s);
			if (unit && !mother_in(t, ts, unit, s)) {
				ts->unit = unit;
				born_inside(t, ts, unit);
			}
		}
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
