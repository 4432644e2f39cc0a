/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * call.h - a call of a hooked function, whatever attached the program.
 *
 * The parameters of a call are read where they still are: each source needs
 * its words at constant offsets, and words that the spec does not name must be
 * dead code, because the verifier refuses reads beyond a tracepoint's fields.
 */
#ifndef MARTLET_CALL_H
#define MARTLET_CALL_H

#include "kernel.h"
#include "spec.h"

enum call_source {
	CALL_SYSCALL_ENTER,      /* the context of syscalls:sys_enter_* */
	CALL_USER_REGISTERS,     /* struct registers of the current thread, as user space left them */
	CALL_FUNCTION_REGISTERS, /* struct registers where a kernel function begins */
	CALL_SAVED,              /* words that the entry program kept: pending.parameters */
	CALL_TRAMPOLINE,         /* the context of fentry and fexit */
	CALL_RECORD,             /* a tracepoint's record */
	CALL_WORDS,              /* the context of a raw tracepoint: its parameters */
};

struct call {
	enum call_source source;
	const void *from;
	__u64 ids;    /* bpf_get_current_pid_tgid() */
	__u64 frame;  /* tells calls apart that are under way at the same time */
	__s64 result; /* at return */
	__u16 target; /* wire_call.target */
	__u8 selector;
	__u8 enforcement;
};

#define CALL_PARAMETERS 6

/* syscalls:sys_enter_* and sys_exit_*, from the kernel's struct syscall_trace_enter. */
struct syscall_enter_context {
	__u64 common;
	__u64 number;
	__u64 parameters[CALL_PARAMETERS];
};

struct syscall_exit_context {
	__u64 common;
	__u64 number;
	__s64 result;
};

/* One word, at an offset that the compiler may neither merge nor move. */
#define CALL_WORD(from, offset) \
	({ \
		__u64 word; \
		asm volatile("%0 = *(u64 *)(%1 + %2)" : "=r"(word) : "r"(from), "i"(offset)); \
		word; \
	})

#define CALL_PARAMETER(call, n) \
	((call)->source == CALL_SYSCALL_ENTER \
		 ? CALL_WORD((call)->from, offsetof(struct syscall_enter_context, parameters[n])) \
	 : (call)->source == CALL_USER_REGISTERS ? CALL_WORD((call)->from, USER_PARAMETER_##n) \
	 : (call)->source == CALL_FUNCTION_REGISTERS \
		 ? CALL_WORD((call)->from, FUNCTION_PARAMETER_##n) \
		 : CALL_WORD((call)->from, n * 8))

/* A word of the trampoline's context is typed by the function; the helper gives a plain number. */
static __always_inline __u64 trampoline_parameter(const struct call *call, __u32 index)
{
	__u64 word = 0;

	bpf_get_func_arg((void *)call->from, index, &word);
	return word;
}

static __always_inline __u64 call_parameter(const struct call *call, __u32 index)
{
	if (call->source == CALL_TRAMPOLINE)
		return trampoline_parameter(call, index);
	switch (index) {
	case 0:
		return CALL_PARAMETER(call, 0);
	case 1:
		return CALL_PARAMETER(call, 1);
	case 2:
		return CALL_PARAMETER(call, 2);
	case 3:
		return CALL_PARAMETER(call, 3);
	case 4:
		return CALL_PARAMETER(call, 4);
	default:
		return CALL_PARAMETER(call, 5);
	}
}

#define CALL_WORD_CASE(n) \
	case n: \
		return CALL_WORD(call->from, n * 8)

/* The same of a raw tracepoint, which may have more. */
static __always_inline __u64 call_word(const struct call *call, __u32 index)
{
	switch (index) {
		CALL_WORD_CASE(0);
		CALL_WORD_CASE(1);
		CALL_WORD_CASE(2);
		CALL_WORD_CASE(3);
		CALL_WORD_CASE(4);
		CALL_WORD_CASE(5);
		CALL_WORD_CASE(6);
		CALL_WORD_CASE(7);
		CALL_WORD_CASE(8);
		CALL_WORD_CASE(9);
		CALL_WORD_CASE(10);
		CALL_WORD_CASE(11);
	}
	return 0;
}

/* A field of a tracepoint's record. Its context has no constant offset that all tracepoints share. */
static __always_inline __u64 call_field(const struct call *call,
					const volatile struct spec_argument *argument)
{
	__u64 word = 0;

	bpf_probe_read_kernel(&word, argument->field_size, call->from + argument->field_offset);
	return word;
}

/* What the call has in the place of `argument`: its value, or where that is. */
static __always_inline __u64 call_value(const struct call *call,
					const volatile struct spec_argument *argument)
{
	if (call->source == CALL_RECORD)
		return call_field(call, argument);
	if (call->source == CALL_WORDS)
		return call_word(call, argument->parameter);
	return call_parameter(call, argument->parameter);
}

#endif
