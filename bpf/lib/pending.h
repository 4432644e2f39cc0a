/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * pending.h - records that wait for their call's return.
 *
 * System calls do not nest, so a thread has one at most: it lives in task
 * storage, found without hashing and freed with the thread. A kernel function
 * may call itself, and interrupts come in between, so its record is found by
 * the call's place on the stack, which no other call has while it lasts. The
 * place of a call that never returned is taken by the next one there, and
 * counted. Each hook that needs either gets a map of its own, of the one size
 * that its spec asks for.
 */
#ifndef MARTLET_PENDING_H
#define MARTLET_PENDING_H

#include "call.h"
#include "counters.h"

struct pending {
	__u32 active; /* a call was entered and has not returned */
	__u32 size;   /* of the record so far */
	/*
	 * Bit i: the memory of argument i could not be read at entry. Mostly its page was not there
	 * yet; the call has fetched it by the time that it returns.
	 */
	__u32 unread;
	__u8 selector;    /* of the call, as at its entry */
	__u8 enforcement;
	__u16 reserved;
	/* Of a function: nothing holds them any more when it returns. */
	__u64 parameters[CALL_PARAMETERS];
};

_Static_assert(sizeof(struct pending) == SPEC_PENDING_HEADER, "as the server reckons");

#define PENDING_RECORD(pending) ((__u8 *)((pending) + 1))

#define PENDING_VALUE(name, bytes) \
	struct name##_value { \
		struct pending pending; \
		__u8 record[bytes]; \
	}

#define PENDING_MAP(name, bytes) \
	PENDING_VALUE(name, bytes); \
	struct { \
		__uint(type, BPF_MAP_TYPE_TASK_STORAGE); \
		__uint(map_flags, BPF_F_NO_PREALLOC); \
		__type(key, int); \
		__type(value, struct name##_value); \
	} name SEC(".maps")

PENDING_MAP(pending_small, SPEC_BUFFER_SMALL);
PENDING_MAP(pending_medium, SPEC_BUFFER_MEDIUM);
PENDING_MAP(pending_large, SPEC_BUFFER_LARGE);

/* A call that is under way. Functions that end in a jump to the next one share a frame. */
struct pending_key {
	__u64 frame;
	__u64 target;
};

/* The server makes a hook's own with values that hold its largest record. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct pending_key);
	__type(value, struct pending_small_value);
} frames SEC(".maps");

/*
 * Where a record of varying size is built. One per CPU and hook serves: the
 * kernel does not run a program on a CPU where it was interrupted, and counts
 * that (recursion misses). The server makes it as large as the spec's buffer.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pending_small_value);
} scratch SEC(".maps");

static __always_inline struct pending *pending_scratch(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratch, &zero);
}

/* The current thread's pending record; NULL where it has none, or no memory for one. */
static __always_inline struct pending *pending_of_thread(__u64 flags)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (spec.buffer_size == SPEC_BUFFER_SMALL)
		return bpf_task_storage_get(&pending_small, task, 0, flags);
	if (spec.buffer_size == SPEC_BUFFER_MEDIUM)
		return bpf_task_storage_get(&pending_medium, task, 0, flags);
	return bpf_task_storage_get(&pending_large, task, 0, flags);
}

/* Where the record of a call that was entered is to be built; NULL where there is no memory. */
static __always_inline struct pending *pending_begin(void)
{
	if (spec.subject == SPEC_SUBJECT_SYSTEM_CALL)
		return pending_of_thread(BPF_LOCAL_STORAGE_GET_F_CREATE);
	return pending_scratch();
}

/* Keeps a record that was begun until its call returns. */
static __always_inline void pending_keep(struct pending *pending, const struct call *call)
{
	struct pending_key key = { call->frame, call->target };

	if (spec.subject == SPEC_SUBJECT_SYSTEM_CALL) {
		if (pending->active)
			COUNT_LOSS(pending_stale);
		pending->active = 1;
	} else if (bpf_map_update_elem(&frames, &key, pending, BPF_NOEXIST)) {
		/* Its place is taken, or there is no memory. */
		if (bpf_map_update_elem(&frames, &key, pending, BPF_EXIST)) {
			COUNT_LOSS(pending_full);
			return;
		}
		COUNT_LOSS(pending_stale);
	}
	COUNT(pending_begun);
}

/* The record of a call that returns now; NULL where its entry was not seen. */
static __always_inline struct pending *pending_find(const struct call *call)
{
	struct pending_key key = { call->frame, call->target };
	struct pending *pending;

	if (spec.subject != SPEC_SUBJECT_SYSTEM_CALL)
		return bpf_map_lookup_elem(&frames, &key);
	pending = pending_of_thread(0);
	return pending && pending->active ? pending : 0;
}

/* The record was sent. */
static __always_inline void pending_end(struct pending *pending, const struct call *call)
{
	struct pending_key key = { call->frame, call->target };

	if (spec.subject == SPEC_SUBJECT_SYSTEM_CALL)
		pending->active = 0;
	else
		bpf_map_delete_elem(&frames, &key);
	COUNT(pending_ended);
}

#endif
