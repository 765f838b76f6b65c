// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers for the tests of the library; see library.h.
 */
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
	ASSERT_TRUE(snprintf(path, PATH_MAX, "%s/%s/%s", getenv("COHBUF_FAKE"), folder, name) < PATH_MAX);
	return path;
}

/* With new memory, of the size of the old one. */
static void renew_fake(const char *name)
{
	char path[PATH_MAX], size[32];
	FILE *file;

	ASSERT_OK(cohbuf_attribute(name, "size", size, sizeof(size)));
	ASSERT_OK(unlink(fake_file(path, "dev", name)));
	file = fopen(path, "w");
	ASSERT_TRUE(file);
	ASSERT_OK(ftruncate(fileno(file), atoll(size)));
	ASSERT_OK(fclose(file));
	ASSERT_OK(unlink(fake_file(path, "unbound", name)));
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
