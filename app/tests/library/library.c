// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers for the tests of the library; see library.h.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "library.h"

void expect_failed(bool failed, int error, int wanted, const char *part, const char *call)
{
	char reason[256];

	EXPECT_TRUE(failed);
	if (!failed)
		harness_note("%s did not fail", call);
	EXPECT_EQ(error, wanted);
	/* All three parts are there: what, why, and what to do. */
	snprintf(reason, sizeof(reason), ": %s: ", strerror(wanted));
	EXPECT_TRUE(strstr(cohbuf_error(), reason));
	EXPECT_TRUE(strstr(cohbuf_error(), part));
	EXPECT_TRUE(cohbuf_remedy()[0]);
	if (!strstr(cohbuf_error(), reason) || !strstr(cohbuf_error(), part) || error != wanted)
		harness_note("%s: %s", call, cohbuf_error());
}

void need_buffer(const char *name)
{
	char found[COHBUF_NAME_SIZE];

	if (cohbuf_find(name, found))
		SKIP("%s", cohbuf_error());
}

struct cohbuf_buffer *opened(const char *name, int flags)
{
	struct cohbuf_buffer *buffer;

	need_buffer(name);
	buffer = cohbuf_open(name, flags);
	ASSERT_TRUE(buffer);
	return buffer;
}

void *mapped(const struct cohbuf_buffer *buffer, int prot)
{
	void *map = cohbuf_map(buffer, prot);

	ASSERT_TRUE(map);
	return map;
}

bool is_fake(void)
{
	return getenv("COHBUF_FAKE");
}

static const char *fake_file(char path[PATH_MAX], const char *folder, const char *name)
{
	ASSERT_TRUE(snprintf(path, PATH_MAX, "%s/%s%s%s", getenv("COHBUF_FAKE"), folder,
			     name[0] ? "/" : "", name) < PATH_MAX);
	return path;
}

void expect_called(const char *call)
{
	char path[PATH_MAX], line[256] = "";
	FILE *file;

	if (!is_fake())
		return;
	file = fopen(fake_file(path, "calls", ""), "r");
	ASSERT_TRUE(file);
	while (fgets(line, sizeof(line), file))
		;
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	EXPECT_STREQ(line, call);
}

void need_fake(void)
{
	if (!is_fake())
		SKIP("only a folder does so when it is told to");
}

static void write_file(const char *path, const void *bytes, size_t size)
{
	FILE *file = fopen(path, "w");

	ASSERT_TRUE(file);
	ASSERT_EQ(fwrite(bytes, 1, size, file), size);
	ASSERT_OK(fclose(file));
}

void fail_after(int count, const char *call, int error)
{
	char path[PATH_MAX], text[32];

	need_fake();
	snprintf(text, sizeof(text), "%d %d\n", error, count);
	write_file(fake_file(path, "fail", call), text, strlen(text));
}

void fail_next(const char *call, int error)
{
	fail_after(0, call, error);
}

void lie_next(const char *call, const void *bytes, size_t size)
{
	char path[PATH_MAX];

	need_fake();
	write_file(fake_file(path, "lies", call), bytes, size);
}

void make_older(bool older)
{
	char path[PATH_MAX];

	need_fake();
	fake_file(path, "older", "");
	if (older)
		write_file(path, "", 0);
	else
		unlink(path);
}

/* What a test told it, and did not come to. */
static void tell_nothing(const char *folder)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir(fake_file(path, folder, ""));

	ASSERT_TRUE(dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			unlink(fake_file(path, folder, entry->d_name));
	closedir(dir);
}

/* With new memory, of the size of the old one. */
static void renew_fake(const char *name)
{
	char path[PATH_MAX], size[32], used[32];
	FILE *file;

	ASSERT_OK(cohbuf_attribute(name, "size", size, sizeof(size)));
	/* A pool has no bytes. */
	if (!cohbuf_attribute(name, "used", used, sizeof(used)))
		size[0] = '\0';
	ASSERT_OK(unlink(fake_file(path, "dev", name)));
	file = fopen(path, "w");
	ASSERT_TRUE(file);
	ASSERT_OK(ftruncate(fileno(file), atoll(size)));
	ASSERT_OK(fclose(file));
	ASSERT_OK(unlink(fake_file(path, "unbound", name)));
}

/* As the board's own are bound again by restore_buffers(). */
static void renew_fakes(const void *arg __attribute__((unused)))
{
	struct dirent *entry;
	char path[PATH_MAX];
	DIR *dir;

	tell_nothing("fail");
	tell_nothing("lies");
	make_older(false);
	dir = opendir(fake_file(path, "unbound", ""));
	ASSERT_TRUE(dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			renew_fake(entry->d_name);
	closedir(dir);
}

static void __attribute__((constructor)) add_teardown(void)
{
	if (is_fake())
		harness_add_teardown(renew_fakes);
}

static char device[DEVICE_NAME_SIZE];

void unbind(const char *name)
{
	char path[PATH_MAX];
	FILE *file;

	if (!is_fake()) {
		ASSERT_OK(buffer_device(name, device));
		ASSERT_OK(device_unbind(device));
		return;
	}
	file = fopen(fake_file(path, "unbound", name), "w");
	ASSERT_TRUE(file);
	ASSERT_OK(fclose(file));
	ASSERT_OK(truncate(fake_file(path, "dev", name), 0));
}

void bind(const char *name)
{
	if (is_fake())
		renew_fake(name);
	else
		ASSERT_OK(device_bind(device));
}
