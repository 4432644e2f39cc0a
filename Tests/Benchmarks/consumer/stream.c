// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "stream.h"
#include "delays.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static bool begins(const char *line, size_t length, const char *prefix)
{
	size_t size = strlen(prefix);

	return length >= size && !memcmp(line, prefix, size);
}

/* The number that stands before `end`: nothing ends the bytes of a line. */
static unsigned long number(const char *text, const char *end)
{
	unsigned long value = 0;

	for (; text < end && *text >= '0' && *text <= '9'; text++)
		value = value * 10 + (*text - '0');
	return value;
}

/* One line of the body, without its end. */
static void take_line(struct stream *stream, const char *line, size_t length, long moment,
		      struct delays *delays)
{
	const char *dash;

	if (begins(line, length, "data: {\"process_kprobe\"")) {
		delays_note(delays, line, length, moment);
	} else if (begins(line, length, "id: ")) {
		dash = memchr(line, '-', length);
		if (!dash)
			fail("an id without a sequence");
		stream->id = number(dash + 1, line + length);
	} else if (begins(line, length, "event: gap")) {
		stream->gaps++; /* its id is that of the event before the next */
	} else if (begins(line, length, "event: heartbeat")) {
		stream->other++; /* repeats the newest id */
	} else if (begins(line, length, "event: ")) {
		if (stream->previous && stream->id <= stream->previous)
			stream->disordered++;
		else if (stream->previous)
			stream->lost += stream->id - stream->previous - 1;
		stream->previous = stream->id;
		if (begins(line, length, "event: process_kprobe"))
			stream->events++;
		else
			stream->other++;
	}
}

/* Keeps the beginning of a line. */
static void hold(struct stream *stream, const char *bytes, size_t size)
{
	if (stream->held + size > stream->room) {
		stream->room = 2 * (stream->held + size);
		stream->rest = realloc(stream->rest, stream->room);
		if (!stream->rest)
			fail("realloc");
	}
	memcpy(stream->rest + stream->held, bytes, size);
	stream->held += size;
}

/* Lines of the body; what is left of the last is kept for the next piece. */
static void take_body(struct stream *stream, const char *bytes, size_t size, long moment,
		      struct delays *delays)
{
	const char *end = bytes + size, *newline;

	stream->bytes += size;
	while ((newline = memchr(bytes, '\n', end - bytes))) {
		if (stream->held) {
			hold(stream, bytes, newline - bytes);
			take_line(stream, stream->rest, stream->held, moment, delays);
			stream->held = 0;
		} else {
			take_line(stream, bytes, newline - bytes, moment, delays);
		}
		bytes = newline + 1;
	}
	if (bytes < end)
		hold(stream, bytes, end - bytes);
}

/* Takes the chunked coding off (RFC 9112, section 7.1). */
void stream_take(struct stream *stream, const char *bytes, size_t size, long moment,
		 struct delays *delays)
{
	const char *end = bytes + size;
	size_t part;

	while (bytes < end && !stream->ended) {
		if (stream->state == CHUNK_BODY) {
			part = stream->left < (size_t)(end - bytes) ? stream->left
								     : (size_t)(end - bytes);
			take_body(stream, bytes, part, moment, delays);
			bytes += part;
			stream->left -= part;
			if (!stream->left)
				stream->state = CHUNK_END;
		} else if (stream->state == CHUNK_END) {
			if (*bytes++ == '\n')
				stream->state = CHUNK_SIZE;
		} else if (*bytes == '\n') {
			bytes++;
			stream->ended = !stream->left;
			stream->state = CHUNK_BODY;
		} else {
			char digit = *bytes++ | 0x20;

			if (digit >= '0' && digit <= '9')
				stream->left = stream->left << 4 | (digit - '0');
			else if (digit >= 'a' && digit <= 'f')
				stream->left = stream->left << 4 | (digit - 'a' + 10);
		}
	}
}

static int request(int port, const char *path)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	int connection = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connection < 0 || connect(connection, (void *)&address, sizeof(address)))
		fail("connect");
	dprintf(connection, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", path, port);
	return connection;
}

void stream_open(struct stream *stream, int port, const char *path, struct delays *delays)
{
	char buffer[16 * 1024];
	const char *end = NULL;
	size_t held = 0;
	ssize_t count;

	stream->connection = request(port, path);
	for (; !end; end = memmem(buffer, held, "\r\n\r\n", 4)) {
		count = read(stream->connection, buffer + held, sizeof(buffer) - held);
		if (count <= 0)
			fail("reading the head");
		held += count;
	}
	if (!begins(buffer, held, "HTTP/1.1 200 ")) {
		fprintf(stderr, "consumer: %.*s\n", (int)held, buffer);
		exit(EXIT_FAILURE);
	}
	end += 4;
	stream_take(stream, end, buffer + held - end, now(CLOCK_REALTIME), delays);
}
