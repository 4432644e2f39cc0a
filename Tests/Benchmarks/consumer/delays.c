// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "delays.h"
#include "stream.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define SECONDS_OF_DAY 86400L
#define NANOSECONDS 1000000000L

static long digits(const char *text, int count)
{
	long number = 0;

	for (int i = 0; i < count; i++)
		number = number * 10 + (text[i] - '0');
	return number;
}

void delays_note(struct delays *delays, const char *line, size_t length, long moment)
{
	/* Only the time of the day is read: a delay that begins before midnight may end behind it. */
	static const char form[] = "HH:MM:SS.NNNNNNNNNZ\"}";
	const size_t size = sizeof(form) - 1;
	const char *time = line + length - size;
	long day = SECONDS_OF_DAY * NANOSECONDS, delay;

	if (length < size || time[8] != '.' || memcmp(time + 18, "Z\"}", 3))
		return;
	delay = moment % day -
		((digits(time, 2) * 3600 + digits(time + 3, 2) * 60 + digits(time + 6, 2)) *
			 NANOSECONDS +
		 digits(time + 9, 9));
	if (delay < -day / 2)
		delay += day;
	if (delays->count == delays->room) {
		delays->room = delays->room ? 2 * delays->room : 1 << 20;
		delays->each = realloc(delays->each, delays->room * sizeof(*delays->each));
		if (!delays->each)
			fail("realloc");
	}
	delays->each[delays->count++] = delay < 0 ? 0 : delay > UINT_MAX ? UINT_MAX : delay;
}

static int compare(const void *one, const void *other)
{
	unsigned int a = *(const unsigned int *)one, b = *(const unsigned int *)other;

	return a < b ? -1 : a > b;
}

void delays_sort(struct delays *delays)
{
	if (delays->count)
		qsort(delays->each, delays->count, sizeof(*delays->each), compare);
}

unsigned int delays_share(const struct delays *delays, double share)
{
	return delays->count ? delays->each[(size_t)(share * (delays->count - 1))] : 0;
}
