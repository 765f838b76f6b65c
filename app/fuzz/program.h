/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program of the fuzzer: a short list of calls, made up from a seed, kept as text.
 * One call a line: its name, then its arguments. A number that begins with "s" counts
 * from the buffer's size: "s-1" is the last byte.
 */
#ifndef _PROGRAM_H
#define _PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "calls.h"
#include "random.h"

#define MAX_CALLS	12
/* Room for any program as text. */
#define PROGRAM_TEXT	(MAX_CALLS * (MAX_ARGS + 1) * 26)

struct program {
	size_t count;
	struct call calls[MAX_CALLS];
};

void program_make(struct program *program, struct random *random);
/* Changes it a little; @other is one to take calls from. */
void program_change(struct program *program, const struct program *other,
		    struct random *random);

/* Into @text, of PROGRAM_TEXT bytes. */
void program_print(const struct program *program, char *text);
/* False, with the line that is wrong in @line. */
bool program_parse(struct program *program, const char *text, unsigned int *line);

#endif /* _PROGRAM_H */
