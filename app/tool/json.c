// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON on standard output; see json.h.
 */
#include <inttypes.h>
#include <stdio.h>

#include "json.h"

#define DEPTH_MAX	8

static char closers[DEPTH_MAX];
static unsigned int depth;
static bool has_members;

static void print_string(const char *text)
{
	const unsigned char *c;

	putchar('"');
	for (c = (const unsigned char *)text; *c; c++)
		if (*c == '"' || *c == '\\')
			printf("\\%c", *c);
		else if (*c < 0x20 || *c > 0x7e)
			printf("\\u%04x", *c);
		else
			putchar(*c);
	putchar('"');
}

static void begin_member(const char *key)
{
	if (has_members)
		putchar(',');
	if (depth)
		printf("\n%*s", (int)depth * 2, "");
	if (key) {
		print_string(key);
		fputs(": ", stdout);
	}
	has_members = true;
}

void json_open(const char *key, char bracket)
{
	begin_member(key);
	putchar(bracket);
	closers[depth++] = bracket == '{' ? '}' : ']';
	has_members = false;
}

void json_close(void)
{
	depth--;
	if (has_members)
		printf("\n%*s", (int)depth * 2, "");
	putchar(closers[depth]);
	has_members = true;
	if (!depth) {
		putchar('\n');
		has_members = false;
	}
}

void json_string(const char *key, const char *value)
{
	begin_member(key);
	if (value)
		print_string(value);
	else
		fputs("null", stdout);
}

void json_number(const char *key, uint64_t value)
{
	begin_member(key);
	printf("%" PRIu64, value);
}

void json_address(const char *key, uint64_t value)
{
	begin_member(key);
	printf("\"0x%" PRIx64 "\"", value);
}

void json_bool(const char *key, bool value)
{
	begin_member(key);
	fputs(value ? "true" : "false", stdout);
}
