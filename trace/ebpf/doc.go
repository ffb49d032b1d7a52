// Package ebpf records services with programs in the kernel. Many containers and
// process trees are recorded at once, from before their first instruction.
//
// Invariants. What was seen is kept in kernel maps, so a lost event never loses a
// rule; every loss is counted. A container is known by the name of its cgroup,
// which the kernel shows at the first call, so nothing has to be asked of an
// engine while it starts. The programs only read: whatever happens to batten,
// what it traced goes on unharmed.
//
// Needs Linux 5.15 (task storage in tracing programs, bpf_task_pt_regs), BTF, and
// CAP_BPF with CAP_PERFMON, or root. Files and capabilities are recorded in the best
// of several ways that the kernel allows; [Probe] says which, and what each misses.
//
// The programs are licensed "Dual BSD/GPL".
package ebpf
