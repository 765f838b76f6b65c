/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON on standard output, one member a line.
 *
 *   json_open(NULL, '{');
 *   json_string("name", "plain");
 *   json_open("users", '[');
 *   json_close();
 *   json_close();
 *
 * Within an array the key is NULL. Addresses are strings: not every reader of JSON
 * has numbers of 64 bits.
 */
#ifndef _JSON_H
#define _JSON_H

#include <stdbool.h>
#include <stdint.h>

void json_open(const char *key, char bracket);
void json_close(void);
void json_string(const char *key, const char *value);	/* NULL: null */
void json_number(const char *key, uint64_t value);
void json_address(const char *key, uint64_t value);
void json_bool(const char *key, bool value);

#endif /* _JSON_H */
