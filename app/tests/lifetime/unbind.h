/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An unbind that must not wait for anything that a program does.
 */
#ifndef _UNBIND_H
#define _UNBIND_H

#include "tests/harness/buffers.h"

/* Ends the test where it takes more than a second, or this long; says how long it took. */
void unbind_promptly(const struct test_buffer *b);
void unbind_within(const struct test_buffer *b, unsigned int milliseconds);

#endif /* _UNBIND_H */
