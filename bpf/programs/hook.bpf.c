// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * hook.bpf.c - every policy hook: one entry point per attach method, one body.
 *
 * The template that is parsed at start has an empty spec, in which every branch
 * is dead that the type of a template does not allow: fentry and fexit, which
 * cannot be loaded without their function, stand here as raw tracepoints.
 */
#include "hook.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Where a call is entered: begins `call`, or ends the program. */
#define ENTER(context, chain) \
	struct call call = {}; \
	if (!TURN_IS_MINE(context, chain, SPEC_CHAINED_ENTRY)) \
		return 0; \
	call.ids = bpf_get_current_pid_tgid(); \
	if (!hook_takes(&call)) \
		return 0; \
	call.target = hook_target(context)

/* Where a call returns; `value` is read only where it is this program's to say. */
#define RETURN(context, chain, value) \
	struct call call = {}; \
	if (!HOOK_RETURN_IS_MINE(context, chain)) \
		return 0; \
	call.ids = bpf_get_current_pid_tgid(); \
	call.result = value; \
	if (!hook_wants_return(&call)) \
		return 0; \
	call.target = hook_target(context)

/* syscalls:sys_enter_*, one per system call. */
SEC("tp")
int syscall_enter(struct syscall_enter_context *context)
{
	ENTER(context, &tp_chain);
	call.source = spec.many ? CALL_USER_REGISTERS : CALL_SYSCALL_ENTER;
	call.from = spec.many ? hook_caller() : context;
	return hook_entered(&call);
}

/*
 * syscalls:sys_exit_*. The caller's registers still hold the parameters, so a
 * hook that reads no memory at entry needs only this one.
 */
SEC("tp")
int syscall_exit(struct syscall_exit_context *context)
{
	RETURN(context, &tp_chain, context->result);
	call.source = CALL_USER_REGISTERS;
	call.from = hook_caller();
	return HOOK_RETURNED(context, &tp_chain, &call);
}

/* The function that serves a system call, which is passed the caller's registers. */
SEC("kprobe")
int syscall_kprobe(struct registers *context)
{
	ENTER(context, &kprobe_chain);
	call.source = CALL_USER_REGISTERS;
	call.from = hook_caller();
	return hook_entered(&call);
}

SEC("kprobe")
int syscall_kretprobe(struct registers *context)
{
	RETURN(context, &kprobe_chain, FUNCTION_RESULT(context));
	call.source = CALL_USER_REGISTERS;
	call.from = hook_caller();
	return HOOK_RETURNED(context, &kprobe_chain, &call);
}

SEC("raw_tp")
int syscall_fentry(__u64 *context)
{
	ENTER(context, &raw_chain);
	call.source = CALL_USER_REGISTERS;
	call.from = hook_caller();
	return hook_entered(&call);
}

/* What the function returned. The template has no such helper, nor any hook. */
static __always_inline __s64 trampoline_result(__u64 *context)
{
	__u64 word = 0;

	if (spec.hook)
		bpf_get_func_ret(context, &word);
	return hook_result(word);
}

SEC("raw_tp")
int syscall_fexit(__u64 *context)
{
	RETURN(context, &raw_chain, trampoline_result(context));
	call.source = CALL_USER_REGISTERS;
	call.from = hook_caller();
	return HOOK_RETURNED(context, &raw_chain, &call);
}

/* Any kernel function, by a breakpoint or a call at its start. */
SEC("kprobe")
int function_kprobe(struct registers *context)
{
	ENTER(context, &kprobe_chain);
	call.source = CALL_FUNCTION_REGISTERS;
	call.from = context;
	call.frame = FUNCTION_FRAME_ENTERED(context);
	return hook_entered(&call);
}

/* Its registers are gone: what is asked of the parameters was saved at entry. */
SEC("kprobe")
int function_kretprobe(struct registers *context)
{
	RETURN(context, &kprobe_chain, hook_result(FUNCTION_RESULT(context)));
	call.source = CALL_SAVED;
	call.frame = FUNCTION_FRAME_RETURNED(context);
	return HOOK_RETURNED(context, &kprobe_chain, &call);
}

/* Any kernel function, by a BPF trampoline. */
SEC("raw_tp")
int function_fentry(__u64 *context)
{
	ENTER(context, &raw_chain);
	call.source = CALL_TRAMPOLINE;
	call.from = context;
	call.frame = (__u64)context;
	return hook_entered(&call);
}

/* The trampoline has kept the parameters, so most hooks need only this one. */
SEC("raw_tp")
int function_fexit(__u64 *context)
{
	RETURN(context, &raw_chain, trampoline_result(context));
	call.source = CALL_TRAMPOLINE;
	call.from = context;
	call.frame = (__u64)context;
	return HOOK_RETURNED(context, &raw_chain, &call);
}

/* Any tracepoint, with its record. */
SEC("tp")
int tracepoint(void *context)
{
	ENTER(context, &tp_chain);
	call.source = CALL_RECORD;
	call.from = context;
	return hook_entered(&call);
}

/* Any tracepoint, with its parameters. */
SEC("raw_tp")
int raw_tracepoint(__u64 *context)
{
	ENTER(context, &raw_chain);
	call.source = CALL_WORDS;
	call.from = context;
	return hook_entered(&call);
}
