/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of a device, each read or written by one access of its width, and none that
 * the user did not name: reading one can change the device.
 */
#ifndef _REGISTERS_H
#define _REGISTERS_H

#include "target.h"

#define REGISTER_WIDTH_USUAL	4

/* Is it a width of an access in bytes: 1, 2, 4 or 8? */
bool register_width_is_possible(uint64_t width);

/* By read(2) and write(2): 0, or -1 with errno. */
int register_read(const struct target *target, uint64_t offset, unsigned int width,
		  uint64_t *value);
int register_write(const struct target *target, uint64_t offset, unsigned int width,
		   uint64_t value);

/* Whole registers, inside, which the user named? False after a line on standard error. */
bool registers_are_named(const struct target *target, struct range *range, unsigned int width);

/* Says what went wrong with one; returns the exit status. */
int register_complain(const struct target *target, const char *verb, uint64_t offset,
		      unsigned int width);
const char *remedy_of_register(int error);

/*
 * For a command that is for memory: true where it is that, false after a line that ends in
 * what to do.
 */
bool target_is_memory(const struct target *target, const char *remedy);

#endif /* _REGISTERS_H */
