// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devicetree nodes with a mistake in them: one test for each file NAME.dtso of the
 * folders that the arguments name, by default ./bad and ./refused. The board must
 * have been started with these overlays.
 *
 * The file declares a node NAME, and one line of it says what the driver has to
 * say about it: "// dmesg: TEXT"; "// dmesg/32: TEXT" is that of a 32-bit kernel,
 * "// dmesg/kasan: TEXT" that of one whose KASAN takes an eighth of the memory.
 * "// dmesg: none" is a node that the kernel accepts, though the schema does not.
 * "// breaks: RELEASE TEXT", or RELEASE/ARCH, is a node that such a kernel does not
 * survive, by a mistake of its own.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tests/copy/copying.h"
#include "tests/harness/buffers.h"
#include "tests/harness/klog.h"
#include "tests/harness/memory.h"

struct node {
	char name[NAME_MAX + 1];
	char wanted[256];
};

static struct node *nodes;
static size_t num_nodes;

static bool is_accepted(const struct node *node)
{
	return !strcmp(node->wanted, "none");
}

static void device_of(const struct node *node, char device[DEVICE_NAME_SIZE])
{
	harness_check(HARNESS_HERE(true), !device_find(node->name, device),
		      "the board has a device of node %s: start it with that overlay",
		      node->name);
}

/* A node that is refused is refused again, with one line, and leaves nothing. */
static void test_refused(const struct node *node, const char *device)
{
	struct klog said;
	int log;

	/* Since the boot; a test before this one may have tried as well. */
	said = klog_read(klog_open(SEEK_SET), device, node->wanted);
	EXPECT_GE(said.lines, 1);
	EXPECT_EQ(said.fitting, said.lines);
	expect_no_buffer(device);

	log = klog_open(SEEK_END);
	EXPECT_EQ(device_bind(device), -1);
	said = klog_read(log, device, node->wanted);
	expect_refusal(&said, node->wanted);
	expect_no_buffer(device);
}

static void test_accepted(const char *device)
{
	struct klog said = klog_read(klog_open(SEEK_SET), device, "");
	char name[COHBUF_NAME_SIZE];
	struct cohbuf_info info;

	EXPECT_EQ(said.lines, 0);
	EXPECT_TRUE(device_is_bound(device));
	ASSERT_OK(device_buffer(device, name));
	EXPECT_OK(buffer_info(ASSERT_OK(buffer_open(name, O_RDWR)), &info));
}

static void test_node(const void *arg)
{
	const struct node *node = arg;
	char device[DEVICE_NAME_SIZE];

	device_of(node, device);
	if (is_accepted(node))
		test_accepted(device);
	else
		test_refused(node, device);
}

/* The same again whenever the module is loaded, each with one line. */
static void test_reload(const void *arg __attribute__((unused)))
{
	char device[DEVICE_NAME_SIZE];
	int logs[num_nodes];

	need_module();
	for (size_t i = 0; i < num_nodes; i++)
		logs[i] = klog_open(SEEK_END);
	reload_driver();
	for (size_t i = 0; i < num_nodes; i++) {
		struct klog said;

		device_of(&nodes[i], device);
		said = klog_read(logs[i], device, nodes[i].wanted);
		if (is_accepted(&nodes[i]))
			EXPECT_EQ(said.lines, 0);
		else
			expect_refusal(&said, nodes[i].wanted);
		EXPECT_EQ(device_is_bound(device), is_accepted(&nodes[i]));
	}
}

static void reload_ten_times(const void *arg __attribute__((unused)))
{
	for (int i = 0; i < 10; i++)
		reload_driver();
}

static void test_reload_leak(const void *arg __attribute__((unused)))
{
	need_module();
	reload_driver();
	/* Less than ten of the smallest buffer that is more than a few pages. */
	expect_memory_back(reload_ten_times, NULL, 2048);
}

/* A probe that fails gives back all that it had taken until then. */
static void test_retry_leak(const void *arg __attribute__((unused)))
{
	unsigned int before, files;
	char device[DEVICE_NAME_SIZE];

	/* By the module's name, which only its own functions have in a trace. */
	need_module();
	before = count_objects(&files);
	if (!files)
		SKIP("no alloc_traces of slab caches: boot with slub_debug=FZPU");
	ASSERT_GT(before, 0);
	for (size_t i = 0; i < num_nodes; i++) {
		if (is_accepted(&nodes[i]))
			continue;
		device_of(&nodes[i], device);
		for (int j = 0; j < 10; j++)
			EXPECT_EQ(device_bind(device), -1);
	}
	EXPECT_LE(settle_objects(before), before);
}

/* Whoever maps a buffer does not notice that a node next to it fails. */
static void test_neighbours(const void *arg __attribute__((unused)))
{
	unsigned char *maps[16], byte;
	size_t i;

	for (i = 0; named_buffers[i]; i++) {
		maps[i] = map_buffer(named_buffers[i], open_buffer(named_buffers[i], O_RDWR));
		fill_pattern(maps[i], 0, named_buffers[i]->size, i);
	}
	for (i = 0; i < num_nodes; i++) {
		char device[DEVICE_NAME_SIZE];

		device_of(&nodes[i], device);
		if (!is_accepted(&nodes[i]))
			EXPECT_EQ(device_bind(device), -1);
	}
	for (i = 0; named_buffers[i]; i++) {
		size_t size = named_buffers[i]->size;

		ASSERT_SIGNAL(touch_read(maps[i], &byte), 0);
		EXPECT_BYTES(maps[i], new_pattern(0, size, i), size);
	}
}

/* The text after the mark, to the end of its line. */
static bool read_marked(const char *path, const char *mark, char *text, size_t size)
{
	FILE *file = fopen(path, "r");
	bool found = false;
	char line[512];

	while (file && !found && fgets(line, sizeof(line), file)) {
		const char *at = strstr(line, mark);

		if (!at)
			continue;
		at += strlen(mark);
		snprintf(text, size, "%.*s", (int)strcspn(at, "\n"), at);
		found = true;
	}
	if (file)
		fclose(file);
	return found;
}

/* The board was started without it. */
static void test_breaks(const void *reason)
{
	SKIP("the kernel %s", (const char *)reason);
}

/* Add a test that says so, if this kernel does not survive the node of the file. */
static bool add_breaks(const char *path, const char *name)
{
	char all[64], arch[64], text[256];
	struct utsname system;
	unsigned int major, minor;

	if (uname(&system) || sscanf(system.release, "%u.%u", &major, &minor) != 2)
		return false;
	snprintf(all, sizeof(all), "// breaks: %u.%u ", major, minor);
	snprintf(arch, sizeof(arch), "// breaks: %u.%u/%s ", major, minor,
		 !strncmp(system.machine, "arm", 3) ? "arm" : "arm64");
	if (!read_marked(path, all, text, sizeof(text)) &&
	    !read_marked(path, arch, text, sizeof(text)))
		return false;
	harness_add(test_breaks, strdup(text), HARNESS_LIMIT, "dts.%.*s",
		    (int)strcspn(name, "."), name);
	return true;
}

static int is_dtso(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".dtso");
}

/* A file that says nothing about the log must not pass for a test. */
static void add_folder(const char *folder)
{
	struct dirent **entries;
	bool kasan = strstr(board_fact("KERNEL_CONFIG"), "kasan");
	int count = scandir(folder, &entries, is_dtso, alphasort);

	if (count <= 0) {
		fprintf(stderr, "dts_test: no .dtso file in %s\n", folder);
		exit(2);
	}
	nodes = realloc(nodes, (num_nodes + count) * sizeof(*nodes));
	for (int i = 0; i < count; i++) {
		struct node *node = &nodes[num_nodes];
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (add_breaks(path, entries[i]->d_name))
			continue;
		num_nodes++;
		if (!(sizeof(long) == 4 && read_marked(path, "// dmesg/32: ", node->wanted,
						       sizeof(node->wanted))) &&
		    !(kasan && read_marked(path, "// dmesg/kasan: ", node->wanted,
					   sizeof(node->wanted))) &&
		    !read_marked(path, "// dmesg: ", node->wanted, sizeof(node->wanted))) {
			fprintf(stderr, "dts_test: %s has no line \"// dmesg: TEXT\"\n", path);
			exit(2);
		}
		snprintf(node->name, sizeof(node->name), "%s", entries[i]->d_name);
		*strrchr(node->name, '.') = '\0';
	}
}

static void add_tests(void)
{
	for (size_t i = 0; i < num_nodes; i++)
		harness_add(test_node, &nodes[i], HARNESS_LIMIT, "dts.%s", nodes[i].name);
	harness_add(test_neighbours, NULL, HARNESS_LIMIT, "dts.refusal_leaves_the_neighbours_alone");
	harness_add(test_reload, NULL, HARNESS_LIMIT, "dts.reload_gives_the_same_result");
	harness_add(test_reload_leak, NULL, 180, "dts.reload_leaves_the_free_memory");
	harness_add(test_retry_leak, NULL, 60, "dts.refusal_leaves_no_object");
}

/* Folders are data, what is left are filters. */
char **harness_arguments(char **args)
{
	static char *filters[64];
	size_t count = 0;
	struct stat st;
	bool any = false;

	for (; *args; args++) {
		if (!stat(*args, &st) && S_ISDIR(st.st_mode)) {
			add_folder(*args);
			any = true;
		} else if (count < 63) {
			filters[count++] = *args;
		}
	}
	if (!any) {
		add_folder("bad");
		add_folder("refused");
	}
	add_tests();
	return filters;
}
