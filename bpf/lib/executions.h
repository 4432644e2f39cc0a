/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* executions.h - builds the record of an exec and sends it. */
#ifndef MARTLET_EXECUTIONS_H
#define MARTLET_EXECUTIONS_H

#include "tasks.h"

#define MODE_SET_USER 04000
#define MODE_SET_GROUP 02010 /* without the group's x the bit means something else */

/* Whether records carry the environment; the server sets it before loading. */
const volatile __u32 carries_environment = 0;

static __always_inline void exec_filename(struct exec_record *record, const char *filename)
{
	struct wire_text *text = &record->exec.filename;
	__u32 at = sizeof(struct wire_exec);
	/* PATH_MAX counts the terminator, so no name that execve(2) takes is cut here. */
	long copied = bpf_probe_read_kernel_str(record->bytes + at, WIRE_PATH_MAX, filename);

	if (copied <= 0)
		copied = 1;
	text->offset = at;
	text->length = text->whole = copied - 1;
	record->size = at + copied - 1;
}

/* Which rights the process got from its file, as far as it has them now. */
static __always_inline __u32 exec_raised(struct inode *inode, struct cred *cred)
{
	__u32 mode = inode->i_mode, raised = 0;
	__u32 euid = cred->euid.val, egid = cred->egid.val;

	if ((mode & MODE_SET_USER) && euid == inode->i_uid.val && euid != cred->uid.val)
		raised |= WIRE_EXEC_RAISED_SETUID;
	if ((mode & MODE_SET_GROUP) == MODE_SET_GROUP && egid == inode->i_gid.val &&
	    egid != cred->gid.val)
		raised |= WIRE_EXEC_RAISED_SETGID;
	/* Nobody but root keeps capabilities across an exec that are neither ambient nor the file's. */
	if (euid && cred->uid.val &&
	    (capability_bits(cred, cap_permitted) & ~capability_bits(cred, cap_ambient)))
		raised |= WIRE_EXEC_RAISED_FILE_CAP;
	return raised;
}

/* What of an exec can be told at any time later too. */
static __always_inline void exec_describe(struct exec_record *record, struct task_struct *task)
{
	struct file *file = task->mm->exe_file;
	struct inode *inode = file->f_inode;
	struct wire_exec *exec = &record->exec;

	task_describe(&exec->task, task);
	path_write(record, &exec->executable, &file->f_path, &task->fs->root);
	exec->inode = inode->i_ino;
	exec->links = inode->i_nlink;
	if (path_write(record, &exec->cwd, &task->fs->pwd, &task->fs->root))
		exec->flags |= WIRE_EXEC_CWD_DETACHED;
	cgroup_write(record, task_cgroup(task));
}

/* Announces user memory as a text behind all others. */
static __always_inline __u32 exec_announce(struct wire_text *text, __u32 at, __u64 start, __u64 end)
{
	__u64 length = end - start;

	text->offset = at;
	text->whole = length;
	text->length = length < WIRE_ARGUMENTS_MAX ? length : WIRE_ARGUMENTS_MAX;
	return at + text->length;
}

/* Copies the text from user memory; what could not be read is cut off. */
static __always_inline void exec_copy(struct bpf_dynptr *into, struct exec_record *record,
				      struct wire_text *text, __u64 start)
{
	__u32 copied = 0, length = text->length;

	for (int i = 0; i < WIRE_ARGUMENTS_MAX / EXEC_CHUNK && copied < length; i++) {
		__u32 part = length - copied;

		if (part > EXEC_CHUNK)
			part = EXEC_CHUNK;
		if (bpf_probe_read_user(record->chunk, part, (const void *)(start + copied)) ||
		    bpf_dynptr_write(into, text->offset + copied, record->chunk, part, 0)) {
			record->exec.flags |= WIRE_EXEC_ARGUMENTS_UNREAD;
			break;
		}
		copied += part;
	}
	text->length = copied;
}

/* Sends the record, with the arguments behind what was put together. */
static __always_inline void exec_send(struct exec_record *record, struct mm_struct *mm)
{
	struct wire_exec *exec = &record->exec;
	__u32 head = record->size, size;
	struct bpf_dynptr whole;

	if (head > sizeof(record->bytes))
		return; /* cannot happen; the verifier needs to hear it */
	size = exec_announce(&exec->arguments, head, mm->arg_start, mm->arg_end);
	size = exec_announce(&exec->environment, size, mm->env_start,
			     carries_environment ? mm->env_end : mm->env_start);
	record_header(&exec->header, WIRE_KIND_EXEC, size, bpf_get_current_pid_tgid());
	if (bpf_ringbuf_reserve_dynptr(&events, size, 0, &whole)) {
		bpf_ringbuf_discard_dynptr(&whole, 0);
		READER_COUNT(lost);
		return;
	}
	exec_copy(&whole, record, &exec->arguments, mm->arg_start);
	if (carries_environment)
		exec_copy(&whole, record, &exec->environment, mm->env_start);
	/* Last, since copying tells how long the texts are. */
	bpf_dynptr_write(&whole, 0, record->bytes, head, 0);
	bpf_ringbuf_submit_dynptr(&whole, record_wakeup());
}

#endif
