/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Run the tool as a user does: a command line, an exit status, two texts.
 */
#ifndef _RUN_H
#define _RUN_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct run - a command that was run
 * @command: the command line
 * @status: exit status, or 128 and the signal
 * @out: standard output, NUL-terminated
 * @err: standard error, NUL-terminated
 */
struct run {
	char command[512];
	int status;
	char *out;
	char *err;
};

/* By the shell; as a user without rights, or as the tests run. */
struct run run(const char *format, ...) __attribute__((format(printf, 1, 2)));
struct run run_unprivileged(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One that goes on: its standard output is read by run_await(). */
pid_t run_start(const char *command, int *out);
/* Reads until a line starts so; false where the output ended before. */
bool run_await(int out, const char *line);
/* What else it printed, to its end; and its exit status. */
char *run_finish(pid_t pid, int out, int *status);

/* Checks, with what was printed where they fail. */
void expect_status(const struct run *r, int status);
void expect_in(const struct run *r, const char *text, const char *part);
void expect_not_in(const struct run *r, const char *text, const char *part);
/* The value at a path of the JSON that was printed. */
void expect_json(const struct run *r, const char *path, const char *value);

#endif /* _RUN_H */
