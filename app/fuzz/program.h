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
#include <stdint.h>

#define MAX_CALLS	12
#define MAX_ARGS	4
/* Room for any program as text. */
#define PROGRAM_TEXT	(MAX_CALLS * (MAX_ARGS + 1) * 26)

/**
 * struct value - an argument
 * @of_size: the buffer's size is added
 * @number: all 64 bits may be used
 */
struct value {
	bool of_size;
	uint64_t number;
};

/**
 * struct call - one call
 * @kind: index into call_kinds[]
 * @args: arguments, as many as the kind has
 */
struct call {
	unsigned int kind;
	struct value args[MAX_ARGS];
};

struct program {
	size_t count;
	struct call calls[MAX_CALLS];
};

/* Numbers that follow from a seed alone. */
struct random {
	uint64_t state;
};

uint64_t random_next(struct random *random);
/* From 0 to @end - 1. */
uint64_t random_below(struct random *random, uint64_t end);

void program_make(struct program *program, struct random *random);
/* Changes it a little; @other is one to take calls from. */
void program_change(struct program *program, const struct program *other,
		    struct random *random);

/* Into @text, of PROGRAM_TEXT bytes. */
void program_print(const struct program *program, char *text);
/* False, with the line that is wrong in @line. */
bool program_parse(struct program *program, const char *text, unsigned int *line);

#endif /* _PROGRAM_H */
