/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The buffer that a subcommand works on, opened, and the part of it that the user
 * asked for. Whatever does not work has been said on standard error.
 */
#ifndef _TARGET_H
#define _TARGET_H

#include "lib/cohbuf.h"
#include "tool.h"

/**
 * struct target - an open buffer
 * @name: its name below /dev
 * @buffer: the buffer
 * @size: bytes
 * @info: what the driver says of it
 * @writable: it is open for writing, or for both
 */
struct target {
	char name[COHBUF_NAME_SIZE];
	struct cohbuf_buffer *buffer;
	uint64_t size;
	struct cohbuf_info info;
	bool writable;
};

/**
 * struct range - a part of a buffer
 * @offset: first byte
 * @length: bytes
 * @has_offset: the user gave it; else it begins at the start
 * @has_length: the user gave it; else it reaches to the end
 */
struct range {
	uint64_t offset;
	uint64_t length;
	bool has_offset;
	bool has_length;
};

/* These are no blocks, as clang-format has it. */
/* clang-format off */
#define OPTIONS_OF_RANGE						\
	{ "offset", required_argument, NULL, OPT_OFFSET },		\
	{ "length", required_argument, NULL, OPT_LENGTH }
/* clang-format on */

/* Takes one of these options; false where it is no number. */
bool take_range(const struct command *command, int option, struct range *range);

/*
 * For a subcommand with these options only, and @arguments arguments: takes them all.
 * False with @status: return it.
 */
bool take_range_and_arguments(const struct command *command, int argc, char **argv,
			      int arguments, struct range *range, int *status);

bool target_open(struct target *target, const char *name, int flags);
void target_close(struct target *target);
/* Registers of a device: no memory, and each access reaches the device. */
bool target_is_registers(const struct target *target);
/* Does a device see it? Else nothing can copy in it. */
bool target_has_dma(const struct target *target);
/*
 * To read what a device wrote: for writing as well where handover_to_cpu() needs that,
 * and where that is not allowed, says so and goes on without.
 */
bool target_open_to_read(struct target *target, const char *name);
bool target_range(const struct target *target, struct range *range);

/* Says what the library's last call had to say; returns the exit status. */
int target_complain(void);

#endif /* _TARGET_H */
