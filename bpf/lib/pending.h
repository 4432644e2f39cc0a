/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * pending.h - records that wait for their call's return, one per thread.
 *
 * They live in task storage: found without hashing, and freed with the thread,
 * so a call that never returns leaves nothing behind. Each hook that needs one
 * gets a map of its own, of the one size that its spec asks for.
 */
#ifndef MARTLET_PENDING_H
#define MARTLET_PENDING_H

#include "kernel.h"
#include "spec.h"

struct pending {
	__u32 active; /* a call was entered and has not returned */
	__u32 size;   /* of the record so far */
	/*
	 * Bit i: the memory of argument i could not be read at entry. Mostly its page was not there
	 * yet; the call has fetched it by the time that it returns.
	 */
	__u32 unread;
	__u32 reserved;
};

#define PENDING_MAP(name, bytes) \
	struct name##_value { \
		struct pending pending; \
		__u8 record[bytes]; \
	}; \
	struct { \
		__uint(type, BPF_MAP_TYPE_TASK_STORAGE); \
		__uint(map_flags, BPF_F_NO_PREALLOC); \
		__type(key, int); \
		__type(value, struct name##_value); \
	} name SEC(".maps")

PENDING_MAP(pending_small, SPEC_BUFFER_SMALL);
PENDING_MAP(pending_medium, SPEC_BUFFER_MEDIUM);
PENDING_MAP(pending_large, SPEC_BUFFER_LARGE);

/* The current thread's pending record; NULL where it has none, or no memory for one. */
static __always_inline struct pending *pending_get(__u32 buffer_size, __u64 flags)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (buffer_size == SPEC_BUFFER_SMALL)
		return bpf_task_storage_get(&pending_small, task, 0, flags);
	if (buffer_size == SPEC_BUFFER_MEDIUM)
		return bpf_task_storage_get(&pending_medium, task, 0, flags);
	return bpf_task_storage_get(&pending_large, task, 0, flags);
}

#endif
