/* arguments.h - the arguments of one system call, from words to registers and back. */
#ifndef SYSCALLER_ARGUMENTS_H
#define SYSCALLER_ARGUMENTS_H

#include <stddef.h>
#include <stdint.h>

#define ARGUMENTS_MAX 6

/*
 * An argument as a word says it:
 *
 *   123 -1 0x7f      the value itself
 *   i:1,2,3          the address of these int32s
 *   o:2              the address of 2 int32s, which the answer shows after the call
 *   e:2              the same, with nothing mapped behind them
 *   s:2f746d70       the address of this text, given in hexadecimal
 *   m:/tmp/text      the address of the contents of this file, mapped and not touched yet
 */
struct argument {
	long value;
	int32_t *shown; /* o and e: what the answer shows */
	size_t shown_count;
	void *memory;   /* to be freed */
	void *mapping;  /* two pages, to be unmapped */
};

/* What o and e hold before the call: no descriptor, no id. */
#define ARGUMENT_FILLER 0x5a5a5a5a

/* Returns 0, or -1 where the word is none of the above. */
int argument_parse(struct argument *argument, const char *word);

void argument_free(struct argument *argument);

#endif
