/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* pair.h - a record that is begun when a call is entered, and sent when it returns. */
#ifndef MARTLET_PAIR_H
#define MARTLET_PAIR_H

#include "emit.h"

/* Appends what is read at entry, and leaves out what cannot be read yet. */
static __always_inline void pair_append_entry(struct pending *pending, const struct call *call)
{
	__u8 *record = PENDING_RECORD(pending);
	__u32 size = sizeof(struct wire_call), unread = 0;

#pragma unroll
	for (int i = 0; i < SPEC_ARGUMENTS; i++) {
		__u32 before = size;

		if (spec.arguments[i].type == WIRE_TYPE_NONE ||
		    spec.arguments[i].moment != SPEC_MOMENT_ENTRY)
			continue;
		size = emit_argument(record, size, &spec.arguments[i], call);
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
static __always_inline __u32 pair_append_unread(struct pending *pending, const struct call *call)
{
	__u32 size = pending->size;

#pragma unroll
	for (int i = 0; i < SPEC_ARGUMENTS; i++)
		if (TYPE_IN_MEMORY(spec.arguments[i].type) &&
		    spec.arguments[i].moment == SPEC_MOMENT_ENTRY && (pending->unread & 1u << i))
			size = emit_argument(PENDING_RECORD(pending), size, &spec.arguments[i],
					     call);
	return size;
}

/* Keeps what the call's return needs and only its entry can tell. */
static __always_inline void pair_enter(const struct call *call)
{
	struct pending *pending = pending_begin();

	if (!pending) {
		COUNT_LOSS(pending_full);
		return;
	}
	if (call->source == CALL_FUNCTION_REGISTERS)
#pragma unroll
		for (int i = 0; i < CALL_PARAMETERS; i++)
			pending->parameters[i] = call_parameter(call, i);
	pair_append_entry(pending, call);
	pending->selector = call->selector;
	pending->enforcement = call->enforcement;
	pending_keep(pending, call);
}

/* Completes the record and sends it. */
static __always_inline void pair_finish(struct pending *pending, struct call *call)
{
	__u8 *record = PENDING_RECORD(pending);
	__u32 size;

	if (call->source == CALL_SAVED)
		call->from = pending->parameters;
	call->selector = pending->selector;
	call->enforcement = pending->enforcement;
	size = pair_append_unread(pending, call);
	size = emit_arguments(record, size, call, MOMENT_RETURN);
	size = emit_result(record, size, call);
	emit_send(record, size, call);
	pending_end(pending, call);
}

#endif
