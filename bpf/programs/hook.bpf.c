// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* hook.bpf.c - every policy hook: one entry point per attach method, one body. */
#include "hook.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* syscalls:sys_enter_*, one per system call. */
SEC("tp")
int syscall_enter(struct syscall_enter_context *context)
{
	__u64 ids = bpf_get_current_pid_tgid();
	struct call call = { CALL_SYSCALL_ENTER, context, ids, 0 };

	return hook_wants_entry(ids) ? hook_entered(&call) : 0;
}

/*
 * syscalls:sys_exit_*. The caller's registers still hold the parameters, so a
 * hook that reads no memory at entry needs only this one.
 */
SEC("tp")
int syscall_exit(struct syscall_exit_context *context)
{
	struct call call = { CALL_USER_REGISTERS, 0, bpf_get_current_pid_tgid(), context->result };

	if (!hook_wants_return(call.ids, call.result))
		return 0;
	call.from = (const void *)bpf_task_pt_regs(bpf_get_current_task_btf());
	return hook_returned(&call);
}
