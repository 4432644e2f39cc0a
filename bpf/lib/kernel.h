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
