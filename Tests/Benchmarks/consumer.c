// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * consumer CPU PORT PATH N - reads one stream of server-sent events as fast as it can.
 *
 * Ends after N events of calls, at the end of the stream, or at SIGTERM, and
 * says what it saw as one line of JSON:
 *
 *   events       of calls (`event: process_kprobe`)
 *   other        events of other names
 *   gaps, lost   `gap` events, and ids that were left out
 *   disordered   ids that were not greater than the one before
 *   bytes        of the body
 *   seconds      from the first event of a call to the last
 *   cpu_seconds  that this process has used
 */
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct {
	unsigned long events, other, gaps, lost, disordered, bytes;
	double first, last;
} seen;

static volatile sig_atomic_t stopping;

static void stop(int number)
{
	(void)number;
	stopping = 1;
}

static void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static bool begins(const char *line, size_t length, const char *prefix)
{
	size_t size = strlen(prefix);

	return length >= size && !memcmp(line, prefix, size);
}

/* One line of the body, without its end. */
static void take_line(const char *line, size_t length)
{
	static unsigned long id, previous;
	const char *dash;

	if (begins(line, length, "id: ")) {
		dash = memchr(line, '-', length);
		if (!dash)
			fail("an id without a sequence");
		id = strtoul(dash + 1, NULL, 10);
	} else if (begins(line, length, "event: gap")) {
		seen.gaps++; /* its id is that of the event before the next */
	} else if (begins(line, length, "event: heartbeat")) {
		seen.other++; /* repeats the newest id */
	} else if (begins(line, length, "event: ")) {
		if (previous && id <= previous)
			seen.disordered++;
		else if (previous)
			seen.lost += id - previous - 1;
		previous = id;
		if (begins(line, length, "event: process_kprobe"))
			seen.events++;
		else
			seen.other++;
	}
}

/* Lines of the body; what is left of the last is kept for the next piece. */
static void take_body(const char *bytes, size_t size)
{
	static char rest[64 * 1024];
	static size_t held;
	const char *end = bytes + size, *newline;
	size_t length;

	seen.bytes += size;
	while ((newline = memchr(bytes, '\n', end - bytes))) {
		length = newline - bytes;
		if (held) {
			if (held + length > sizeof(rest))
				fail("a line that is too long");
			memcpy(rest + held, bytes, length);
			take_line(rest, held + length);
			held = 0;
		} else {
			take_line(bytes, length);
		}
		bytes = newline + 1;
	}
	if (held + (end - bytes) > sizeof(rest))
		fail("a line that is too long");
	memcpy(rest + held, bytes, end - bytes);
	held += end - bytes;
}

/* Takes the chunked coding off (RFC 9112, section 7.1). Returns false at its end. */
static bool take_chunks(const char *bytes, size_t size)
{
	static enum { SIZE, BODY, BODY_END } state;
	static unsigned long left;
	const char *end = bytes + size;
	size_t part;

	while (bytes < end) {
		if (state == BODY) {
			part = left < (size_t)(end - bytes) ? left : (size_t)(end - bytes);
			take_body(bytes, part);
			bytes += part;
			left -= part;
			if (!left)
				state = BODY_END;
		} else if (state == BODY_END) {
			if (*bytes++ == '\n')
				state = SIZE;
		} else if (*bytes == '\n') {
			bytes++;
			if (!left)
				return false;
			state = BODY;
		} else {
			char digit = *bytes++ | 0x20;

			if (digit >= '0' && digit <= '9')
				left = left << 4 | (digit - '0');
			else if (digit >= 'a' && digit <= 'f')
				left = left << 4 | (digit - 'a' + 10);
		}
	}
	return true;
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

/* Reads the head, and returns where the body begins in what was read. */
static size_t read_head(int connection, char *buffer, size_t room, size_t *held)
{
	const char *end = NULL;
	ssize_t count;

	for (*held = 0; !end; end = memmem(buffer, *held, "\r\n\r\n", 4)) {
		count = read(connection, buffer + *held, room - *held);
		if (count <= 0)
			fail("reading the head");
		*held += count;
	}
	if (!begins(buffer, *held, "HTTP/1.1 200 ")) {
		fprintf(stderr, "consumer: %.*s\n", (int)*held, buffer);
		exit(EXIT_FAILURE);
	}
	return end + 4 - buffer;
}

static void report(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	printf("{\"events\":%lu,\"other\":%lu,\"gaps\":%lu,\"lost\":%lu,\"disordered\":%lu,"
	       "\"bytes\":%lu,\"seconds\":%.6f,\"cpu_seconds\":%.6f}\n",
	       seen.events, seen.other, seen.gaps, seen.lost, seen.disordered, seen.bytes,
	       seen.last - seen.first,
	       usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
		       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
}

int main(int argc, char **argv)
{
	static char buffer[1024 * 1024];
	struct sigaction action = { .sa_handler = stop }; /* no SA_RESTART: read(2) shall end */
	unsigned long limit, before;
	size_t start, held;
	cpu_set_t cpus;
	ssize_t count;
	int connection;

	if (argc != 5) {
		fprintf(stderr, "usage: consumer CPU PORT PATH N\n");
		return EXIT_FAILURE;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigaction(SIGTERM, &action, NULL);
	CPU_ZERO(&cpus);
	CPU_SET(atoi(argv[1]), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		fail("sched_setaffinity");
	limit = strtoul(argv[4], NULL, 10);
	connection = request(atoi(argv[2]), argv[3]);
	start = read_head(connection, buffer, sizeof(buffer), &held);
	printf("connected\n");
	fflush(stdout);
	take_chunks(buffer + start, held - start);
	while (!stopping && seen.events < limit) {
		count = read(connection, buffer, sizeof(buffer));
		if (count < 0 && errno != EINTR)
			fail("read");
		if (count <= 0)
			break;
		before = seen.events;
		if (!take_chunks(buffer, count))
			break;
		if (seen.events > before) {
			seen.last = now();
			if (!seen.first)
				seen.first = seen.last;
		}
	}
	report();
	return EXIT_SUCCESS;
}
