/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a test of "cohbuf test" prints, called as a function.
 */
#ifndef _SAID_H
#define _SAID_H

/* Its result and its notes, as the test number 1 called "test"; until the next call. */
const char *said(void (*test)(const void *arg), const void *arg);

void expect_said(const char *text, const char *part);
void expect_not_said(const char *text, const char *part);

#endif /* _SAID_H */
