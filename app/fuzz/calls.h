/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls that a program of the fuzzer is made of. What they work on lives as long
 * as the process that makes them: files and mappings in a few slots, and some memory.
 */
#ifndef _CALLS_H
#define _CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "random.h"

#define MAX_ARGS	4

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

/* What an argument is, and so how one is made up. */
enum arg_kind {
	ARG_NONE,
	ARG_FILE,
	ARG_MAP,
	ARG_OPEN_FLAGS,
	ARG_OFFSET,
	ARG_LENGTH,
	ARG_POINTER,
	ARG_PROT,
	ARG_MAP_FLAGS,
	ARG_REMAP_FLAGS,
	ARG_COMMAND,
	ARG_ADVICE,
	ARG_NUMBER,
};

/**
 * struct call_kind - a call that exists
 * @name: as it stands in the text of a program
 * @args: what its arguments are, up to the first ARG_NONE
 * @run: make the call, whatever comes of it
 */
struct call_kind {
	const char *name;
	enum arg_kind args[MAX_ARGS];
	void (*run)(const uint64_t *args);
};

extern const struct call_kind call_kinds[];
extern const size_t num_call_kinds;

size_t call_num_args(const struct call_kind *kind);
struct value call_random_arg(enum arg_kind kind, struct random *random);

/* Before the first call of a process: the node's path and the buffer's size. */
void calls_begin(const char *path, size_t size);

/* Returns false after a line that says so where its errno is none that programs know. */
bool call_run(const struct call *call);

#endif /* _CALLS_H */
