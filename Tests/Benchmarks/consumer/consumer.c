// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * consumer CPU PORT PATH N STREAMS - reads streams of server-sent events as fast as it can.
 *
 * Ends when each stream has brought N events of calls or is at its end, or at
 * SIGTERM, and says what it saw as one line of JSON:
 *
 *   events, least  of calls (`event: process_kprobe`), in all and of the stream that got fewest
 *   other          events of other names
 *   gaps, lost     `gap` events, and ids that were left out
 *   disordered     ids that were not greater than the one before
 *   bytes          of the bodies
 *   seconds        from the first event of a call to the last
 *   cpu_seconds    that this process has used
 *   median, p99, most   nanoseconds from the time that an event says to when read(2) had brought it
 */
#include "delays.h"
#include "stream.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stopping;

static void stop(int number)
{
	(void)number;
	stopping = 1;
}

void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

long now(int clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000L + time.tv_nsec;
}

static void stay_on(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		fail("sched_setaffinity");
}

/* So that there can be a thousand connections. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		fail("getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		fail("setrlimit");
}

static double seconds(struct timeval time)
{
	return time.tv_sec + time.tv_usec / 1e6;
}

static void report(const struct stream *streams, int count, double duration,
		   struct delays *delays)
{
	struct stream sum = { 0 };
	unsigned long least = streams[0].events;
	struct rusage usage;

	for (int i = 0; i < count; i++) {
		sum.events += streams[i].events;
		sum.other += streams[i].other;
		sum.gaps += streams[i].gaps;
		sum.lost += streams[i].lost;
		sum.disordered += streams[i].disordered;
		sum.bytes += streams[i].bytes;
		if (streams[i].events < least)
			least = streams[i].events;
	}
	delays_sort(delays);
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"events\":%lu,\"least\":%lu,\"other\":%lu,\"gaps\":%lu,\"lost\":%lu,"
	       "\"disordered\":%lu,\"bytes\":%lu,\"seconds\":%.6f,\"cpu_seconds\":%.6f,"
	       "\"median\":%u,\"p99\":%u,\"most\":%u}\n",
	       sum.events, least, sum.other, sum.gaps, sum.lost, sum.disordered, sum.bytes,
	       duration, seconds(usage.ru_utime) + seconds(usage.ru_stime),
	       delays_share(delays, 0.5), delays_share(delays, 0.99), delays_share(delays, 1));
}

/* Reads what has come on one connection. Returns whether the stream is done. */
static bool take(struct stream *stream, unsigned long limit, struct delays *delays)
{
	static char buffer[1024 * 1024];
	ssize_t count = read(stream->connection, buffer, sizeof(buffer));

	if (count < 0 && errno != EINTR)
		fail("read");
	if (count > 0)
		stream_take(stream, buffer, count, now(CLOCK_REALTIME), delays);
	return count == 0 || stream->ended || stream->events >= limit;
}

/* Opens the streams, and returns what waits for them all. */
static int open_all(struct stream *streams, int count, int port, const char *path,
		    struct delays *delays)
{
	struct epoll_event interest = { .events = EPOLLIN };
	int poll = epoll_create1(EPOLL_CLOEXEC);

	if (poll < 0)
		fail("epoll_create1");
	for (struct stream *stream = streams; stream < streams + count; stream++) {
		stream_open(stream, port, path, delays);
		interest.data.ptr = stream;
		if (epoll_ctl(poll, EPOLL_CTL_ADD, stream->connection, &interest))
			fail("epoll_ctl");
	}
	return poll;
}

/* Reads until all is done. Returns the seconds from the first event to the last. */
static double read_all(int poll, int open, unsigned long limit, struct delays *delays)
{
	struct epoll_event ready[64];
	long first = 0, last = 0;
	int found;

	while (!stopping && open) {
		found = epoll_wait(poll, ready, sizeof(ready) / sizeof(*ready), -1);
		if (found < 0 && errno != EINTR)
			fail("epoll_wait");
		for (int i = 0; i < found; i++) {
			struct stream *stream = ready[i].data.ptr;
			unsigned long before = stream->events;

			if (take(stream, limit, delays)) {
				epoll_ctl(poll, EPOLL_CTL_DEL, stream->connection, NULL);
				open--;
			}
			if (stream->events > before) {
				last = now(CLOCK_MONOTONIC);
				if (!first)
					first = last;
			}
		}
	}
	return (last - first) / 1e9;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = stop }; /* no SA_RESTART: waiting shall end */
	struct delays delays = { 0 };
	struct stream *streams;
	double duration;
	int count, poll;

	if (argc != 6) {
		fprintf(stderr, "usage: consumer CPU PORT PATH N STREAMS\n");
		return EXIT_FAILURE;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigaction(SIGTERM, &action, NULL);
	stay_on(atoi(argv[1]));
	raise_descriptors();
	count = atoi(argv[5]);
	streams = calloc(count, sizeof(*streams));
	if (!streams)
		fail("calloc");
	poll = open_all(streams, count, atoi(argv[2]), argv[3], &delays);
	printf("connected\n");
	fflush(stdout);
	duration = read_all(poll, count, strtoul(argv[4], NULL, 10), &delays);
	report(streams, count, duration, &delays);
	return EXIT_SUCCESS;
}
