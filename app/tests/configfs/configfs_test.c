// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers without a devicetree node, made by configfs: what an item can say, that the
 * driver checks it as it checks a node's properties, and what becomes of a live one.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "items.h"
#include "tests/pool/pools.h"
#include "tests/tool/run.h"

/* What configfs takes of a write() at most. */
#define WRITE_MAX 4095

static uint64_t attr_of(const char *item, const char *attr)
{
	char device[DEVICE_NAME_SIZE], name[COHBUF_NAME_SIZE];
	uint64_t value;

	item_device(item, device);
	ASSERT_OK(device_buffer(device, name));
	ASSERT_OK(buffer_attr_u64(name, attr, &value));
	return value;
}

TEST(configfs, new_item_says_nothing)
{
	static const char *const empty[] = {
		"size", "memory", "dma_bits", "label", "initial_data", NULL
	};
	char device[DEVICE_NAME_SIZE];

	need_items();
	ASSERT_OK(item_make("a"));
	for (size_t i = 0; empty[i]; i++)
		EXPECT_STREQ(item_read("a", empty[i]), "");
	EXPECT_STREQ(item_read("a", "type"), "buffer");
	EXPECT_STREQ(item_read("a", "live"), "0");
	item_device("a", device);
	EXPECT_TRUE(!strncmp(device, "cohbuf-buffer.", 14));
	expect_item_refused("a", "cohbuf,size is missing");
}

TEST(configfs, item_becomes_a_buffer)
{
	struct cohbuf_info info;
	unsigned char byte = 1;
	int fd;

	need_items();
	ITEM("a", "size", "64K\n", "label", "frames\n", "dma_bits", "31\n");
	fd = item_open("a");
	EXPECT_OK(access("/dev/frames", F_OK));
	ASSERT_OK(buffer_info(fd, &info));
	EXPECT_EQ(info.size, 64 * 1024);
	EXPECT_EQ(info.memory, COHBUF_MEMORY_COHERENT);
	EXPECT_EQ(attr_of("a", "dma_bits"), 31);
	EXPECT_LT(attr_of("a", "dma_addr"), 1ULL << 31);
	EXPECT_EQ(pread(fd, &byte, 1, 64 * 1024 - 1), 1);
	EXPECT_EQ(byte, 0);
	EXPECT_SIGNAL(touch_write(ASSERT_MAP(mmap(NULL, 64 * 1024, PROT_READ | PROT_WRITE,
						  MAP_SHARED, fd, 0)),
				  1),
		      0);
	close(fd);
	EXPECT_OK(item_write("a", "live", "0\n"));
	EXPECT_STREQ(item_read("a", "live"), "0");
	EXPECT_ERRNO(access("/dev/frames", F_OK), ENOENT);
}

TEST(configfs, item_becomes_a_pool)
{
	struct cohbuf_info info;
	int pool, fd;

	need_items();
	ITEM("a", "type", "pool\n", "size", "128K\n", "label", "frames\n", "memory", "cached\n");
	pool = item_open("a");
	ASSERT_OK(buffer_info(pool, &info));
	EXPECT_TRUE(info.flags & COHBUF_INFO_POOL);
	EXPECT_EQ(info.size, 128 * 1024);
	fd = ASSERT_OK(pool_alloc(pool, 64 * 1024, 0));
	ASSERT_OK(buffer_info(fd, &info));
	EXPECT_EQ(info.memory, COHBUF_MEMORY_CACHED);
	EXPECT_EQ(attr_of("a", "used"), 64 * 1024);
	EXPECT_ERRNO(pool_alloc(pool, 64 * 1024 + 1, 0), EDQUOT);
	ASSERT_OK(item_remove("a"));
	EXPECT_ERRNO(buffer_info(fd, &info), ENODEV);
	EXPECT_ERRNO(pool_alloc(pool, 1, 0), ENODEV);

	ITEM("b", "type", "pool", "size", "64K", "initial_data", "x");
	expect_item_refused("b", "cohbuf,initial-data of a \"cohbuf,pool\"");
}

TEST(configfs, each_kind_of_memory)
{
	static const char *const kinds[] = { "coherent", "cached", "kmalloc", "vmalloc", NULL };
	struct cohbuf_info info;

	need_items();
	ITEM("a", "size", "65536");
	for (size_t i = 0; kinds[i]; i++) {
		int fd;

		ASSERT_OK(item_write("a", "memory", kinds[i]));
		fd = item_open("a");
		ASSERT_OK(buffer_info(fd, &info));
		EXPECT_EQ(info.memory, i);
		EXPECT_OK(pwrite(fd, kinds[i], 1, 0));
		close(fd);
		ASSERT_OK(item_write("a", "live", "0"));
	}
}

TEST(configfs, sizes_are_numbers_with_units)
{
	static const struct {
		const char *text;
		uint64_t size;
	} sizes[] = {
		{ "65536", 65536 },
		{ "0x10000", 65536 },
		{ "0X10000\n", 65536 },
		{ "64k", 65536 },
		{ "64K", 65536 },
		{ "0x40K\n", 65536 },
		{ "1m", 1 << 20 },
		{ "1M", 1 << 20 },
		{ "65535", 65536 },
	};

	need_items();
	ASSERT_OK(item_make("a"));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct cohbuf_info info;
		int fd;

		ASSERT_OK(item_write("a", "size", sizes[i].text));
		fd = item_open("a");
		ASSERT_OK(buffer_info(fd, &info));
		EXPECT_EQ(info.size, sizes[i].size);
		close(fd);
		ASSERT_OK(item_write("a", "live", "0"));
	}
}

TEST(configfs, what_is_no_number_is_refused_at_once)
{
	static const struct {
		const char *attr, *text;
		int error;
	} wrong[] = {
		{ "size", "abc", EINVAL },
		{ "size", "-1", EINVAL },
		{ "size", "1KK", EINVAL },
		{ "size", "1K1", EINVAL },
		{ "size", "K", EINVAL },
		{ "size", " 1", EINVAL },
		{ "size", "1\n\n\n", EINVAL },
		{ "size", "1,2", EINVAL },
		{ "size", "1T", EINVAL },
		{ "size", "0x", EINVAL },
		{ "size", "00000000000000000000000000000000000000000001", EINVAL },
		{ "size", "18446744073709551616", ERANGE },
		{ "size", "17179869184G", ERANGE },
		{ "size", "18446744073709551615k", ERANGE },
		{ "dma_bits", "many", EINVAL },
		{ "dma_bits", "-1", EINVAL },
		{ "dma_bits", "4294967296", ERANGE },
		{ "type", "registers", EINVAL },
		{ "type", "buffers", EINVAL },
		{ "live", "abc", EINVAL },
		{ "live", "7", EINVAL },
	};

	need_items();
	ITEM("a", "size", "64K", "dma_bits", "32");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		EXPECT_ERRNO(item_write("a", wrong[i].attr, wrong[i].text), wrong[i].error);
	/* And nothing of it stays. */
	EXPECT_STREQ(item_read("a", "size"), "64K");
	EXPECT_STREQ(item_read("a", "dma_bits"), "32");
	EXPECT_STREQ(item_read("a", "type"), "buffer");
	close(item_open("a"));
}

TEST(configfs, attributes_read_as_they_were_written)
{
	need_items();
	ITEM("a", "size", "0x40k\n", "memory", "cached\n", "dma_bits", "0x20\n", "label", "x y\n\n",
	     "initial_data", " two words ", "type", "pool\n");
	EXPECT_STREQ(item_read("a", "size"), "0x40k");
	EXPECT_STREQ(item_read("a", "memory"), "cached");
	EXPECT_STREQ(item_read("a", "dma_bits"), "0x20");
	EXPECT_STREQ(item_read("a", "label"), "x y\n");
	EXPECT_STREQ(item_read("a", "initial_data"), " two words ");
	EXPECT_STREQ(item_read("a", "type"), "pool");
	EXPECT_TRUE(!strncmp(item_read("a", "dev_name"), "cohbuf-pool.", 12));
}

/* An empty line takes back what was said. */
TEST(configfs, empty_line_is_no_property)
{
	static const char *const attrs[] = {
		"memory", "dma_bits", "label", "type", "initial_data", NULL
	};

	need_items();
	ITEM("a", "size", "64K", "memory", "nonsense", "dma_bits", "7", "label", "Bad", "type",
	     "pool", "initial_data", "x");
	for (size_t i = 0; attrs[i]; i++)
		ASSERT_OK(item_write("a", attrs[i], "\n"));
	EXPECT_STREQ(item_read("a", "type"), "buffer");
	EXPECT_STREQ(item_read("a", "label"), "");
	close(item_open("a"));
	EXPECT_EQ(attr_of("a", "dma_bits"), 32);
	ASSERT_OK(item_write("a", "live", "0"));
	ASSERT_OK(item_write("a", "size", "\n"));
	expect_item_refused("a", "cohbuf,size is missing");
}

TEST(configfs, initial_data_is_a_string)
{
	char text[WRITE_MAX - 1], found[WRITE_MAX + 1];
	int fd;

	need_items();
	ITEM("a", "size", "8K", "initial_data", "Hello\n");
	fd = item_open("a");
	ASSERT_EQ(pread(fd, found, 8, 0), 8);
	EXPECT_BYTES(found, "Hello\0\0\0", 8);
	close(fd);
	ASSERT_OK(item_write("a", "live", "0"));

	/* The longest. Of a longer one configfs would hand over the rest as another write. */
	memset(text, 'x', sizeof(text));
	ASSERT_OK(item_write_bytes("a", "initial_data", text, sizeof(text)));
	fd = item_open("a");
	ASSERT_EQ(pread(fd, found, sizeof(found), 0), sizeof(found));
	EXPECT_BYTES(found, text, sizeof(text));
	EXPECT_EQ(found[sizeof(text)], 0);
	EXPECT_EQ(strlen(item_read("a", "initial_data")), sizeof(text));
}

TEST(configfs, value_that_is_too_long_is_efbig)
{
	static const char *const attrs[] = {
		"type", "size", "memory", "dma_bits", "label", "initial_data", NULL
	};
	char text[2 * WRITE_MAX];

	need_items();
	ASSERT_OK(item_make("a"));
	memset(text, '1', sizeof(text));
	for (size_t i = 0; attrs[i]; i++) {
		EXPECT_ERRNO(item_write_bytes("a", attrs[i], text, WRITE_MAX), EFBIG);
		EXPECT_ERRNO(item_write_bytes("a", attrs[i], text, sizeof(text)), EFBIG);
	}
	EXPECT_STREQ(item_read("a", "initial_data"), "");
}

TEST(configfs, zero_byte_in_a_value_is_einval)
{
	need_items();
	ASSERT_OK(item_make("a"));
	EXPECT_ERRNO(item_write_bytes("a", "label", "a\0b", 3), EINVAL);
	EXPECT_ERRNO(item_write_bytes("a", "size", "64K\0", 4), EINVAL);
	EXPECT_ERRNO(item_write_bytes("a", "initial_data", "\0", 1), EINVAL);
	EXPECT_STREQ(item_read("a", "label"), "");
}

/* As a node with these properties: see dts/bad and dts/refused. */
TEST(configfs, driver_refuses_what_it_refuses_of_a_node)
{
	static const struct {
		const char *attr, *value, *said;
	} wrong[] = {
		{ "size", "0", "cohbuf,size is 0" },
		{ "size", "4000000G", "cohbuf,size 0xf424000000000 is more than the" },
		{ "size", "18446744073709551615", "cohbuf,size 0xffffffffffffffff is more" },
		{ "memory", "registers", "cohbuf,size with cohbuf,memory \"registers\", which" },
		{ "memory", "Coherent", "cohbuf,memory \"Coherent\" is not known" },
		{ "dma_bits", "15", "cohbuf,dma-bits <15> is out of range" },
		{ "dma_bits", "65", "cohbuf,dma-bits <65> is out of range" },
		{ "label", "Frames", "label \"Frames\" cannot be a name below /dev" },
		{ "label", "a/../b", "label \"a/../b\" cannot be a name below /dev" },
		{ "label", "%s%n", "label \"%s%n\" cannot be a name below /dev" },
		{ "label", "two\nlines", "label \"two" },
		{ "label", "abcdefghijklmnopqrstuvwxyz_012345", "cannot be a name below /dev" },
		{ "label", "cohbuf7", "label \"cohbuf7\" is kept for nodes without a label" },
		{ "label", "plain", "label \"plain\" is taken by" },
	};

	need_items();
	ASSERT_OK(item_make("a"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ASSERT_OK(item_write("a", "size", "64K"));
		ASSERT_OK(item_write("a", wrong[i].attr, wrong[i].value));
		expect_item_refused("a", wrong[i].said);
		ASSERT_OK(item_write("a", wrong[i].attr, "\n"));
	}
	ASSERT_OK(item_write("a", "size", "\n"));
	ASSERT_OK(item_write("a", "memory", "registers"));
	expect_item_refused("a", "cohbuf,memory \"registers\" without reg");

	/* It can be mended. */
	ASSERT_OK(item_write("a", "size", "64K"));
	ASSERT_OK(item_write("a", "memory", "vmalloc"));
	ASSERT_OK(item_write("a", "dma_bits", "32"));
	expect_item_refused("a", "cohbuf,dma-bits with cohbuf,memory \"vmalloc\"");
	ASSERT_OK(item_write("a", "dma_bits", "\n"));
	close(item_open("a"));
}

TEST(configfs, two_items_have_two_labels)
{
	char device[DEVICE_NAME_SIZE], said[DEVICE_NAME_SIZE + 64];
	int fd;

	need_items();
	ITEM("a", "size", "64K", "label", "frames");
	ITEM("b", "size", "64K", "label", "frames");
	fd = item_open("a");
	item_device("a", device);
	snprintf(said, sizeof(said), "label \"frames\" is taken by %s", device);
	expect_item_refused("b", said);
	EXPECT_OK(pwrite(fd, "x", 1, 0));

	ASSERT_OK(item_write("a", "live", "0"));
	close(item_open("b"));
	expect_item_refused("a", "label \"frames\" is taken by");
}

TEST(configfs, live_item_cannot_be_changed)
{
	static const char *const attrs[] = {
		"type", "size", "memory", "dma_bits", "label", "initial_data", NULL
	};

	need_items();
	ITEM("a", "size", "64K");
	close(item_open("a"));
	for (size_t i = 0; attrs[i]; i++) {
		EXPECT_ERRNO(item_write("a", attrs[i], "\n"), EBUSY);
		EXPECT_ERRNO(item_write("a", attrs[i], i ? "16" : "pool"), EBUSY);
	}
	EXPECT_ERRNO(item_write("a", "dev_name", "b"), EACCES);
	EXPECT_STREQ(item_read("a", "size"), "64K");
	EXPECT_STREQ(item_read("a", "type"), "buffer");
	ASSERT_OK(item_write("a", "live", "0"));
	EXPECT_OK(item_write("a", "size", "128K"));
}

TEST(configfs, live_twice_is_eperm)
{
	need_items();
	ITEM("a", "size", "64K");
	EXPECT_ERRNO(item_write("a", "live", "0"), EPERM);
	close(item_open("a"));
	EXPECT_ERRNO(item_write("a", "live", "1"), EPERM);
	EXPECT_ERRNO(item_write("a", "live", "y"), EPERM);
	ASSERT_OK(item_write("a", "live", "n"));
	EXPECT_ERRNO(item_write("a", "live", "0"), EPERM);
}

static void expect_unbound(int fd, unsigned char *map)
{
	struct cohbuf_info info;
	unsigned char byte;

	EXPECT_ERRNO(buffer_info(fd, &info), ENODEV);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
}

static unsigned char *map_page(int fd)
{
	return ASSERT_MAP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
}

TEST(configfs, live_0_is_an_unbind)
{
	unsigned char *map;
	int fd;

	need_items();
	ITEM("a", "size", "64K");
	fd = item_open("a");
	map = map_page(fd);
	ASSERT_OK(item_write("a", "live", "0"));
	expect_unbound(fd, map);
	close(item_open("a"));
	expect_unbound(fd, map);
}

TEST(configfs, rmdir_of_a_live_item_is_an_unbind)
{
	char device[DEVICE_NAME_SIZE];
	unsigned char *map;
	int fd;

	need_items();
	ITEM("a", "size", "64K", "label", "frames");
	fd = item_open("a");
	map = map_page(fd);
	item_device("a", device);
	ASSERT_OK(item_remove("a"));
	expect_unbound(fd, map);
	expect_no_buffer(device);
	EXPECT_ERRNO(access("/dev/frames", F_OK), ENOENT);
	EXPECT_ERRNO(access("/sys/bus/platform/devices/cohbuf-buffer.0", F_OK), ENOENT);
}

/* Of an item that is gone. */
TEST(configfs, open_attribute_outlives_its_item)
{
	char text[8];
	int fd;

	need_items();
	ITEM("a", "size", "64K");
	fd = ASSERT_OK(open(ITEMS "/a/live", O_RDWR | O_CLOEXEC));
	ASSERT_OK(item_remove("a"));
	EXPECT_ERRNO(write(fd, "1", 1), ENOENT);
	EXPECT_ERRNO(read(fd, text, sizeof(text)), ENOENT);
	ASSERT_OK(item_make("a"));
	EXPECT_ERRNO(write(fd, "1", 1), ENOENT);
	EXPECT_STREQ(item_read("a", "size"), "");
	close(fd);
}

TEST(configfs, unbind_by_hand_leaves_it_live)
{
	char device[DEVICE_NAME_SIZE];

	need_items();
	ITEM("a", "size", "64K");
	close(item_open("a"));
	item_device("a", device);
	ASSERT_OK(device_unbind(device));
	EXPECT_STREQ(item_read("a", "live"), "1");
	EXPECT_ERRNO(item_write("a", "size", "1"), EBUSY);
	ASSERT_OK(device_bind(device));
	EXPECT_EQ(attr_of("a", "size"), 64 * 1024);
	ASSERT_OK(device_unbind(device));
	ASSERT_OK(item_write("a", "live", "0"));
	close(item_open("a"));
}

TEST(configfs, loading_the_driver_again_restores_it)
{
	need_module();
	need_items();
	ITEM("a", "size", "64K", "label", "frames", "initial_data", "Hello");
	close(item_open("a"));
	ASSERT_OK(unload_module("cohbuf"));
	EXPECT_ERRNO(access("/dev/frames", F_OK), ENOENT);
	EXPECT_STREQ(item_read("a", "live"), "1");
	ASSERT_OK(load_module("cohbuf"));
	EXPECT_EQ(attr_of("a", "size"), 64 * 1024);

	/* And without the driver it goes as well. */
	ASSERT_OK(unload_module("cohbuf"));
	ASSERT_OK(item_write("a", "live", "0"));
	ASSERT_OK(load_module("cohbuf"));
	EXPECT_ERRNO(access("/dev/frames", F_OK), ENOENT);
}

/* Does the log have a line with these texts from there on? */
static bool log_has(int log, const char *one, const char *other)
{
	char record[8192];
	bool found = false;
	ssize_t len;

	while ((len = read(log, record, sizeof(record) - 1)) > 0 || (len < 0 && errno == EPIPE)) {
		record[len < 0 ? 0 : len] = '\0';
		found |= strstr(record, one) && strstr(record, other);
	}
	return found;
}

TEST(configfs, without_the_driver_it_is_enxio)
{
	int log;

	need_module();
	need_items();
	ITEM("lonely", "size", "64K");
	ASSERT_OK(unload_module("cohbuf"));
	log = klog_open(SEEK_END);
	EXPECT_ERRNO(item_write("lonely", "live", "1"), ENXIO);
	EXPECT_TRUE(log_has(log, "cohbuf_configfs: lonely: ", "modprobe cohbuf"));
	ASSERT_OK(load_module("cohbuf"));
	close(item_open("lonely"));
}

/* Who reads the log learns which folder it was. */
TEST(configfs, refusal_names_the_item_as_well)
{
	int log;

	need_items();
	ITEM("two words\n%s", "size", "0");
	log = klog_open(SEEK_END);
	expect_item_refused("two words\n%s", "cohbuf,size is 0");
	EXPECT_TRUE(log_has(log, "cohbuf_configfs: two words\\x5cn%s: ", "cohbuf-buffer.0"));
}

static void try_name(const char *name)
{
	ITEM(name, "size", "64K");
	close(item_open(name));
	ASSERT_OK(item_remove(name));
}

TEST(configfs, odd_names_of_items)
{
	static const char *const names[] = { " ", "%s%n", "\n", "\\", "\xff\xfe", "...", NULL };
	char longest[NAME_MAX + 1];

	need_items();
	for (size_t i = 0; names[i]; i++)
		try_name(names[i]);
	memset(longest, 'x', NAME_MAX);
	longest[NAME_MAX] = '\0';
	try_name(longest);
	EXPECT_ERRNO(item_make(""), EEXIST);
	ASSERT_OK(item_make("a"));
	EXPECT_ERRNO(item_make("a"), EEXIST);
	EXPECT_ERRNO(item_make("a/b"), EPERM);
}

TEST(configfs, module_stays_while_there_is_an_item)
{
	int fd;

	need_items();
	if (access("/sys/module/cohbuf_configfs/refcnt", F_OK))
		SKIP("it is built in");
	ITEM("a", "size", "64K");
	EXPECT_ERRNO_IN(unload_module("cohbuf_configfs"), EWOULDBLOCK, EBUSY);
	close(item_open("a"));
	EXPECT_ERRNO_IN(unload_module("cohbuf_configfs"), EWOULDBLOCK, EBUSY);
	fd = ASSERT_OK(open(ITEMS "/a/size", O_RDONLY | O_CLOEXEC));
	ASSERT_OK(item_remove("a"));
	EXPECT_ERRNO_IN(unload_module("cohbuf_configfs"), EWOULDBLOCK, EBUSY);
	close(fd);
	ASSERT_OK(unload_module("cohbuf_configfs"));
	EXPECT_ERRNO(access(ITEMS, F_OK), ENOENT);
	ASSERT_OK(load_module("cohbuf_configfs"));
	ITEM("a", "size", "64K");
	close(item_open("a"));
}

/* The number of a device is its item's, as long as that is there. */
TEST(configfs, many_items_at_once)
{
	char name[16], device[DEVICE_NAME_SIZE], again[DEVICE_NAME_SIZE];

	need_items();
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "i%d", i);
		ITEM(name, "size", "4K");
		close(item_open(name));
	}
	item_device("i7", device);
	EXPECT_STREQ(device, "cohbuf-buffer.7");
	ASSERT_OK(item_remove("i7"));
	ASSERT_OK(item_make("again"));
	item_device("again", again);
	EXPECT_STREQ(again, device);
	item_device("i8", again);
	EXPECT_TRUE(strcmp(again, device));
}

#define RACERS 4
#define ROUNDS 40

/* Each of these may come at any moment of the others, and must have one of these ends. */
static void race_for(const char *name)
{
	static const int ends[] = { 0, EEXIST, ENOENT, EBUSY, EPERM, ENXIO, EINTR };
	int end[5];

	end[0] = item_make(name) ? errno : 0;
	end[1] = item_write(name, "size", "4K") ? errno : 0;
	end[2] = item_write(name, "live", "1") ? errno : 0;
	end[3] = item_write(name, "live", "0") ? errno : 0;
	end[4] = item_remove(name) ? errno : 0;
	for (int i = 0; i < 5; i++) {
		bool known = false;

		for (size_t j = 0; j < sizeof(ends) / sizeof(ends[0]); j++)
			known |= end[i] == ends[j];
		harness_check(HARNESS_HERE(false), known, "call %d: %s", i, strerror(end[i]));
	}
}

TEST_LIMIT(configfs, racing_for_one_item_and_for_one_each, 120)
{
	static const char *const names[RACERS] = { "p", "q", "r", "s" };
	pid_t pids[RACERS];

	need_items();
	for (int i = 0; i < RACERS; i++) {
		pids[i] = harness_fork();
		if (!pids[i]) {
			const char *own = names[i];

			for (int round = 0; round < ROUNDS; round++) {
				race_for("shared");
				ITEM(own, "size", "4K");
				close(item_open(own));
				ASSERT_OK(item_remove(own));
			}
			_exit(0);
		}
	}
	for (int i = 0; i < RACERS; i++)
		harness_join(pids[i]);
	if (item_remove("shared"))
		EXPECT_EQ(errno, ENOENT);
	for (int i = 0; i < RACERS; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/sys/bus/platform/devices/cohbuf-buffer.%d", i);
		EXPECT_ERRNO(access(path, F_OK), ENOENT);
	}
}

TEST(configfs, tool_says_that_there_is_no_node)
{
	struct run r;

	need_items();
	ITEM("a", "size", "64K", "label", "frames");
	close(item_open("a"));
	r = run("cohbuf info frames");
	expect_status(&r, 0);
	expect_in(&r, r.out, "\nDMA engine:  none: it has no node\n");
	expect_in(&r, r.out, "\ninterrupts:  none: it has no node\n");
	expect_in(&r, r.out, "\nnode:        none: made by configfs\n");
	expect_not_in(&r, r.out, "add to the node");
	r = run("cohbuf info frames --json");
	expect_json(&r, "node", "null");
	r = run("cohbuf test frames");
	expect_status(&r, 0);
}

/* The commands of docs/devicetree.md, which the suite hands over. */
TEST(configfs, example_of_the_manual_works)
{
	char line[1024], commands[4096] = "set -e\n";
	FILE *manual = fopen("devicetree.md", "r");
	struct cohbuf_info info;
	bool inside = false;

	need_items();
	if (!manual)
		SKIP("docs/devicetree.md was not handed over");
	while (fgets(line, sizeof(line), manual)) {
		if (!strncmp(line, "```", 3))
			inside = !strcmp(line, "```sh\n");
		else if (inside)
			strncat(commands, line, sizeof(commands) - strlen(commands) - 1);
	}
	fclose(manual);
	ASSERT_TRUE(strstr(commands, ITEMS));
	EXPECT_EQ(system(commands), 0);
	ASSERT_OK(buffer_info(ASSERT_OK(buffer_open("frames", O_RDWR)), &info));
	EXPECT_EQ(info.size, 8 << 20);
	EXPECT_EQ(info.memory, COHBUF_MEMORY_CACHED);
}
