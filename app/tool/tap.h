/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Results as TAP version 13 on standard output, and progress on a terminal.
 *
 *   tap_plan(2);
 *   tap_begin("data.walking_ones");
 *   tap_fail("offset 0x10: expected 0x1, found 0x3");
 *   tap_end();
 */
#ifndef _TAP_H
#define _TAP_H

#include <stdbool.h>

/* A line for the reader, outside a test. */
void tap_comment(const char *text, ...) __attribute__((format(printf, 1, 2)));
void tap_plan(unsigned int tests);
void tap_begin(const char *name);
/* A line about the test, printed behind its result; tap_fail() fails it. */
void tap_note(const char *text, ...) __attribute__((format(printf, 1, 2)));
void tap_fail(const char *text, ...) __attribute__((format(printf, 1, 2)));
void tap_skip(const char *reason, ...) __attribute__((format(printf, 1, 2)));
/* What the test was about, behind its name. */
void tap_detail(const char *detail);
/* Of @all parts @done are done. */
void tap_progress(unsigned long done, unsigned long all);
/* Prints the result; true where the test did not fail. */
bool tap_end(void);
bool tap_has_failed(void);
void tap_bail_out(const char *reason);

#endif /* _TAP_H */
