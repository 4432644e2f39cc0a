/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* arguments.h - reads one argument of a call into a record. */
#ifndef MARTLET_ARGUMENTS_H
#define MARTLET_ARGUMENTS_H

#include "call.h"
#include "counters.h"

/* Linux reports errors as the last page of numbers. */
#define CALL_FAILED(result) ((__u64)(result) >= (__u64)-4095)

/* The value is what a pointer leads to, and not the parameter itself. */
#define TYPE_IN_MEMORY(type) ((type) == WIRE_TYPE_STRING || (type) == WIRE_TYPE_INT32_ARR)

/* A value in the making: its header, and the payload behind it. */
struct slot {
	struct wire_value *value;
	__u8 *payload;
};

static __always_inline struct slot slot_begin(void *at, const volatile struct spec_argument *argument)
{
	struct slot slot = { at, (__u8 *)at + sizeof(struct wire_value) };

	slot.value->position = argument->position;
	slot.value->type = argument->type;
	slot.value->status = WIRE_STATUS_OK;
	slot.value->reserved = 0;
	slot.value->size = 0;
	slot.value->room = argument->room;
	slot.value->length = 0;
	return slot;
}

/* One byte more than is reported tells a text that fits exactly from one that was cut. */
#define STRING_READ (WIRE_STRING_MAX + 2)

/* Memory of the caller; of the kernel too, where one kernel function calls another. */
static __always_inline bool memory_is_kernel(__u64 pointer)
{
	return spec.subject != SPEC_SUBJECT_SYSTEM_CALL && ADDRESS_IN_KERNEL(pointer);
}

static __always_inline void string_read(struct slot slot, const void *from, bool is_kernel)
{
	long copied = is_kernel ? bpf_probe_read_kernel_str(slot.payload, STRING_READ, from)
				: bpf_probe_read_user_str(slot.payload, STRING_READ, from);

	if (copied < 0) {
		slot.value->status = WIRE_STATUS_FAULT;
	} else if (copied > WIRE_STRING_MAX + 1) {
		slot.value->status = WIRE_STATUS_TRUNCATED;
		slot.value->size = WIRE_STRING_MAX;
	} else if (copied) {
		slot.value->size = copied - 1;
	} /* else nothing, not even a terminator: what Linux 6.1 says of an empty text */
}

/* A text that stands in a tracepoint's record itself. */
static __always_inline void record_text_read(struct slot slot, const struct call *call,
					     const volatile struct spec_argument *argument)
{
	const void *text = call->from + argument->field_offset;
	__u32 location = 0;

	if (argument->field_size == SPEC_FIELD_LOCATION) {
		bpf_probe_read_kernel(&location, sizeof(location), text);
		text = call->from + (location & 0xffff);
	}
	string_read(slot, text, true);
}

/* Elements that the call means, before any bound of ours. Never negative. */
static __always_inline __u32 element_count(const volatile struct spec_argument *argument,
					   const struct call *call)
{
	__s32 count = argument->count;

	if (argument->count_rule == SPEC_COUNT_FIXED)
		return count;
	count = (__s32)call_parameter(call, argument->count);
	if (argument->count_rule == SPEC_COUNT_RETURN && call->result < count)
		count = (__s32)call->result;
	return count < 0 ? 0 : count;
}

static __always_inline void int32_arr_read(struct slot slot, __u64 pointer,
					   const volatile struct spec_argument *argument,
					   const struct call *call)
{
	__u32 count = element_count(argument, call);

	/* One register from here on: the verifier must see that what is compared is what is used. */
	asm volatile("" : "+r"(count));
	if (count > WIRE_INT32_ARR_MAX) {
		slot.value->status = WIRE_STATUS_TRUNCATED;
		slot.value->length = count;
		count = WIRE_INT32_ARR_MAX;
	}
	*(__u32 *)slot.payload = count;
	if (memory_is_kernel(pointer)
		    ? bpf_probe_read_kernel(slot.payload + 4, count * 4, (const void *)pointer)
		    : bpf_probe_read_user(slot.payload + 4, count * 4, (const void *)pointer)) {
		slot.value->status = WIRE_STATUS_FAULT;
		return;
	}
	slot.value->size = 4 + count * 4;
}

#define TEXT_IN_RECORD(call, argument) \
	((call)->source == CALL_RECORD && (argument)->type == WIRE_TYPE_STRING && \
	 (argument)->field_size != 8)

/* Writes the value of `argument` at `at`, which has room for the largest. */
static __always_inline void argument_read(void *at, const volatile struct spec_argument *argument,
					  const struct call *call, __u64 word)
{
	struct slot slot = slot_begin(at, argument);
	__u8 type = argument->type;

	if (!TYPE_IN_MEMORY(type)) {
		*(__u64 *)slot.payload = word;
		slot.value->size = 8;
	} else if (argument->moment == SPEC_MOMENT_RETURN && CALL_FAILED(call->result)) {
		slot.value->status = WIRE_STATUS_NOT_WRITTEN;
	} else if (!word) {
		slot.value->status = WIRE_STATUS_NULL;
	} else if (type == WIRE_TYPE_STRING) {
		string_read(slot, (const void *)word, memory_is_kernel(word));
	} else {
		int32_arr_read(slot, word, argument, call);
	}
}

/* The same, of what the call has in the argument's place. */
static __always_inline void argument_read_from(void *at,
					       const volatile struct spec_argument *argument,
					       const struct call *call)
{
	if (TEXT_IN_RECORD(call, argument))
		record_text_read(slot_begin(at, argument), call, argument);
	else
		argument_read(at, argument, call, call_value(call, argument));
}

#endif
