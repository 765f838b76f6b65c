// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run the tool as a user does; see run.h.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json.h"
#include "run.h"
#include "tests/harness/buffers.h"
#include "tests/harness/harness.h"

/* An unnamed file: of whoever has it open, whatever rights that one has. */
static int new_file(void)
{
	return ASSERT_OK(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

static char *contents(int fd)
{
	off_t size = ASSERT_OK(lseek(fd, 0, SEEK_END));
	char *text = malloc(size + 1);

	ASSERT_TRUE(text);
	ASSERT_EQ(pread(fd, text, size, 0), size);
	text[size] = '\0';
	close(fd);
	return text;
}

static int wait_for(pid_t pid)
{
	int status;

	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void become_command(const char *command, int out, int err, bool privileged)
{
	if (!privileged)
		drop_privileges();
	dup2(out, STDOUT_FILENO);
	if (err >= 0)
		dup2(err, STDERR_FILENO);
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(127);
}

static struct run run_as(const char *format, va_list args, bool privileged)
{
	int out = new_file(), err = new_file();
	struct run r;
	pid_t pid;

	ASSERT_LE(vsnprintf(r.command, sizeof(r.command), format, args),
		  (int)sizeof(r.command) - 1);
	pid = ASSERT_OK(fork());
	if (!pid)
		become_command(r.command, out, err, privileged);
	r.status = wait_for(pid);
	r.out = contents(out);
	r.err = contents(err);
	return r;
}

struct run run(const char *format, ...)
{
	struct run r;
	va_list args;

	va_start(args, format);
	r = run_as(format, args, true);
	va_end(args);
	return r;
}

struct run run_unprivileged(const char *format, ...)
{
	struct run r;
	va_list args;

	va_start(args, format);
	r = run_as(format, args, false);
	va_end(args);
	return r;
}

pid_t run_start(const char *command, int *out)
{
	char replaced[256];
	int ends[2];
	pid_t pid;

	/* No shell in between: signals are for the command. */
	snprintf(replaced, sizeof(replaced), "exec %s", command);
	ASSERT_OK(pipe2(ends, O_CLOEXEC));
	pid = ASSERT_OK(fork());
	if (!pid)
		become_command(replaced, ends[1], -1, true);
	close(ends[1]);
	*out = ends[0];
	return pid;
}

bool run_await(int out, const char *line)
{
	char text[512];
	size_t len = 0;

	while (read(out, text + len, 1) == 1) {
		if (text[len] == '\n') {
			text[len] = '\0';
			if (!strncmp(text, line, strlen(line)))
				return true;
			len = 0;
		} else if (len < sizeof(text) - 1) {
			len++;
		}
	}
	return false;
}

char *run_finish(pid_t pid, int out, int *status)
{
	int file = new_file();
	char block[512];
	ssize_t len;

	while ((len = ASSERT_OK(read(out, block, sizeof(block)))) > 0)
		ASSERT_EQ(write(file, block, len), len);
	close(out);
	*status = wait_for(pid);
	return contents(file);
}

void expect_status(const struct run *r, int status)
{
	harness_check(HARNESS_HERE(false), r->status == status,
		      "\"%s\" ends with %d, not %d; it says: %.200s%.400s", r->command, status,
		      r->status, r->out, r->err);
}

void expect_in(const struct run *r, const char *text, const char *part)
{
	harness_check(HARNESS_HERE(false), strstr(text, part),
		      "\"%s\" says \"%s\"; it says: %.600s", r->command, part, text);
}

void expect_not_in(const struct run *r, const char *text, const char *part)
{
	harness_check(HARNESS_HERE(false), !strstr(text, part),
		      "\"%s\" does not say \"%s\"; it says: %.600s", r->command, part, text);
}

void expect_json(const struct run *r, const char *path, const char *value)
{
	char found[512];

	if (!json_get(r->out, path, found, sizeof(found)))
		snprintf(found, sizeof(found), "%s", json_is_valid(r->out) ? "(no such member)" : "(no JSON)");
	harness_check(HARNESS_HERE(false), !strcmp(found, value),
		      "\"%s\": %s is %s, not %s", r->command, path, value, found);
}
