// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers of a device; see registers.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "registers.h"

bool register_width_is_possible(uint64_t width)
{
	return width == 1 || width == 2 || width == 4 || width == 8;
}

/* A number of the width that the CPU has in memory. */
union value {
	uint8_t b;
	uint16_t w;
	uint32_t l;
	uint64_t q;
};

static uint64_t number_of(const union value *value, unsigned int width)
{
	switch (width) {
	case 1:
		return value->b;
	case 2:
		return value->w;
	case 4:
		return value->l;
	default:
		return value->q;
	}
}

static union value value_of(uint64_t number, unsigned int width)
{
	switch (width) {
	case 1:
		return (union value){ .b = number };
	case 2:
		return (union value){ .w = number };
	case 4:
		return (union value){ .l = number };
	default:
		return (union value){ .q = number };
	}
}

int register_read(const struct target *target, uint64_t offset, unsigned int width,
		  uint64_t *number)
{
	union value value;

	if (cohbuf_read(target->buffer, &value, offset, width))
		return -1;
	*number = number_of(&value, width);
	return 0;
}

int register_write(const struct target *target, uint64_t offset, unsigned int width,
		   uint64_t number)
{
	union value value = value_of(number, width);

	return cohbuf_write(target->buffer, &value, offset, width);
}

bool registers_are_named(const struct target *target, struct range *range, unsigned int width)
{
	if (!range->has_offset || !range->has_length) {
		complain("\"%s\" is registers of a device, and touching one can change the device: say which, by --offset and --length",
			 target->name);
		return false;
	}
	if (!target_range(target, range))
		return false;
	if (range->offset % width || range->length % width) {
		complain("--offset 0x%" PRIx64 " --length 0x%" PRIx64 " of \"%s\": a register is touched as a whole: give multiples of its width, %u",
			 range->offset, range->length, target->name, width);
		return false;
	}
	return true;
}

const char *remedy_of_register(int error)
{
	if (error == EINVAL)
		return "no register is touched in this width: reg-io-width of its node allows another one, or its processor has none so wide";
	return cohbuf_remedy();
}

int register_complain(const struct target *target, const char *verb, uint64_t offset,
		      unsigned int width)
{
	return complain("%s %u bytes at offset 0x%" PRIx64 " of \"%s\": %s: %s", verb, width, offset,
			target->name, strerror(errno), remedy_of_register(errno));
}

bool target_is_memory(const struct target *target, const char *remedy)
{
	if (!target_is_registers(target))
		return true;
	complain("\"%s\" is registers of a device, no memory: touching all of them can change the device: %s",
		 target->name, remedy);
	return false;
}
