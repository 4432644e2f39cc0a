/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * delays.h - how long after a call its event was there.
 */
#ifndef CONSUMER_DELAYS_H
#define CONSUMER_DELAYS_H

#include <stddef.h>

/* As many as there were events, in nanoseconds; more than 4 seconds counts as that. */
struct delays {
	unsigned int *each;
	size_t count, room;
};

/*
 * Notes the delay of an event that came at `moment`, in nanoseconds since 1970. Its line ends in
 * `"time":"2026-11-23T14:56:19.475984880Z"}`; lines without it are left out.
 */
void delays_note(struct delays *delays, const char *line, size_t length, long moment);

/* Puts them in order, which delays_share() asks for. */
void delays_sort(struct delays *delays);

/* What this share of them, from 0 to 1, do not exceed; 0 where there are none. */
unsigned int delays_share(const struct delays *delays, double share);

#endif
