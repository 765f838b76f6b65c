/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers that "cohbuf test" may touch: what --registers says.
 */
#ifndef _ASKED_H
#define _ASKED_H

#include "target.h"

#define ASKED_MAX	64

/**
 * struct asked_register - one of them
 * @offset: where
 * @width: bytes, 1, 2, 4 or 8
 * @write: it may be written; else it is only read
 */
struct asked_register {
	uint64_t offset;
	unsigned int width;
	bool write;
};

/**
 * struct asked - all of them
 * @given: the option was given
 * @read_only: as "read-only": no write= beside it
 * @writes: as "write="
 * @count: how many registers
 * @registers: in the order of the options
 */
struct asked {
	bool given;
	bool read_only;
	bool writes;
	unsigned int count;
	struct asked_register registers[ASKED_MAX];
};

/* Takes the value of one --registers; false after a line on standard error. */
bool asked_take(const struct command *command, struct asked *asked);

/* Of registers: are all of them inside? Of memory: was none asked for? Likewise. */
bool asked_fits(const struct asked *asked, const struct target *target);
bool asked_is_empty(const struct asked *asked, const struct target *target);

#endif /* _ASKED_H */
