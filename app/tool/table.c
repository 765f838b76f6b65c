// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table for people; see table.h.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

void table_add(struct table *table, const char *format, ...)
{
	char **cells = realloc(table->cells, (table->count + 1) * sizeof(*cells));
	va_list args;

	va_start(args, format);
	if (!cells || vasprintf(&cells[table->count], format, args) < 0) {
		perror("cohbuf");
		exit(1);
	}
	va_end(args);
	table->cells = cells;
	table->count++;
}

void table_print(struct table *table, int limit, FILE *to)
{
	int widths[TABLE_COLUMNS_MAX] = {}, total = 0;
	unsigned int i, column;
	const char *gap;

	for (i = 0; i < table->count; i++) {
		int width = strlen(table->cells[i]);

		column = i % table->columns;
		if (width > widths[column])
			widths[column] = width;
	}
	for (column = 0; column < table->columns; column++)
		total += widths[column] + 2;
	gap = total - 2 > limit ? " " : "  ";

	for (i = 0; i < table->count; i++) {
		bool last;

		column = i % table->columns;
		last = column == table->columns - 1;
		if (table->right[column])
			fprintf(to, "%*s", widths[column], table->cells[i]);
		else
			fprintf(to, "%-*s", last ? 0 : widths[column], table->cells[i]);
		fputs(last ? "\n" : gap, to);
		free(table->cells[i]);
	}
	free(table->cells);
	memset(table, 0, sizeof(*table));
}
