#define _GNU_SOURCE
#include "arguments.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int parse_list(struct argument *argument, const char *text)
{
	size_t count = 0, room = strlen(text) / 2 + 1;
	int32_t *values = calloc(room, sizeof(*values));
	char *end;

	if (!values)
		return -1;
	argument->memory = values;
	argument->value = (long)values;
	while (*text) {
		values[count++] = (int32_t)strtol(text, &end, 0);
		if (end == text || (*end != ',' && *end))
			return -1;
		text = *end ? end + 1 : end;
	}
	return 0;
}

static void show(struct argument *argument, int32_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		values[i] = ARGUMENT_FILLER;
	argument->value = (long)values;
	argument->shown = values;
	argument->shown_count = count;
}

static int parse_shown(struct argument *argument, const char *text)
{
	size_t count = strtoul(text, NULL, 0);

	argument->memory = calloc(count ? count : 1, sizeof(int32_t));
	if (!argument->memory)
		return -1;
	show(argument, argument->memory, count);
	return 0;
}

/* Two pages, of which the second may not be touched. */
static int parse_at_edge(struct argument *argument, const char *text)
{
	size_t count = strtoul(text, NULL, 0), page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return -1;
	argument->mapping = pages;
	if (count > page / sizeof(int32_t) || mprotect(pages, page, PROT_READ | PROT_WRITE))
		return -1;
	show(argument, (int32_t *)(pages + page) - count, count);
	return 0;
}

static int parse_text(struct argument *argument, const char *digits)
{
	size_t length = strlen(digits) / 2;
	char *text = calloc(length + 1, 1), pair[3] = "";

	if (!text)
		return -1;
	argument->memory = text;
	argument->value = (long)text;
	for (size_t i = 0; i < length; i++) {
		memcpy(pair, digits + 2 * i, 2);
		text[i] = (char)strtoul(pair, NULL, 16);
	}
	return 0;
}

/* In the page cache already, where whoever wrote it left it; in no page of ours yet. */
static int parse_file(struct argument *argument, const char *path)
{
	/* Not openat(2), as open(3) would: that is what tests trace. */
	int file = (int)syscall(SYS_open, path, O_RDONLY | O_CLOEXEC);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *pages = mmap(NULL, 2 * page, PROT_READ, MAP_PRIVATE, file, 0);

	if (file >= 0)
		close(file);
	if (pages == MAP_FAILED)
		return -1;
	argument->mapping = pages;
	argument->value = (long)pages;
	return 0;
}

/* Numbers from the least int64 to the greatest uint64. */
static int parse_value(struct argument *argument, const char *text)
{
	char *end;

	errno = 0;
	argument->value = *text == '-' ? strtoll(text, &end, 0) : (long)strtoull(text, &end, 0);
	return errno || end == text || *end ? -1 : 0;
}

int argument_parse(struct argument *argument, const char *word)
{
	memset(argument, 0, sizeof(*argument));
	if (!strncmp(word, "i:", 2))
		return parse_list(argument, word + 2);
	if (!strncmp(word, "o:", 2))
		return parse_shown(argument, word + 2);
	if (!strncmp(word, "e:", 2))
		return parse_at_edge(argument, word + 2);
	if (!strncmp(word, "s:", 2))
		return parse_text(argument, word + 2);
	if (!strncmp(word, "m:", 2))
		return parse_file(argument, word + 2);
	return parse_value(argument, word);
}

void argument_free(struct argument *argument)
{
	free(argument->memory);
	if (argument->mapping)
		munmap(argument->mapping, 2 * (size_t)sysconf(_SC_PAGESIZE));
	memset(argument, 0, sizeof(*argument));
}
