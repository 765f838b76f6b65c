// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs of the fuzzer: how they come about, and their text; see program.h.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

static void make_call(struct call *call, struct random *random)
{
	const struct call_kind *kind;

	memset(call, 0, sizeof(*call));
	call->kind = random_below(random, num_call_kinds);
	kind = &call_kinds[call->kind];
	for (size_t i = 0; i < call_num_args(kind); i++)
		call->args[i] = call_random_arg(kind->args[i], random);
}

void program_make(struct program *program, struct random *random)
{
	program->count = 1 + random_below(random, MAX_CALLS);
	for (size_t i = 0; i < program->count; i++)
		make_call(&program->calls[i], random);
}

static void insert_call(struct program *program, const struct call *call, struct random *random)
{
	size_t at = random_below(random, program->count + 1);

	if (program->count == MAX_CALLS)
		program->count--;
	if (at > program->count)
		at = program->count;
	memmove(&program->calls[at + 1], &program->calls[at],
		(program->count - at) * sizeof(*call));
	program->calls[at] = *call;
	program->count++;
}

static void remove_call(struct program *program, struct random *random)
{
	size_t at = random_below(random, program->count);

	if (program->count < 2)
		return;
	program->count--;
	memmove(&program->calls[at], &program->calls[at + 1],
		(program->count - at) * sizeof(program->calls[0]));
}

static void change_arg(struct program *program, struct random *random)
{
	struct call *call = &program->calls[random_below(random, program->count)];
	const struct call_kind *kind = &call_kinds[call->kind];
	size_t count = call_num_args(kind), at;

	if (!count)
		return;
	at = random_below(random, count);
	switch (random_below(random, 3)) {
	case 0:
		call->args[at].number += random_below(random, 33) - 16;
		break;
	case 1:
		call->args[at].number ^= 1ULL << random_below(random, 64);
		break;
	default:
		call->args[at] = call_random_arg(kind->args[at], random);
		break;
	}
}

void program_change(struct program *program, const struct program *other,
		    struct random *random)
{
	size_t changes = 1 + random_below(random, 4);
	struct call call;

	for (size_t i = 0; i < changes; i++) {
		switch (random_below(random, 5)) {
		case 0:
			make_call(&call, random);
			insert_call(program, &call, random);
			break;
		case 1:
			call = other->calls[random_below(random, other->count)];
			insert_call(program, &call, random);
			break;
		case 2:
			remove_call(program, random);
			break;
		default:
			change_arg(program, random);
			break;
		}
	}
}

void program_print(const struct program *program, char *text)
{
	char *at = text, *end = text + PROGRAM_TEXT;

	for (size_t i = 0; i < program->count; i++) {
		const struct call *call = &program->calls[i];
		const struct call_kind *kind = &call_kinds[call->kind];

		at += snprintf(at, end - at, "%s", kind->name);
		for (size_t j = 0; j < call_num_args(kind); j++)
			at += snprintf(at, end - at,
				       call->args[j].of_size ? " s%+" PRId64 : " 0x%" PRIx64,
				       call->args[j].number);
		at += snprintf(at, end - at, "\n");
	}
}

static bool parse_value(struct value *value, char *word)
{
	char *end;

	value->of_size = *word == 's';
	word += value->of_size;
	if (!*word && value->of_size)
		return true;
	value->number = value->of_size ? (uint64_t)strtoll(word, &end, 0) : strtoull(word, &end, 0);
	return end != word && !*end;
}

static bool parse_call(struct call *call, char *line)
{
	char *rest, *word = strtok_r(line, " \t", &rest);
	const struct call_kind *kind;

	memset(call, 0, sizeof(*call));
	while (call->kind < num_call_kinds && strcmp(call_kinds[call->kind].name, word))
		call->kind++;
	if (call->kind == num_call_kinds)
		return false;
	kind = &call_kinds[call->kind];
	for (size_t i = 0; i < call_num_args(kind); i++) {
		word = strtok_r(NULL, " \t", &rest);
		if (!word || !parse_value(&call->args[i], word))
			return false;
	}
	return !strtok_r(NULL, " \t", &rest);
}

/* Empty lines and those that begin with "#" are for people. */
bool program_parse(struct program *program, const char *text, unsigned int *line)
{
	char *copy = strdup(text), *rest = copy, *next;
	bool good = copy;

	program->count = 0;
	for (*line = 1; good && (next = strsep(&rest, "\n")); (*line)++) {
		next += strspn(next, " \t");
		if (!*next || *next == '#')
			continue;
		good = program->count < MAX_CALLS &&
		       parse_call(&program->calls[program->count++], next);
		if (!good)
			break;
	}
	free(copy);
	return good && program->count;
}
