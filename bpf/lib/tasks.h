/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* tasks.h - what a record says of a process besides texts. */
#ifndef MARTLET_TASKS_H
#define MARTLET_TASKS_H

#include "paths.h"

/* The cgroup of one of the hierarchies of version 1; NULL where it is not in use. */
#define cgroup_of_subsystem(sets, id)                                                             \
	({                                                                                        \
		struct cgroup_subsys_state *state = NULL;                                         \
		if (bpf_core_enum_value_exists(enum cgroup_subsys_id, id))                        \
			bpf_probe_read_kernel(                                                    \
				&state, sizeof(state),                                            \
				(void *)(sets) + bpf_core_field_offset(struct css_set, subsys) +  \
					sizeof(state) *                                           \
						bpf_core_enum_value(enum cgroup_subsys_id, id));  \
		state ? BPF_CORE_READ(state, cgroup, kn) : NULL;                                  \
	})

/*
 * The process's cgroup in the unified hierarchy; where that has nothing but its root, as on hosts
 * of version 1, in that of memory or pids.
 */
static __always_inline struct kernfs_node *task_cgroup(struct task_struct *task)
{
	struct css_set *sets = task->cgroups;
	struct kernfs_node *unified = BPF_CORE_READ(sets, dfl_cgrp, kn), *node;

	if (kernfs_parent(unified))
		return unified;
	node = cgroup_of_subsystem(sets, memory_cgrp_id);
	if (node && kernfs_parent(node))
		return node;
	node = cgroup_of_subsystem(sets, pids_cgrp_id);
	if (node && kernfs_parent(node))
		return node;
	return unified;
}

#define capability_bits(cred, set)                                                  \
	({                                                                          \
		__u64 bits = 0;                                                     \
		bpf_probe_read_kernel(&bits, sizeof(bits), &(cred)->set);           \
		bits;                                                               \
	})

static __always_inline void task_credentials(struct wire_credentials *into, struct cred *cred)
{
	into->uid = cred->uid.val;
	into->gid = cred->gid.val;
	into->euid = cred->euid.val;
	into->egid = cred->egid.val;
	into->suid = cred->suid.val;
	into->sgid = cred->sgid.val;
	into->fsuid = cred->fsuid.val;
	into->fsgid = cred->fsgid.val;
	into->securebits = cred->securebits;
	into->reserved = 0;
	into->permitted = capability_bits(cred, cap_permitted);
	into->effective = capability_bits(cred, cap_effective);
	into->inheritable = capability_bits(cred, cap_inheritable);
}

static __always_inline void task_namespaces(__u32 *into, struct nsproxy *proxy)
{
	into[WIRE_NAMESPACE_UTS] = proxy->uts_ns->ns.inum;
	into[WIRE_NAMESPACE_IPC] = proxy->ipc_ns->ns.inum;
	into[WIRE_NAMESPACE_MNT] = proxy->mnt_ns->ns.inum;
	into[WIRE_NAMESPACE_PID_FOR_CHILDREN] = proxy->pid_ns_for_children->ns.inum;
	into[WIRE_NAMESPACE_NET] = proxy->net_ns->ns.inum;
	into[WIRE_NAMESPACE_TIME] = proxy->time_ns->ns.inum;
	into[WIRE_NAMESPACE_TIME_FOR_CHILDREN] = proxy->time_ns_for_children->ns.inum;
	into[WIRE_NAMESPACE_CGROUP] = proxy->cgroup_ns->ns.inum;
}

/* Fills in the process that `task` belongs to: a leader, as at exec and when it is forked. */
static __always_inline void task_describe(struct wire_task *into, struct task_struct *task)
{
	/* Not task->thread_pid: older kernels refuse arithmetic on a pointer that they know. */
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	struct cred *cred = task->cred;
	struct upid own = {};

	into->start_ns = task->start_boottime;
	into->tgid = task->tgid;
	into->parent_tgid = task->real_parent->tgid;
	into->level = BPF_CORE_READ(pid, level);
	bpf_probe_read_kernel(&own, bpf_core_type_size(struct upid),
			      (void *)pid + bpf_core_field_offset(struct pid, numbers) +
				      bpf_core_type_size(struct upid) * into->level);
	into->inner_tgid = own.nr;
	into->auid = bpf_core_field_exists(task->loginuid) ? task->loginuid.val : ~0u;
	into->reserved = 0;
	into->cgroup = BPF_CORE_READ(task_cgroup(task), id);
	task_credentials(&into->credentials, cred);
	task_namespaces(into->namespaces, task->nsproxy);
	into->namespaces[WIRE_NAMESPACE_PID] = BPF_CORE_READ(own.ns, ns.inum);
	into->namespaces[WIRE_NAMESPACE_USER] = cred->user_ns->ns.inum;
}

#endif
