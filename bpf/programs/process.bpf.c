// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* process.bpf.c - follows exec, fork and exit of every process. */
#include "executions.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define SIGNAL_GROUP_EXIT 0x4

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task, int old_pid, struct linux_binprm *binprm)
{
	__u32 zero = 0;
	struct exec_record *record = bpf_map_lookup_elem(&exec_scratch, &zero);
	struct wire_exec *exec;

	if (!record)
		return 0; /* cannot happen: index 0 of a per-CPU array of 1 */
	exec = &record->exec;
	exec->flags = BPF_CORE_READ_BITFIELD(binprm, secureexec) ? WIRE_EXEC_SECURE : 0;
	task_describe(&exec->task, task);
	exec_filename(record, binprm->filename);
	exec_executable(record, task);
	if (path_write(record, &exec->cwd, &task->fs->pwd, &task->fs->root))
		exec->flags |= WIRE_EXEC_CWD_DETACHED;
	cgroup_write(record, task_cgroup(task));
	exec_send(record, task->mm);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 child_tgid = child->tgid, parent_tgid = parent->tgid;
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
	task_describe(&fork->child, child);
	bpf_ringbuf_submit(fork, record_wakeup());
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	__u32 tgid = task->tgid;
	struct wire_exit *exit;

	if (task->signal->live.counter > 0)
		return 0; /* other threads go on */
	bpf_map_delete_elem(&process_sets, &tgid);
	exit = bpf_ringbuf_reserve(&events, sizeof(*exit), 0);
	if (!exit) {
		process_lost();
		return 0;
	}
	record_header(&exit->header, WIRE_KIND_EXIT, sizeof(*exit),
		      bpf_get_current_pid_tgid());
	/* What wait(2) tells the parent. */
	exit->code = task->signal->flags & SIGNAL_GROUP_EXIT ? task->signal->group_exit_code :
							       task->group_leader->exit_code;
	exit->reserved = 0;
	bpf_ringbuf_submit(exit, record_wakeup());
	return 0;
}
