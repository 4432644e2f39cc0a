/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* listing.h - the records of processes that are there already, for who reads the iterator. */
#ifndef MARTLET_LISTING_H
#define MARTLET_LISTING_H

#include "executions.h"

/* The kernel hands on what an iterator writes by 32 KiB at most. */
#define LISTED_ARGUMENTS_MAX 4096
#define LISTED_ENVIRONMENT_MAX 8192

#define TASK_COMM_LEN 16

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

/* The iterator may sleep, so it must not share what belongs to a CPU; one reader runs it at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exec_record);
} listing_scratch SEC(".maps");

/* A thread of the kernel has no file; it goes by the name that ps shows. */
static __always_inline void listed_name(struct exec_record *record, struct task_struct *task)
{
	struct wire_text *text = &record->exec.filename;
	__u32 at = sizeof(struct wire_exec);
	long copied = bpf_probe_read_kernel_str(record->bytes + at, TASK_COMM_LEN, task->comm);

	if (copied <= 0)
		copied = 1;
	text->offset = at;
	text->length = text->whole = copied - 1;
	record->size = at + copied - 1;
}

/* Copies the beginning of a text from the memory of the process, or says that it could not. */
static __always_inline void listed_copy(struct exec_record *record, struct wire_text *text,
					struct task_struct *task, __u64 start, __u64 end,
					__u32 most)
{
	__u64 length = end - start;
	__u32 at = record->size;

	text_begin(record, text);
	text->whole = length;
	if (length > most)
		length = most;
	if (!length)
		return;
	/* There is room unless several paths are of the longest there are. */
	if (at > sizeof(record->bytes) - most ||
	    bpf_copy_from_user_task(record->bytes + at, length, (void *)start, task, 0)) {
		record->exec.flags |= WIRE_EXEC_ARGUMENTS_UNREAD;
		return;
	}
	text->length = length;
	record->size = at + length;
}

static __always_inline void listed_write(struct seq_file *file, struct exec_record *record)
{
	struct wire_exec *exec = &record->exec;
	__u32 size = record->size;

	/* The compiler must not look at the map again, where the verifier knows no bounds. */
	barrier_var(size);
	if (size > sizeof(record->bytes))
		return; /* cannot happen; the verifier needs to hear it */
	record_header(&exec->header, WIRE_KIND_PROCESS, size, 0);
	exec->header.tgid = exec->header.tid = exec->task.tgid;
	bpf_seq_write(file, record->bytes, size);
}

#endif
