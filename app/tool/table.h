/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table for people: columns as wide as what is in them.
 */
#ifndef _TABLE_H
#define _TABLE_H

#include <stdbool.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX	16

/**
 * struct table - rows of texts, the first of them the heads
 * @columns: how many
 * @right: columns that are aligned to the right, as numbers are
 * @cells: the texts, row by row
 * @count: how many
 */
struct table {
	unsigned int columns;
	bool right[TABLE_COLUMNS_MAX];
	char **cells;
	unsigned int count;
};

/* A row, the first one too, is @columns calls of this, from the left. */
void table_add(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Prints it, with two spaces between columns, or with one where that would be wider
 * than @limit; and frees it.
 */
void table_print(struct table *table, int limit, FILE *to);

#endif /* _TABLE_H */
