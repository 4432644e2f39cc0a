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
} kuid_t;

struct cred {
	kuid_t euid;
};

struct signal_struct {
	atomic_t live;
	int group_exit_code;
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

struct mm_struct {
	unsigned long arg_start;
	unsigned long arg_end;
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
	struct cred *cred;
};

struct linux_binprm {
	const char *filename;
};

#pragma clang attribute pop

/*
 * The registers of a thread that made a system call, as the call convention
 * keeps them until it returns. Their order is the ptrace(2) ABI.
 */
#if defined(__TARGET_ARCH_x86)
struct user_registers {
	__u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
	__u64 orig_ax, ip, cs, flags, sp, ss;
};
#define USER_PARAMETER_0 offsetof(struct user_registers, di)
#define USER_PARAMETER_1 offsetof(struct user_registers, si)
#define USER_PARAMETER_2 offsetof(struct user_registers, dx)
#define USER_PARAMETER_3 offsetof(struct user_registers, r10)
#define USER_PARAMETER_4 offsetof(struct user_registers, r8)
#define USER_PARAMETER_5 offsetof(struct user_registers, r9)
#else
#error "system-call registers of this architecture are not described yet"
#endif

#endif
