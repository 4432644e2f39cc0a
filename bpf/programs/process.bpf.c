// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* process.bpf.c - follows exec, fork and exit of every process. */
#include "listing.h"

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
	exec->flags |= exec_raised(task->mm->exe_file->f_inode, task->cred);
	exec_filename(record, binprm->filename);
	exec_describe(record, task);
	exec_send(record, task->mm);
	return 0;
}

/* Run by the server when it starts: nobody else knows its tgid in the initial pid namespace. */
SEC("syscall")
int service_introduce(void *context)
{
	__u32 zero = 0;
	struct wire_reader *state = bpf_map_lookup_elem(&reader, &zero);

	if (state)
		state->service = bpf_get_current_pid_tgid() >> 32;
	return 0;
}

/* Writes every process that runs, for the server to read when it starts. */
SEC("iter.s/task")
int process_list(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	__u32 zero = 0;
	struct exec_record *record = bpf_map_lookup_elem(&listing_scratch, &zero);
	struct mm_struct *mm;
	struct wire_exec *exec;

	/* Threads besides the first are no processes; where none runs any more, the end was told. */
	if (!record || !task || task->pid != task->tgid || task->signal->live.counter <= 0)
		return 0;
	exec = &record->exec;
	exec->flags = 0;
	listed_name(record, task);
	exec_describe(record, task);
	mm = task->mm;
	listed_copy(record, &exec->arguments, task, mm->arg_start, mm->arg_end,
		    LISTED_ARGUMENTS_MAX);
	listed_copy(record, &exec->environment, task, mm->env_start,
		    carries_environment ? mm->env_end : mm->env_start, LISTED_ENVIRONMENT_MAX);
	listed_write(context->meta->seq, record);
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
	if (sets && bpf_map_update_elem(&process_sets, &child_tgid, sets, BPF_ANY))
		READER_COUNT(unfollowed);
	fork = bpf_ringbuf_reserve(&events, sizeof(*fork), 0);
	if (!fork) {
		READER_COUNT(lost);
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
		READER_COUNT(lost);
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
