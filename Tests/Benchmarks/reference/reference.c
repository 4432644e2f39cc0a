// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * reference OBJECT WAY TGID - traces pipe2(2) of one process and counts.
 *
 * Says `attached` once it is, and at SIGTERM or SIGINT
 *
 *   events N lost N runs N nanoseconds N
 *
 * The last two are of all its programs, and 0 unless somebody has the kernel
 * keep run statistics.
 *
 * Ways that say -woken are read with libbpf's usual wake-ups: one for each record
 * that finds the ring read to its end. In the others no record wakes this reader,
 * which looks once a millisecond: the cheapest that tracing can be for the traced.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "event.h"

/* The variables of pipe2.bpf.c, as libbpf lays them out. */
struct constants {
	__u32 only_tgid;
	__u32 padding;
	__u64 wakeup;
};

/* Which programs of pipe2.bpf.c each is. */
static const struct way {
	const char *name;
	bool woken;
	const char *programs[2];
} ways[] = {
	{ "exit-only", false, { "exit_only" } },
	{ "pair", false, { "entered", "returned" } },
	{ "pair-woken", true, { "entered", "returned" } },
	{ "call-fentry", false, { "call_fexit" } },
	{ "call-kprobe", false, { "call_kretprobe" } },
	{ "call-kprobe.multi", false, { "call_kretprobe_multi" } },
	{ "call-tracepoint", false, { "exit_only" } },
	{ "function-fentry", false, { "function_fexit" } },
	{ "function-kprobe", false, { "function_entered_kprobe", "function_returned_kprobe" } },
	{ "function-kprobe.multi", false, { "function_entered_multi", "function_returned_multi" } },
	{ "flags-fentry", false, { "flags_fentry" } },
	{ "flags-kprobe", false, { "flags_kprobe" } },
	{ "flags-kprobe.multi", false, { "flags_multi" } },
};

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

static int count(void *context, void *data, size_t size)
{
	const volatile struct event *event = data;

	(void)size;
	/* Read as a reader would have to. */
	if (event->result == 0)
		++*(unsigned long *)context;
	return 0;
}

static const struct way *way_named(const char *name)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(ways[i].name, name))
			return &ways[i];
	fprintf(stderr, "reference: no way %s\n", name);
	exit(EXIT_FAILURE);
}

static bool has_program(const struct way *way, const struct bpf_program *program)
{
	for (size_t i = 0; i < sizeof(way->programs) / sizeof(*way->programs); i++)
		if (way->programs[i] && !strcmp(way->programs[i], bpf_program__name(program)))
			return true;
	return false;
}

static void set_constants(struct bpf_object *object, bool woken, __u32 tgid)
{
	struct constants constants = { .only_tgid = tgid, .wakeup = woken ? 0 : BPF_RB_NO_WAKEUP };
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata");

	if (!map || bpf_map__set_initial_value(map, &constants, sizeof(constants)))
		fail("setting the constants");
}

static unsigned long lost(const struct bpf_object *object)
{
	__u32 zero = 0;
	__u64 value = 0;

	if (bpf_map_lookup_elem(bpf_object__find_map_fd_by_name(object, ".bss"), &zero, &value))
		fail("reading what was lost");
	return value;
}

static void add_runs(const struct bpf_program *program, __u64 *runs, __u64 *nanoseconds)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
		fail("reading run statistics");
	*runs += info.run_cnt;
	*nanoseconds += info.run_time_ns;
}

int main(int argc, char **argv)
{
	unsigned long events = 0;
	struct bpf_object *object;
	struct bpf_program *program;
	struct ring_buffer *ring;
	__u64 runs = 0, nanoseconds = 0;
	const struct way *way;

	if (argc != 4) {
		fprintf(stderr, "usage: reference OBJECT WAY TGID\n");
		return EXIT_FAILURE;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	way = way_named(argv[2]);
	object = bpf_object__open_file(argv[1], NULL);
	if (!object)
		fail(argv[1]);
	set_constants(object, way->woken, atoi(argv[3]));
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, has_program(way, program));
	if (bpf_object__load(object))
		fail("loading");
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(object, "events"), count, &events,
				NULL);
	if (!ring)
		fail("opening the ring");
	bpf_object__for_each_program(program, object)
		if (bpf_program__autoload(program) && !bpf_program__attach(program))
			fail("attaching");
	printf("attached\n");
	fflush(stdout);
	while (!stopping) {
		if (way->woken) {
			ring_buffer__poll(ring, 100);
		} else {
			ring_buffer__consume(ring);
			usleep(1000);
		}
	}
	ring_buffer__consume(ring);
	bpf_object__for_each_program(program, object)
		if (bpf_program__autoload(program))
			add_runs(program, &runs, &nanoseconds);
	printf("events %lu lost %lu runs %llu nanoseconds %llu\n", events, lost(object), runs,
	       nanoseconds);
	return EXIT_SUCCESS;
}
