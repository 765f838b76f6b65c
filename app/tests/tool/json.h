/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Read JSON, strictly.
 */
#ifndef _TESTS_JSON_H
#define _TESTS_JSON_H

#include <stdbool.h>
#include <stddef.h>

/* Is the text one JSON value, and nothing behind it? */
bool json_is_valid(const char *text);

/*
 * The value at a path such as "findings.0.remedy"; a string comes without its quotes,
 * all else as it stands. False where there is none, or the text is no JSON.
 */
bool json_get(const char *text, const char *path, char *value, size_t size);

#endif /* _TESTS_JSON_H */
