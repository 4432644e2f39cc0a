/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * hook.h - what a hook does when its function is called and when it returns.
 *
 * One body for every attach method and every policy. `spec` is frozen before
 * loading, so what a policy does not use is not in the program that runs.
 */
#ifndef MARTLET_HOOK_H
#define MARTLET_HOOK_H

#include "arguments.h"
#include "filters.h"
#include "pending.h"
#include "record.h"

const volatile struct hook_spec spec SEC(".rodata.spec") = {};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_counters);
} counters SEC(".maps");

/*
 * Where a record of varying size is built when it is sent at once. One per CPU
 * serves: nothing re-enters a system-call tracepoint on its CPU.
 */
struct scratch {
	__u8 record[SPEC_BUFFER_LARGE];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratch SEC(".maps");

#define COUNT(field) \
	do { \
		__u32 zero = 0; \
		struct wire_counters *set = bpf_map_lookup_elem(&counters, &zero); \
		if (set) \
			set->field++; \
	} while (0)

static __always_inline bool hook_takes_call(__u64 ids)
{
	__u32 tgid = ids >> 32;
	__u64 *sets = 0;

	if (!spec.selector_count)
		return true;
	if (spec.follows)
		sets = bpf_map_lookup_elem(&process_sets, &tgid);
	return selectors_take(&spec, tgid, sets ? *sets : 0);
}

static __always_inline void hook_header(void *record, __u32 size, __u64 ids)
{
	struct wire_call *header = record;

	record_header(&header->header, WIRE_KIND_CALL, size, ids);
	header->hook = spec.hook;
	header->value_count = spec.value_count;
}

/* Sends a record whose size the spec knows: built in place, in the ring. */
static __always_inline void hook_send_fixed(const struct call *call)
{
	void *record = bpf_ringbuf_reserve(&events, spec.record_size, 0);

	if (!record) {
		COUNT(ring_full);
		return;
	}
	hook_header(record, spec.record_size, call->ids);
#pragma unroll
	for (int i = 0; i < SPEC_ARGUMENTS; i++)
		if (spec.arguments[i].type != WIRE_TYPE_NONE)
			argument_read(record + spec.arguments[i].offset, &spec.arguments[i], call,
				      call_parameter(call, spec.arguments[i].parameter));
	if (spec.result.type != WIRE_TYPE_NONE)
		argument_read(record + spec.result.offset, &spec.result, call, call->result);
	bpf_ringbuf_submit(record, record_wakeup());
	COUNT(sent);
}

/* A size that no buffer holds: what comes after it is not appended, and the record is not sent. */
#define RECORD_TOO_LARGE (~0u)

/* Appends one value at `size` and returns the size with it. */
static __always_inline __u32 hook_append(__u8 *record, __u32 size,
					 const volatile struct spec_argument *argument,
					 const struct call *call, __u64 word)
{
	struct wire_value *value;
	__u32 room;

	/*
	 * The buffer was chosen to hold the largest record; the verifier needs to hear it. Not `size`:
	 * Linux 6.1 follows a size that is too large for one value into the room of the next.
	 */
	if (size > spec.buffer_size - sizeof(*value) - argument->room)
		return RECORD_TOO_LARGE;
	value = (struct wire_value *)(record + size);
	argument_read(value, argument, call, word);
	room = (value->size + 7) & ~7u;
	value->room = room;
	if (room > argument->room)
		return RECORD_TOO_LARGE;
	return size + sizeof(*value) + room;
}

#define MOMENT_ENTRY (1u << SPEC_MOMENT_ENTRY)
#define MOMENT_RETURN (1u << SPEC_MOMENT_RETURN)

/* Appends the arguments that are read at these moments. */
static __always_inline __u32 hook_append_arguments(__u8 *record, __u32 size, const struct call *call,
						   __u32 moments)
{
#pragma unroll
	for (int i = 0; i < SPEC_ARGUMENTS; i++)
		if (spec.arguments[i].type != WIRE_TYPE_NONE &&
		    (moments & 1u << spec.arguments[i].moment))
			size = hook_append(record, size, &spec.arguments[i], call,
					   call_parameter(call, spec.arguments[i].parameter));
	return size;
}

static __always_inline void hook_send(void *record, __u32 size, __u64 ids)
{
	if (size > spec.buffer_size)
		return; /* cannot happen; the verifier needs to hear it */
	hook_header(record, size, ids);
	if (bpf_ringbuf_output(&events, record, size, record_wakeup()))
		COUNT(ring_full);
	else
		COUNT(sent);
}

/* Reads and sends everything now. */
static __always_inline void hook_report(const struct call *call)
{
	__u32 zero = 0, size = sizeof(struct wire_call);
	struct scratch *buffer;

	if (spec.record_size) {
		hook_send_fixed(call);
		return;
	}
	buffer = bpf_map_lookup_elem(&scratch, &zero);
	if (!buffer)
		return; /* cannot happen: index 0 of a per-CPU array of 1 */
	size = hook_append_arguments(buffer->record, size, call, MOMENT_ENTRY | MOMENT_RETURN);
	if (spec.result.type != WIRE_TYPE_NONE)
		size = hook_append(buffer->record, size, &spec.result, call, call->result);
	hook_send(buffer->record, size, call->ids);
}

/* Appends what is read at entry, and leaves out what cannot be read yet. */
static __always_inline void hook_append_entry(struct pending *pending, const struct call *call)
{
	__u8 *record = (__u8 *)(pending + 1);
	__u32 size = sizeof(struct wire_call), unread = 0;

#pragma unroll
	for (int i = 0; i < SPEC_ARGUMENTS; i++) {
		__u32 before = size;

		if (spec.arguments[i].type == WIRE_TYPE_NONE ||
		    spec.arguments[i].moment != SPEC_MOMENT_ENTRY)
			continue;
		size = hook_append(record, size, &spec.arguments[i], call,
				   call_parameter(call, spec.arguments[i].parameter));
		if (TYPE_IN_MEMORY(spec.arguments[i].type) && size != RECORD_TOO_LARGE &&
		    before <= spec.buffer_size - sizeof(struct wire_value) &&
		    ((struct wire_value *)(record + before))->status == WIRE_STATUS_FAULT) {
			size = before;
			unread |= 1u << i;
		}
	}
	pending->size = size;
	pending->unread = unread;
}

/* Appends what could not be read at entry, and returns the record's size with it. */
static __always_inline __u32 hook_append_unread(struct pending *pending, const struct call *call)
{
	__u32 size = pending->size;

#pragma unroll
	for (int i = 0; i < SPEC_ARGUMENTS; i++)
		if (TYPE_IN_MEMORY(spec.arguments[i].type) &&
		    spec.arguments[i].moment == SPEC_MOMENT_ENTRY && (pending->unread & 1u << i))
			size = hook_append((__u8 *)(pending + 1), size, &spec.arguments[i], call,
					   call_parameter(call, spec.arguments[i].parameter));
	return size;
}

static __always_inline void hook_begin_pending(const struct call *call)
{
	struct pending *pending = pending_get(spec.buffer_size, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!pending) {
		COUNT(pending_full);
		return;
	}
	hook_append_entry(pending, call);
	pending->active = 1;
}

static __always_inline void hook_finish_pending(const struct call *call)
{
	struct pending *pending = pending_get(spec.buffer_size, 0);
	__u8 *record;
	__u32 size;

	if (!pending || !pending->active) {
		if (hook_takes_call(call->ids))
			COUNT(pending_missed);
		return;
	}
	pending->active = 0;
	record = (__u8 *)(pending + 1);
	size = hook_append_unread(pending, call);
	size = hook_append_arguments(record, size, call, MOMENT_RETURN);
	if (spec.result.type != WIRE_TYPE_NONE)
		size = hook_append(record, size, &spec.result, call, call->result);
	hook_send(record, size, call->ids);
}

/*
 * Whether the entry program has to look at the call's parameters. Asked before
 * they are looked for: most calls end here.
 */
static __always_inline bool hook_wants_entry(__u64 ids)
{
	if (hook_takes_call(ids))
		return true;
	COUNT(filtered);
	return false;
}

/* The same at return; a pair's filter has spoken at entry. */
static __always_inline bool hook_wants_return(__u64 ids, __s64 result)
{
	if (spec.ignores_zero && !result)
		return false;
	return spec.shape == SPEC_SHAPE_PAIR || hook_wants_entry(ids);
}

/* The function was called, and the call is wanted. */
static __always_inline int hook_entered(const struct call *call)
{
	if (spec.shape == SPEC_SHAPE_PAIR)
		hook_begin_pending(call);
	else
		hook_report(call);
	return 0;
}

/* The function returned, and the return is wanted. */
static __always_inline int hook_returned(const struct call *call)
{
	if (spec.shape == SPEC_SHAPE_PAIR)
		hook_finish_pending(call);
	else
		hook_report(call);
	return 0;
}

#endif
