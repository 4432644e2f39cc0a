// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* process.bpf.c - follows exec, fork and exit of every process. */
#include "process.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task, int old_pid, struct linux_binprm *binprm)
{
	__u32 zero = 0;
	struct exec_record *record = bpf_map_lookup_elem(&exec_scratch, &zero);
	struct wire_exec *exec;

	if (!record)
		return 0; /* cannot happen: index 0 of a per-CPU array of 1 */
	exec = &record->exec;
	exec->start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	exec->parent_tgid = BPF_CORE_READ(task, real_parent, tgid);
	exec->uid = BPF_CORE_READ(task, cred, euid.val);
	exec->auid = BPF_CORE_READ(task, loginuid.val);
	exec->flags = 0;
	record->size = sizeof(*exec);
	exec_read_filename(record, BPF_CORE_READ(binprm, filename));
	exec_read_arguments(record, BPF_CORE_READ(task, mm));
	exec_read_cwd(record, BPF_CORE_READ(task, fs));
	exec_send(record);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 child_tgid = BPF_CORE_READ(child, tgid);
	__u32 parent_tgid = BPF_CORE_READ(parent, tgid);
	struct wire_fork *fork;
	__u64 *sets;

	if (child_tgid == parent_tgid)
		return 0; /* a thread */
	sets = bpf_map_lookup_elem(&process_sets, &parent_tgid);
	if (sets)
		bpf_map_update_elem(&process_sets, &child_tgid, sets, BPF_ANY);
	fork = bpf_ringbuf_reserve(&events, sizeof(*fork), 0);
	if (!fork) {
		process_lost();
		return 0;
	}
	record_header(&fork->header, WIRE_KIND_FORK, sizeof(*fork),
		      bpf_get_current_pid_tgid());
	fork->start_ns = BPF_CORE_READ(child, start_boottime);
	fork->child_tgid = child_tgid;
	fork->parent_tgid = BPF_CORE_READ(child, real_parent, tgid);
	bpf_ringbuf_submit(fork, record_wakeup());
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	__u32 tgid = BPF_CORE_READ(task, tgid);
	struct wire_exit *exit;

	if (BPF_CORE_READ(task, signal, live.counter) > 0)
		return 0; /* other threads go on */
	bpf_map_delete_elem(&process_sets, &tgid);
	exit = bpf_ringbuf_reserve(&events, sizeof(*exit), 0);
	if (!exit) {
		process_lost();
		return 0;
	}
	record_header(&exit->header, WIRE_KIND_EXIT, sizeof(*exit),
		      bpf_get_current_pid_tgid());
	/* A group exit or a fatal signal is the group's; else the last thread's own. */
	exit->code = BPF_CORE_READ(task, signal, group_exit_code);
	if (!exit->code)
		exit->code = BPF_CORE_READ(task, exit_code);
	exit->reserved = 0;
	bpf_ringbuf_submit(exit, record_wakeup());
	return 0;
}
