/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table that "cohbuf list" prints: a row a buffer.
 */
#ifndef _ROWS_H
#define _ROWS_H

#include <stdbool.h>
#include <stdio.h>

#include "facts.h"

/*
 * Not @wide: in ROWS_WIDTH columns, whatever the buffers are, as long as none is open,
 * or mapped, 100000 times.
 */
#define ROWS_WIDTH	80

void rows_print(const struct facts *facts, unsigned int count, bool wide, FILE *to);

#endif /* _ROWS_H */
