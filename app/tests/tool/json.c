// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read JSON; see json.h. Each function takes the place in the text and gives the
 * place behind what it read, or NULL where that is no JSON.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

static const char *skip_value(const char *at);

static const char *skip_space(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

static const char *skip_string(const char *at)
{
	if (*at++ != '"')
		return NULL;
	for (; *at != '"'; at++) {
		if ((unsigned char)*at < 0x20)
			return NULL;
		if (*at != '\\')
			continue;
		at++;
		if (*at == 'u') {
			for (int i = 0; i < 4; i++)
				if (!isxdigit((unsigned char)*++at))
					return NULL;
		} else if (!*at || !strchr("\"\\/bfnrt", *at)) {
			return NULL;
		}
	}
	return at + 1;
}

static const char *skip_number(const char *at)
{
	const char *digits;

	at += *at == '-';
	digits = at;
	at += strspn(at, "0123456789");
	if (at == digits || (*digits == '0' && at > digits + 1))
		return NULL;
	if (*at == '.')
		at += 1 + strspn(at + 1, "0123456789");
	return at;
}

/* The key of a member and its colon; gives where the value begins. */
static const char *skip_key(const char *at)
{
	at = skip_string(skip_space(at));
	if (!at)
		return NULL;
	at = skip_space(at);
	return *at == ':' ? skip_space(at + 1) : NULL;
}

static const char *skip_members(const char *at, char closer)
{
	at = skip_space(at + 1);
	if (*at == closer)
		return at + 1;
	for (;;) {
		if (closer == '}')
			at = skip_key(at);
		at = at ? skip_value(skip_space(at)) : NULL;
		if (!at)
			return NULL;
		at = skip_space(at);
		if (*at == closer)
			return at + 1;
		if (*at++ != ',')
			return NULL;
		at = skip_space(at);
	}
}

static const char *skip_value(const char *at)
{
	static const char *const words[] = { "true", "false", "null" };

	if (*at == '{')
		return skip_members(at, '}');
	if (*at == '[')
		return skip_members(at, ']');
	if (*at == '"')
		return skip_string(at);
	for (int i = 0; i < 3; i++)
		if (!strncmp(at, words[i], strlen(words[i])))
			return at + strlen(words[i]);
	return skip_number(at);
}

bool json_is_valid(const char *text)
{
	const char *end = skip_value(skip_space(text));

	return end && !*skip_space(end);
}

/* The member of an object or an array; the text is valid. */
static const char *find_member(const char *at, const char *name, size_t len)
{
	char opener = *at;

	if (opener != '{' && opener != '[')
		return NULL;
	at = skip_space(at + 1);
	for (unsigned long i = 0; *at != '}' && *at != ']'; i++) {
		bool found = opener == '[' ? i == strtoul(name, NULL, 10) :
					     !strncmp(at + 1, name, len) && at[1 + len] == '"';

		if (opener == '{')
			at = skip_key(at);
		if (found)
			return at;
		at = skip_space(skip_value(at));
		if (*at == ',')
			at = skip_space(at + 1);
	}
	return NULL;
}

/* What a string says; of \u only what one byte holds. */
static void copy_string(const char *at, const char *end, char *value, size_t size)
{
	static const char escapes[] = "\bb\ff\nn\rr\tt";
	size_t len = 0;

	for (; at < end && len < size - 1; at++) {
		const char *known;
		char digits[5];

		if (*at != '\\') {
			value[len++] = *at;
			continue;
		}
		at++;
		if (*at == 'u') {
			snprintf(digits, sizeof(digits), "%.4s", at + 1);
			value[len++] = strtoul(digits, NULL, 16);
			at += 4;
			continue;
		}
		known = isalpha((unsigned char)*at) ? strchr(escapes, *at) : NULL;
		value[len++] = known ? known[-1] : *at;
	}
	value[len] = '\0';
}

bool json_get(const char *text, const char *path, char *value, size_t size)
{
	const char *at = skip_space(text), *end;

	if (!json_is_valid(text))
		return false;
	while (at && *path) {
		size_t len = strcspn(path, ".");

		at = find_member(at, path, len);
		path += len + (path[len] == '.');
	}
	if (!at)
		return false;
	end = skip_value(at);
	if (*at == '"') {
		copy_string(at + 1, end - 1, value, size);
		return true;
	}
	snprintf(value, size, "%.*s", (int)(end - at), at);
	return true;
}
