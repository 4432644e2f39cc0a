/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* emit.h - the record of a call: put together, and sent. */
#ifndef MARTLET_EMIT_H
#define MARTLET_EMIT_H

#include "arguments.h"
#include "pending.h"
#include "record.h"

static __always_inline void emit_header(void *record, __u32 size, const struct call *call)
{
	struct wire_call *header = record;

	record_header(&header->header, WIRE_KIND_CALL, size, call->ids);
	header->hook = spec.hook;
	header->target = call->target;
	header->selector = call->selector;
	header->enforcement = call->enforcement;
}

/* Sends a record whose size the spec knows: built in place, in the ring. */
static __always_inline void emit_fixed(const struct call *call)
{
	void *record = bpf_ringbuf_reserve(&events, spec.record_size, 0);

	if (!record) {
		COUNT_LOSS(ring_full);
		return;
	}
	emit_header(record, spec.record_size, call);
#pragma unroll
	for (int i = 0; i < SPEC_ARGUMENTS; i++)
		if (spec.arguments[i].type != WIRE_TYPE_NONE)
			argument_read_from(record + spec.arguments[i].offset, &spec.arguments[i],
					   call);
	if (spec.result.type != WIRE_TYPE_NONE)
		argument_read(record + spec.result.offset, &spec.result, call, call->result);
	bpf_ringbuf_submit(record, record_wakeup());
	COUNT(sent);
}

/* A size that no buffer holds: what comes after it is not appended, and the record is not sent. */
#define RECORD_TOO_LARGE (~0u)

/* Whether a value of this argument still fits behind `size`. */
static __always_inline bool emit_fits(__u32 size, const volatile struct spec_argument *argument)
{
	/*
	 * The buffer was chosen to hold the largest record; the verifier needs to hear it. Not `size`:
	 * Linux 6.1 follows a size that is too large for one value into the room of the next.
	 */
	return size <= spec.buffer_size - sizeof(struct wire_value) - argument->room;
}

/* The record's size with a value that was written at `size`. */
static __always_inline __u32 emit_close(__u8 *record, __u32 size,
					const volatile struct spec_argument *argument)
{
	struct wire_value *value = (struct wire_value *)(record + size);
	__u32 room = (value->size + 7) & ~7u;

	value->room = room;
	if (room > argument->room)
		return RECORD_TOO_LARGE;
	return size + sizeof(*value) + room;
}

/* Appends one argument at `size` and returns the size with it. */
static __always_inline __u32 emit_argument(__u8 *record, __u32 size,
					   const volatile struct spec_argument *argument,
					   const struct call *call)
{
	if (!emit_fits(size, argument))
		return RECORD_TOO_LARGE;
	argument_read_from(record + size, argument, call);
	return emit_close(record, size, argument);
}

#define MOMENT_ENTRY (1u << SPEC_MOMENT_ENTRY)
#define MOMENT_RETURN (1u << SPEC_MOMENT_RETURN)

/* Appends the arguments that are read at these moments. */
static __always_inline __u32 emit_arguments(__u8 *record, __u32 size, const struct call *call,
					    __u32 moments)
{
#pragma unroll
	for (int i = 0; i < SPEC_ARGUMENTS; i++)
		if (spec.arguments[i].type != WIRE_TYPE_NONE &&
		    (moments & 1u << spec.arguments[i].moment))
			size = emit_argument(record, size, &spec.arguments[i], call);
	return size;
}

/* Appends the result, where it is asked for. */
static __always_inline __u32 emit_result(__u8 *record, __u32 size, const struct call *call)
{
	if (spec.result.type == WIRE_TYPE_NONE)
		return size;
	if (!emit_fits(size, &spec.result))
		return RECORD_TOO_LARGE;
	argument_read(record + size, &spec.result, call, call->result);
	return emit_close(record, size, &spec.result);
}

static __always_inline void emit_send(void *record, __u32 size, const struct call *call)
{
	if (size > spec.buffer_size)
		return; /* cannot happen; the verifier needs to hear it */
	emit_header(record, size, call);
	if (bpf_ringbuf_output(&events, record, size, record_wakeup()))
		COUNT_LOSS(ring_full);
	else
		COUNT(sent);
}

/* Reads and sends everything now. */
static __always_inline void emit_now(const struct call *call)
{
	__u32 size = sizeof(struct wire_call);
	struct pending *buffer;
	__u8 *record;

	if (spec.record_size) {
		emit_fixed(call);
		return;
	}
	buffer = pending_scratch();
	if (!buffer)
		return; /* cannot happen: index 0 of a per-CPU array of 1 */
	record = PENDING_RECORD(buffer);
	size = emit_arguments(record, size, call, MOMENT_ENTRY | MOMENT_RETURN);
	size = emit_result(record, size, call);
	emit_send(record, size, call);
}

#endif
