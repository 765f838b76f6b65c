// SPDX-License-Identifier: GPL-2.0-only
/*
 * Results as TAP version 13; see tap.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static struct {
	unsigned int tests, number;
	const char *name;
	bool failed;
	char detail[80];
	char skip[400];
	char notes[8192];
	size_t len;
	int percent;
} tap;

/* Each line of the text is a comment. */
static void print_notes(const char *notes)
{
	while (*notes) {
		size_t len = strcspn(notes, "\n");

		printf("# %.*s\n", (int)len, notes);
		notes += len + (notes[len] == '\n');
	}
}

void tap_comment(const char *text, ...)
{
	char line[1024];
	va_list args;

	va_start(args, text);
	vsnprintf(line, sizeof(line), text, args);
	va_end(args);
	print_notes(line);
}

void tap_plan(unsigned int tests)
{
	tap.tests = tests;
	printf("TAP version 13\n1..%u\n", tests);
}

void tap_begin(const char *name)
{
	tap.number++;
	tap.name = name;
	tap.failed = false;
	tap.detail[0] = tap.skip[0] = tap.notes[0] = '\0';
	tap.len = 0;
	tap.percent = -1;
	tap_progress(0, 1);
}

static void add_note(const char *text, va_list args)
{
	size_t room = sizeof(tap.notes) - tap.len;
	int len = vsnprintf(tap.notes + tap.len, room, text, args);

	if (len < 0 || (size_t)len + 1 >= room)
		return;
	tap.len += len;
	tap.notes[tap.len++] = '\n';
	tap.notes[tap.len] = '\0';
}

void tap_note(const char *text, ...)
{
	va_list args;

	va_start(args, text);
	add_note(text, args);
	va_end(args);
}

void tap_fail(const char *text, ...)
{
	va_list args;

	tap.failed = true;
	va_start(args, text);
	add_note(text, args);
	va_end(args);
}

void tap_skip(const char *reason, ...)
{
	va_list args;

	va_start(args, reason);
	vsnprintf(tap.skip, sizeof(tap.skip), reason, args);
	va_end(args);
}

void tap_detail(const char *detail)
{
	snprintf(tap.detail, sizeof(tap.detail), "%s", detail);
}

static void clear_progress(void)
{
	if (tap.percent >= 0)
		fputs("\r\033[K", stderr);
	tap.percent = -1;
}

void tap_progress(unsigned long done, unsigned long all)
{
	int percent = all ? 100.0 * done / all : 100;

	if (percent == tap.percent || !isatty(STDERR_FILENO))
		return;
	tap.percent = percent;
	fprintf(stderr, "\r\033[K%u/%u %s %d %%", tap.number, tap.tests, tap.name, percent);
}

bool tap_has_failed(void)
{
	return tap.failed;
}

bool tap_end(void)
{
	clear_progress();
	printf("%s %u - %s", tap.failed ? "not ok" : "ok", tap.number, tap.name);
	if (tap.detail[0])
		printf(" %s", tap.detail);
	if (tap.skip[0] && !tap.failed)
		printf(" # SKIP %s", tap.skip);
	putchar('\n');
	print_notes(tap.notes);
	fflush(stdout);
	return !tap.failed;
}

void tap_bail_out(const char *reason)
{
	clear_progress();
	printf("Bail out! %s\n", reason);
	fflush(stdout);
}
