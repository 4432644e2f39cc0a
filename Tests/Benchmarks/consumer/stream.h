/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * stream.h - one stream of server-sent events, taken apart as it comes.
 */
#ifndef CONSUMER_STREAM_H
#define CONSUMER_STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct delays;

/* What came of one stream. Begins as zeros. */
struct stream {
	int connection;
	/* Of calls; events of other names; `gap` events. */
	unsigned long events, other, gaps;
	/* Ids that were left out, and ids that were not greater than the one before. */
	unsigned long lost, disordered;
	/* Of the body. */
	unsigned long bytes;
	bool ended;

	/* Where it stands in the chunked coding, and in the chunk. */
	enum { CHUNK_SIZE, CHUNK_BODY, CHUNK_END } state;
	unsigned long left;
	/* The beginning of a line whose end has not come. */
	char *rest;
	size_t held, room;
	unsigned long id, previous;
};

/* Asks for a stream, and reads the head of the answer. Ends the process where it is not 200. */
void stream_open(struct stream *stream, int port, const char *path, struct delays *delays);

/*
 * Takes bytes that were received at `moment`, in nanoseconds of the wall clock; notes in `delays`
 * how old each event is. Sets `ended` at the end of the stream.
 */
void stream_take(struct stream *stream, const char *bytes, size_t size, long moment,
		 struct delays *delays);

/* Ends the process with what failed. */
void fail(const char *what) __attribute__((noreturn));

/* The time of a clock in nanoseconds. */
long now(int clock);

#endif
