/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* kernel.h - only the fields that are read. CO-RE finds them by name at load time. */
#ifndef MARTLET_KERNEL_H
#define MARTLET_KERNEL_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>
#include <stddef.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	unsigned int val;
} kuid_t, kgid_t;

struct ns_common {
	unsigned int inum;
};

struct user_namespace {
	struct ns_common ns;
};

/* Its members have changed, its size has not: 64 bits, one for each capability. */
struct kernel_cap {
	__u64 bits;
};

struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t suid;
	kgid_t sgid;
	kuid_t euid;
	kgid_t egid;
	kuid_t fsuid;
	kgid_t fsgid;
	unsigned int securebits;
	struct kernel_cap cap_inheritable;
	struct kernel_cap cap_permitted;
	struct kernel_cap cap_effective;
	struct kernel_cap cap_ambient;
	struct user_namespace *user_ns;
};

struct signal_struct {
	atomic_t live;
	unsigned int flags;
	int group_exit_code;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct uts_namespace {
	struct ns_common ns;
};

struct ipc_namespace {
	struct ns_common ns;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct net {
	struct ns_common ns;
};

struct time_namespace {
	struct ns_common ns;
};

struct cgroup_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct uts_namespace *uts_ns;
	struct ipc_namespace *ipc_ns;
	struct mnt_namespace *mnt_ns;
	struct pid_namespace *pid_ns_for_children;
	struct net *net_ns;
	struct time_namespace *time_ns;
	struct time_namespace *time_ns_for_children;
	struct cgroup_namespace *cgroup_ns;
};

struct kernfs_node {
	struct kernfs_node *parent;
	const char *name;
	__u64 id;
};

/* Since 6.15. */
struct kernfs_node___renamed {
	struct kernfs_node *__parent;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

enum cgroup_subsys_id {
	memory_cgrp_id,
	pids_cgrp_id,
};

struct css_set {
	struct cgroup_subsys_state *subsys[1];
	struct cgroup *dfl_cgrp;
};

struct qstr {
	unsigned int len;
	const unsigned char *name;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct fs_struct {
	struct path root;
	struct path pwd;
};

struct inode {
	unsigned short i_mode;
	kuid_t i_uid;
	kgid_t i_gid;
	unsigned long i_ino;
	unsigned int i_nlink;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
};

struct mm_struct {
	unsigned long arg_start;
	unsigned long arg_end;
	unsigned long env_start;
	unsigned long env_end;
	struct file *exe_file;
};

struct task_struct {
	int pid;
	int tgid;
	int exit_code;
	__u64 start_boottime;
	kuid_t loginuid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct signal_struct *signal;
	struct mm_struct *mm;
	struct fs_struct *fs;
	struct nsproxy *nsproxy;
	struct css_set *cgroups;
	struct pid *thread_pid;
	struct cred *cred;
	char comm[16];
};

struct linux_binprm {
	unsigned int secureexec : 1;
	const char *filename;
};

#pragma clang attribute pop

/*
 * The registers of a thread, in the order of the ptrace(2) ABI: of a caller that
 * made a system call, which keeps them until it returns, and of the kernel where
 * one of its functions begins or has returned.
 */
#if defined(__TARGET_ARCH_x86)
struct registers {
	__u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
	__u64 orig_ax, ip, cs, flags, sp, ss;
};
#define USER_PARAMETER_0 offsetof(struct registers, di)
#define USER_PARAMETER_1 offsetof(struct registers, si)
#define USER_PARAMETER_2 offsetof(struct registers, dx)
#define USER_PARAMETER_3 offsetof(struct registers, r10)
#define USER_PARAMETER_4 offsetof(struct registers, r8)
#define USER_PARAMETER_5 offsetof(struct registers, r9)
#define FUNCTION_PARAMETER_0 USER_PARAMETER_0
#define FUNCTION_PARAMETER_1 USER_PARAMETER_1
#define FUNCTION_PARAMETER_2 USER_PARAMETER_2
#define FUNCTION_PARAMETER_3 offsetof(struct registers, cx)
#define FUNCTION_PARAMETER_4 USER_PARAMETER_4
#define FUNCTION_PARAMETER_5 USER_PARAMETER_5
#define FUNCTION_RESULT(registers) ((registers)->ax)
/* Where the caller's stack stood: at entry behind the return address, which returning removes. */
#define FUNCTION_FRAME_ENTERED(registers) ((registers)->sp + 8)
#define FUNCTION_FRAME_RETURNED(registers) ((registers)->sp)
#else
#error "the registers of this architecture are not described yet"
#endif

/* Kernel addresses have their highest bit set, and user addresses do not. */
#define ADDRESS_IN_KERNEL(address) ((__s64)(address) < 0)

#endif
