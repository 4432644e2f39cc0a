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
	CALL_SYSCALL_ENTER,  /* the context of syscalls:sys_enter_* */
	CALL_USER_REGISTERS, /* struct user_registers of the current thread */
};

struct call {
	enum call_source source;
	const void *from;
	__u64 ids;    /* bpf_get_current_pid_tgid() */
	__s64 result; /* at return */
};

/* syscalls:sys_enter_* and sys_exit_*, from the kernel's struct syscall_trace_enter. */
struct syscall_enter_context {
	__u64 common;
	__u64 number;
	__u64 parameters[6];
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
		 : CALL_WORD((call)->from, USER_PARAMETER_##n))

static __always_inline __u64 call_parameter(const struct call *call, __u32 index)
{
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

#endif
