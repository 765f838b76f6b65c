// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/class/cohbuf/NAME: values, rights, and the tracepoints.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

/* The first one is there only where a device sees the memory. */
static const char *const all_attributes[] = {
	"dma_addr", "dma_bits", "dma_coherent", "size", "memory", "cpu_mapping", "cache_line",
	"region", "engine", "files", "mappings", "exports", "events", NULL
};

static const char *const *attributes_of(const struct test_buffer *b)
{
	return has_dma(b) ? all_attributes : all_attributes + 1;
}

static void attr_path(char path[PATH_MAX], const struct test_buffer *b, const char *attr)
{
	snprintf(path, PATH_MAX, "/sys/class/cohbuf/%s/%s", name_of(b), attr);
}

static uint64_t number(const struct test_buffer *b, const char *attr)
{
	uint64_t value = ~0ULL;

	EXPECT_OK(buffer_attr_u64(name_of(b), attr, &value));
	return value;
}

TEST_EACH(sysfs, numbers_are_those_of_the_node, all_buffers)
{
	EXPECT_EQ(number(b, "size"), b->size);
	expect_dma_bits(b, number(b, "dma_bits"));
	EXPECT_EQ(number(b, "dma_coherent"), !!(b->flags & COHBUF_INFO_DMA_COHERENT));
	EXPECT_EQ(number(b, "files"), 0);
	EXPECT_EQ(number(b, "mappings"), 0);
	EXPECT_EQ(number(b, "exports"), 0);
	EXPECT_EQ(number(b, "events"), 0);
}

TEST_EACH(sysfs, what_no_device_sees_has_no_dma_addr, all_buffers)
{
	char path[PATH_MAX];

	attr_path(path, b, "dma_addr");
	if (has_dma(b))
		EXPECT_OK(access(path, F_OK));
	else
		EXPECT_ERRNO(access(path, F_OK), ENOENT);
}

TEST_EACH(sysfs, dma_addr_is_where_the_node_puts_the_buffer, dma_buffers)
{
	uint64_t dma_addr = number(b, "dma_addr");

	EXPECT_GE(dma_addr, b->dma_first);
	EXPECT_LE(dma_addr + b->size, b->dma_end);
	EXPECT_EQ(dma_addr % PAGE, 0);
}

TEST_EACH(sysfs, memory_is_the_kind, all_buffers)
{
	char text[64] = "?";

	EXPECT_OK(cohbuf_attribute(name_of(b), "memory", text, sizeof(text)));
	EXPECT_STREQ(text, kind_of(b));
}

TEST_EACH(sysfs, cpu_mapping_is_what_the_kind_promises, all_buffers)
{
	char text[64] = "?";

	EXPECT_OK(cohbuf_attribute(name_of(b), "cpu_mapping", text, sizeof(text)));
	EXPECT_STREQ(text, is_cpu_cached(b) ? "cached" : "uncached");
}

TEST_EACH(sysfs, region_is_the_name_of_the_memory_region, all_buffers)
{
	char text[64] = "?";

	EXPECT_OK(cohbuf_attribute(name_of(b), "region", text, sizeof(text)));
	EXPECT_STREQ(text, b->region);
}

TEST_EACH(sysfs, every_value_is_one_line, all_buffers)
{
	for (const char *const *attr = attributes_of(b); *attr; attr++) {
		char path[PATH_MAX], text[256] = "";
		ssize_t len;
		int fd;

		attr_path(path, b, *attr);
		fd = ASSERT_OK(open(path, O_RDONLY));
		len = ASSERT_OK(read(fd, text, sizeof(text)));
		ASSERT_GT(len, 0);
		EXPECT_EQ(memchr(text, '\n', len) - (void *)text, len - 1);
		close(fd);
	}
}

TEST_EACH(sysfs, attributes_are_0444_and_the_dma_address_is_0400, all_buffers)
{
	for (const char *const *attr = attributes_of(b); *attr; attr++) {
		char path[PATH_MAX];
		struct stat st;

		attr_path(path, b, *attr);
		ASSERT_OK(stat(path, &st));
		EXPECT_EQ(st.st_mode & 07777, strcmp(*attr, "dma_addr") ? 0444 : 0400);
		EXPECT_EQ(st.st_uid, 0);
	}
}

TEST_EACH(sysfs, not_even_root_opens_an_attribute_for_writing, all_buffers)
{
	for (const char *const *attr = attributes_of(b); *attr; attr++) {
		char path[PATH_MAX];

		attr_path(path, b, *attr);
		EXPECT_ERRNO(open(path, O_WRONLY), EACCES);
		EXPECT_ERRNO(open(path, O_RDWR), EACCES);
	}
}

static void expect_all_but_the_dma_address(const char *name, int error)
{
	char text[64];

	for (const char *const *attr = all_attributes; *attr; attr++)
		if (strcmp(*attr, "dma_addr"))
			EXPECT_OK(cohbuf_attribute(name, *attr, text, sizeof(text)));
	EXPECT_ERRNO(cohbuf_attribute(name, "dma_addr", text, sizeof(text)), error);
}

TEST_EACH(sysfs, unprivileged_user_reads_all_but_the_dma_address, dma_buffers)
{
	const char *name = name_of(b);

	drop_privileges();
	expect_all_but_the_dma_address(name, EACCES);
}

/* The same right as COHBUF_IOC_INFO asks for, whatever the mode of the file says. */
TEST_EACH(sysfs, root_without_cap_sys_rawio_reads_all_but_the_dma_address, dma_buffers)
{
	const char *name = name_of(b);

	drop_rawio();
	expect_all_but_the_dma_address(name, EPERM);
}

/* A tracer of our own, so that nothing else that is traced gets in between. */
#define TRACER	"/sys/kernel/tracing/instances/cohbuf_test"

static bool trace_has(const char *event)
{
	FILE *trace = fopen(TRACER "/trace", "r");
	bool found = false;
	char line[512];

	ASSERT_TRUE(trace);
	while (!found && fgets(line, sizeof(line), trace))
		found = strstr(line, event);
	fclose(trace);
	return found;
}

static void expect_trace(const char *event)
{
	harness_check(HARNESS_HERE(false), trace_has(event), "the trace has \"%s\"", event);
}

TEST(sysfs, life_of_a_buffer_is_traced)
{
	char bound[128], refused[64];
	int fd;

	if (access("/sys/kernel/tracing/instances", F_OK))
		SKIP("tracefs is not mounted");
	rmdir(TRACER);
	ASSERT_OK(mkdir(TRACER, 0700));
	ASSERT_OK(file_write(TRACER "/events/cohbuf/enable", "1"));

	fd = open_buffer(&plain, O_RDWR);
	map_buffer(&plain, fd);
	mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, plain.size);
	expect_trace("cohbuf_open: plain flags=0");
	expect_trace("cohbuf_mmap: plain offset=0 length=1048576 ret=0");
	snprintf(refused, sizeof(refused), "cohbuf_mmap: plain offset=1048576 length=%lu ret=-6", PAGE);
	expect_trace(refused);
	EXPECT_TRUE(!trace_has("cohbuf_revoke"));

	renew_buffer(&plain);
	expect_trace("cohbuf_revoke: plain files=1 mappings=1");
	snprintf(bound, sizeof(bound), "cohbuf_bind: plain size=%zu dma_addr=%#llx",
		 plain.size, (unsigned long long)number(&plain, "dma_addr"));
	expect_trace(bound);

	ASSERT_OK(file_write(TRACER "/events/cohbuf/enable", "0"));
	EXPECT_OK(rmdir(TRACER));
}
