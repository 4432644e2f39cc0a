/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* event.h - what the reference reports of one pipe2(2). */
#ifndef REFERENCE_EVENT_H
#define REFERENCE_EVENT_H

#include <linux/types.h>

struct event {
	__u64 time_ns; /* CLOCK_BOOTTIME */
	__u32 tgid;
	__u32 tid;
	__s32 result;
	__s32 flags;
	__s32 fds[2];
};

#endif
