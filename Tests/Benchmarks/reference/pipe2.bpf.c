// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * pipe2.bpf.c - reports pipe2(2) of one process, written by hand for that alone.
 *
 * Its programs, of which the loader attaches those of one way (reference.c):
 *
 *   exit_only, call_*     read the parameters from the caller's registers when the system
 *                         call returns
 *   entered + returned, function_entered_* + function_returned_*
 *                         keep the parameters in a hash map from entry to return
 *   function_fexit        has the parameters from the trampoline
 *   flags_*               report the call when it is entered, with its flags alone
 */
#include <linux/ptrace.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "event.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile __u32 only_tgid = 0;
const volatile __u64 wakeup = 0; /* flags of bpf_ringbuf_submit */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024); /* as the service's */
} events SEC(".maps");

__u64 lost = 0; /* one caller, so it needs no atomic */

struct parameters {
	const void *fds;
	__s32 flags;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32);
	__type(value, struct parameters);
} calls SEC(".maps");

struct enter_context {
	__u64 common;
	__u64 number;
	const void *fds;
	__u64 flags;
};

struct exit_context {
	__u64 common;
	__u64 number;
	__s64 result;
};

static __always_inline int report(__u64 ids, const void *fds, __s32 flags, __s32 result)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event) {
		lost++;
		return 0;
	}
	event->time_ns = bpf_ktime_get_boot_ns();
	event->tgid = ids >> 32;
	event->tid = (__u32)ids;
	event->result = result;
	event->flags = flags;
	if (result < 0 || bpf_probe_read_user(event->fds, sizeof(event->fds), fds))
		event->fds[0] = event->fds[1] = -1;
	bpf_ringbuf_submit(event, wakeup);
	return 0;
}

SEC("tp/syscalls/sys_exit_pipe2")
int exit_only(struct exit_context *context)
{
	__u64 ids = bpf_get_current_pid_tgid();
	struct pt_regs *registers;

	if (ids >> 32 != only_tgid)
		return 0;
	registers = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	return report(ids, (const void *)PT_REGS_PARM1_SYSCALL(registers),
		      PT_REGS_PARM2_SYSCALL(registers), context->result);
}

/* Keeps the parameters until the call returns. */
static __always_inline int keep(const void *fds, __s32 flags)
{
	struct parameters parameters = { fds, flags };
	__u64 ids = bpf_get_current_pid_tgid();
	__u32 tid = ids;

	if (ids >> 32 != only_tgid)
		return 0;
	bpf_map_update_elem(&calls, &tid, &parameters, BPF_ANY);
	return 0;
}

static __always_inline int report_kept(__s32 result)
{
	__u64 ids = bpf_get_current_pid_tgid();
	__u32 tid = ids;
	struct parameters *found;
	struct parameters parameters;

	if (ids >> 32 != only_tgid)
		return 0;
	found = bpf_map_lookup_elem(&calls, &tid);
	if (!found)
		return 0;
	parameters = *found;
	bpf_map_delete_elem(&calls, &tid);
	return report(ids, parameters.fds, parameters.flags, result);
}

SEC("tp/syscalls/sys_enter_pipe2")
int entered(struct enter_context *context)
{
	return keep(context->fds, context->flags);
}

SEC("tp/syscalls/sys_exit_pipe2")
int returned(struct exit_context *context)
{
	return report_kept(context->result);
}

/* The function that serves the system call, which is passed the caller's registers. */
SEC("fexit/__x64_sys_pipe2")
int call_fexit(__u64 *context)
{
	const struct pt_regs *registers = (const struct pt_regs *)context[0];
	__u64 ids = bpf_get_current_pid_tgid();

	if (ids >> 32 != only_tgid)
		return 0;
	return report(ids, (const void *)PT_REGS_PARM1_SYSCALL(registers),
		      PT_REGS_PARM2_SYSCALL(registers), context[1]);
}

static __always_inline int report_call(struct pt_regs *context)
{
	__u64 ids = bpf_get_current_pid_tgid();
	struct pt_regs *registers;

	if (ids >> 32 != only_tgid)
		return 0;
	registers = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	return report(ids, (const void *)PT_REGS_PARM1_SYSCALL(registers),
		      PT_REGS_PARM2_SYSCALL(registers), PT_REGS_RC(context));
}

SEC("kretprobe/__x64_sys_pipe2")
int call_kretprobe(struct pt_regs *context)
{
	return report_call(context);
}

SEC("kretprobe.multi/__x64_sys_pipe2")
int call_kretprobe_multi(struct pt_regs *context)
{
	return report_call(context);
}

/* The function behind it: do_pipe2(fds, flags). */
SEC("fexit/do_pipe2")
int function_fexit(__u64 *context)
{
	__u64 ids = bpf_get_current_pid_tgid();

	if (ids >> 32 != only_tgid)
		return 0;
	return report(ids, (const void *)context[0], context[1], context[2]);
}

#define FUNCTION_PAIR(name, entry, exit) \
	SEC(entry "/do_pipe2") \
	int function_entered_##name(struct pt_regs *context) \
	{ \
		return keep((const void *)PT_REGS_PARM1(context), PT_REGS_PARM2(context)); \
	} \
	SEC(exit "/do_pipe2") \
	int function_returned_##name(struct pt_regs *context) \
	{ \
		return report_kept(PT_REGS_RC(context)); \
	}

FUNCTION_PAIR(kprobe, "kprobe", "kretprobe")
FUNCTION_PAIR(multi, "kprobe.multi", "kretprobe.multi")

static __always_inline int report_flags(__s32 flags)
{
	__u64 ids = bpf_get_current_pid_tgid();
	struct event *event;

	if (ids >> 32 != only_tgid)
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		lost++;
		return 0;
	}
	event->time_ns = bpf_ktime_get_boot_ns();
	event->tgid = ids >> 32;
	event->tid = (__u32)ids;
	event->result = 0;
	event->flags = flags;
	event->fds[0] = event->fds[1] = -1;
	bpf_ringbuf_submit(event, wakeup);
	return 0;
}

SEC("fentry/do_pipe2")
int flags_fentry(__u64 *context)
{
	return report_flags(context[1]);
}

SEC("kprobe/do_pipe2")
int flags_kprobe(struct pt_regs *context)
{
	return report_flags(PT_REGS_PARM2(context));
}

SEC("kprobe.multi/do_pipe2")
int flags_multi(struct pt_regs *context)
{
	return report_flags(PT_REGS_PARM2(context));
}
