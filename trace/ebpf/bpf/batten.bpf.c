// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// The programs, each in the three forms in which kernels offer its hook. The
// loader keeps one form of each: tp_btf, else raw_tp, else tracepoint.

#include "hooks.h"
#include "capabilities.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tp_btf/sys_enter")
int enter_btf(void *ctx) { return on_enter(ARG(ctx, 0, struct pt_regs *), ARG(ctx, 1, long)); }

SEC("tp_btf/sys_exit")
int exit_btf(void *ctx)
{
	on_exit(ARG(ctx, 0, struct pt_regs *), ARG(ctx, 1, long));
	return on_return(ARG(ctx, 0, struct pt_regs *), ARG(ctx, 1, long));
}

SEC("tp_btf/sched_process_fork")
int fork_btf(void *ctx) { return on_fork_task(ARG(ctx, 1, struct task_struct *)); }

SEC("tp_btf/sched_process_exec")
int exec_btf(void *ctx)
{
	return on_exec(bpf_get_current_task_btf(), ARG(ctx, 1, u32), ARG(ctx, 2, struct linux_binprm *));
}

SEC("tp_btf/sched_process_exit")
int gone_btf(void *ctx) { return on_gone(bpf_get_current_task_btf()); }

SEC("tp_btf/signal_generate")
int signal_btf(void *ctx)
{
	on_sent(ARG(ctx, 0, int), ARG(ctx, 1, struct kernel_siginfo *), ARG(ctx, 2, struct task_struct *), 1);
	return on_signal(ARG(ctx, 0, int), ARG(ctx, 1, struct kernel_siginfo *));
}

SEC("tp_btf/cap_capable")
int capable_btf(void *ctx) { return on_capable(ctx, ARG(ctx, 0, const struct cred *), ARG(ctx, 3, int), 0, ARG(ctx, 4, int), 1); }

SEC("fexit/cap_capable")
int capable_fexit(void *ctx)
{
	return on_capable(ctx, ARG(ctx, 0, const struct cred *), ARG(ctx, 2, int), ARG(ctx, 3, u32), ARG(ctx, 4, int), 0);
}

#if defined(__TARGET_ARCH_x86)
#define KPROBE_ARGS(r) (void *)BPF_CORE_READ(r, di), BPF_CORE_READ(r, dx), BPF_CORE_READ(r, cx)
#define KPROBE_RESULT(r) BPF_CORE_READ(r, ax)
#elif defined(__TARGET_ARCH_arm64)
#define KPROBE_ARGS(r) (void *)BPF_CORE_READ(r, regs[0]), BPF_CORE_READ(r, regs[2]), BPF_CORE_READ(r, regs[3])
#define KPROBE_RESULT(r) BPF_CORE_READ(r, regs[0])
#endif

SEC("kprobe/cap_capable")
int capable_kprobe(struct pt_regs *ctx) { return on_question(ctx, KPROBE_ARGS(ctx)); }

SEC("kretprobe/cap_capable")
int answer_kprobe(struct pt_regs *ctx) { return on_answer(KPROBE_RESULT(ctx)); }

SEC("raw_tp/sys_enter")
int enter_raw(void *ctx) { return on_enter(ARG(ctx, 0, struct pt_regs *), ARG(ctx, 1, long)); }

SEC("raw_tp/sys_exit")
int exit_raw(void *ctx)
{
	on_exit(ARG(ctx, 0, struct pt_regs *), ARG(ctx, 1, long));
	return on_return(ARG(ctx, 0, struct pt_regs *), ARG(ctx, 1, long));
}

SEC("raw_tp/sched_process_fork")
int fork_raw(void *ctx)
{
	return on_fork_id(BPF_CORE_READ(ARG(ctx, 1, struct task_struct *), pid));
}

SEC("raw_tp/sched_process_exec")
int exec_raw(void *ctx)
{
	return on_exec(bpf_get_current_task_btf(), ARG(ctx, 1, u32), ARG(ctx, 2, struct linux_binprm *));
}

SEC("raw_tp/sched_process_exit")
int gone_raw(void *ctx) { return on_gone(bpf_get_current_task_btf()); }

SEC("raw_tp/signal_generate")
int signal_raw(void *ctx)
{
	on_sent(ARG(ctx, 0, int), ARG(ctx, 1, struct kernel_siginfo *), ARG(ctx, 2, struct task_struct *), 0);
	return on_signal(ARG(ctx, 0, int), ARG(ctx, 1, struct kernel_siginfo *));
}

SEC("raw_tp/cap_capable")
int capable_raw(void *ctx) { return on_capable(ctx, ARG(ctx, 0, const struct cred *), ARG(ctx, 3, int), 0, ARG(ctx, 4, int), 1); }

// Formats of /sys/kernel/tracing/events/*/*/format.
struct raw_syscalls {
	u64 common;
	long id;
	u64 args; // sys_enter: args[0]; sys_exit: ret
};

SEC("tracepoint/raw_syscalls/sys_enter")
int enter_tp(struct raw_syscalls *ctx) { return on_enter(0, ctx->id); }

SEC("tracepoint/raw_syscalls/sys_exit")
int exit_tp(struct raw_syscalls *ctx)
{
	on_exit(0, (long)ctx->args);
	return on_return(0, (long)ctx->args);
}
