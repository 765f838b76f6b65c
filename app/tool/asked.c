// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers that "cohbuf test" may touch; see asked.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asked.h"
#include "registers.h"

/* A register as a user writes it: OFFSET[:WIDTH]. */
static bool take_register(const struct command *command, const char *text,
			  struct asked_register *r)
{
	uint64_t width = REGISTER_WIDTH_USUAL;
	const char *colon = strchr(text, ':');
	char offset[32];

	snprintf(offset, sizeof(offset), "%.*s", (int)strcspn(text, ":"), text);
	if (!parse_bytes(command, "--registers: OFFSET", offset, &r->offset) ||
	    (colon && !parse_number(command, "--registers: WIDTH", colon + 1, 8, &width)))
		return false;
	if (!register_width_is_possible(width) || r->offset % width) {
		misused(command, "--registers \"%s\": WIDTH must be 1, 2, 4 or 8, and OFFSET a multiple of it",
			optarg);
		return false;
	}
	if (width > sizeof(long)) {
		misused(command, "--registers \"%s\": this is a 32-bit program, whose widest access is one of 4 bytes: use a 64-bit one",
			optarg);
		return false;
	}
	r->width = width;
	return true;
}

/* "read=0x10:2" */
static bool add_register(const struct command *command, struct asked *asked)
{
	bool write = !strncmp(optarg, "write=", 6);
	struct asked_register *r = &asked->registers[asked->count];

	if (!write && strncmp(optarg, "read=", 5)) {
		misused(command, "--registers \"%s\" is none: write read-only, read=OFFSET or write=OFFSET",
			optarg);
		return false;
	}
	if (asked->count == ASKED_MAX) {
		misused(command, "more than %d of --registers: test them in two runs", ASKED_MAX);
		return false;
	}
	r->write = write;
	asked->writes |= write;
	asked->count++;
	return take_register(command, strchr(optarg, '=') + 1, r);
}

bool asked_take(const struct command *command, struct asked *asked)
{
	asked->given = true;
	if (!strcmp(optarg, "read-only"))
		asked->read_only = true;
	else if (!add_register(command, asked))
		return false;
	if (asked->read_only && asked->writes)
		misused(command, "--registers read-only and --registers write= contradict each other");
	return !asked->read_only || !asked->writes;
}

bool asked_fits(const struct asked *asked, const struct target *target)
{
	for (unsigned int i = 0; i < asked->count; i++) {
		const struct asked_register *r = &asked->registers[i];

		if (r->offset < target->size && r->width <= target->size - r->offset)
			continue;
		complain("--registers: offset 0x%" PRIx64 " is outside \"%s\", which has 0x%" PRIx64 " bytes: make it smaller",
			 r->offset, target->name, target->size);
		return false;
	}
	return true;
}

bool asked_is_empty(const struct asked *asked, const struct target *target)
{
	if (asked->given)
		complain("--registers is for registers of a device, and \"%s\" is memory: leave it out",
			 target->name);
	return !asked->given;
}
