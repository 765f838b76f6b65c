/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An unbind that must not wait for anything that a program does.
 */
#ifndef _UNBIND_H
#define _UNBIND_H

#include "tests/harness/buffers.h"

/* Ends the test where it takes more than a second; says how long it took. */
void unbind_promptly(const struct test_buffer *b);

#endif /* _UNBIND_H */
