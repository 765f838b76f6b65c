// SPDX-License-Identifier: GPL-2.0-only
/*
 * libcohbuf: buffers found, opened and closed, and the text of what does not work.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../driver/version.h"
#include "library.h"

TEST(library_open, gives_what_the_driver_says)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);
	const struct cohbuf_info *info = cohbuf_info(buffer);

	EXPECT_STREQ(info->name, "plain");
	EXPECT_EQ(info->size, 1 << 20);
	EXPECT_EQ(cohbuf_size(buffer), info->size);
	EXPECT_EQ(info->memory, COHBUF_MEMORY_COHERENT);
	EXPECT_OK(cohbuf_check(buffer));
	EXPECT_EQ(fcntl(cohbuf_fd(buffer), F_GETFL) & O_ACCMODE, O_RDWR);
	EXPECT_EQ(fcntl(cohbuf_fd(buffer), F_GETFD), FD_CLOEXEC);
	cohbuf_close(buffer);
}

TEST(library_open, takes_names_and_paths)
{
	struct cohbuf_buffer *by_name = opened("plain", O_RDONLY);
	struct cohbuf_buffer *by_path = cohbuf_open("/dev/../dev/plain", O_RDONLY);

	ASSERT_TRUE(by_path);
	EXPECT_STREQ(cohbuf_info(by_path)->name, cohbuf_info(by_name)->name);
	EXPECT_EQ(fcntl(cohbuf_fd(by_path), F_GETFL) & O_ACCMODE, O_RDONLY);
	cohbuf_close(by_name);
	cohbuf_close(by_path);
}

TEST(library_open, says_what_cannot_be_opened)
{
	char name[COHBUF_NAME_SIZE], long_name[5000];

	EXPECT_NULL(cohbuf_open("nonesuch", O_RDONLY), ENOENT,
		    "cannot open \"nonesuch\": No such file or directory: \"cohbuf list\" shows");
	EXPECT_NULL(cohbuf_open("null", O_RDWR), ENOTTY, "it is no cohbuf buffer");
	EXPECT_NULL(cohbuf_open("/proc/version", O_RDONLY), ENOTTY, "\"/proc/version\"");
	EXPECT_FAILS(cohbuf_find("null", name), ENOTTY, "cannot find \"null\"");
	EXPECT_FAILS(cohbuf_find("nonesuch", name), ENOENT, "cannot find \"nonesuch\"");
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	/* Cut, so that the reason and the remedy are there. */
	EXPECT_NULL(cohbuf_open(long_name, O_RDONLY), ENAMETOOLONG, "xxxx\": File name too long: ");
	EXPECT_NULL(cohbuf_open("plain", O_RDWR | O_APPEND), EINVAL, "give O_RDONLY, O_WRONLY");
	EXPECT_NULL(cohbuf_open("plain", O_WRONLY | O_RDWR), EINVAL, "give O_RDONLY, O_WRONLY");
	EXPECT_STREQ(cohbuf_version(), COHBUF_VERSION);
}

/* To open a device can do something to it; of a pipe it would wait. */
TEST(library_open, does_not_open_what_is_no_buffer)
{
	char path[64];

	snprintf(path, sizeof(path), "/tmp/cohbuf-library-pipe.%d", getpid());
	ASSERT_OK(mkfifo(path, 0600));
	EXPECT_NULL(cohbuf_open(path, O_RDONLY), ENOTTY, "it is no cohbuf buffer");
	unlink(path);
}

/* Its right belongs to the file, and a closed one is nobody's. */
TEST(library_open, takes_a_file_over)
{
	int fd = dup(cohbuf_fd(opened("plain", O_RDWR))), others[2];
	struct cohbuf_buffer *buffer = cohbuf_open_fd(fd);

	ASSERT_TRUE(buffer);
	EXPECT_EQ(cohbuf_fd(buffer), fd);
	EXPECT_STREQ(cohbuf_info(buffer)->name, "plain");
	cohbuf_close(buffer);
	EXPECT_ERRNO(fcntl(fd, F_GETFD), EBADF);

	EXPECT_NULL(cohbuf_open_fd(fd), EBADF, "cannot take over the file");
	ASSERT_OK(pipe(others));
	EXPECT_NULL(cohbuf_open_fd(others[0]), ENOTTY, "it is no cohbuf buffer");
	/* The caller's it stays. */
	EXPECT_OK(fcntl(others[0], F_GETFD));
}

static void expect_is_no_buffer(const struct cohbuf_info *info, size_t size)
{
	int fd = dup(cohbuf_fd(opened("plain", O_RDONLY)));

	lie_next("info", info, size);
	EXPECT_NULL(cohbuf_open_fd(fd), ENOTTY, "it is no cohbuf buffer");
	EXPECT_OK(fcntl(fd, F_GETFD));
	close(fd);
}

/* A file that is sent can be one that answers the ioctl with anything: FUSE has such. */
TEST(library_open, believes_no_file_all_it_says)
{
	struct cohbuf_info info = { .size = 4096, .name = "good" };
	struct cohbuf_buffer *buffer;
	int fd;

	need_fake();
	lie_next("info", &info, sizeof(info));
	ASSERT_TRUE(cohbuf_open_fd(dup(cohbuf_fd(opened("plain", O_RDONLY)))));
	info.size = 0;
	expect_is_no_buffer(&info, sizeof(info));
	info.size = 4095;
	expect_is_no_buffer(&info, sizeof(info));
	info.size = 4096;
	info.name[0] = '\0';
	expect_is_no_buffer(&info, sizeof(info));
	memset(info.name, 'A', sizeof(info.name));
	memset(info.reserved, 'A', sizeof(info.reserved));
	expect_is_no_buffer(&info, sizeof(info));

	/* Opened by its name it is the library's to close. */
	fd = dup(0);
	close(fd);
	lie_next("info", &info, sizeof(info));
	EXPECT_NULL(cohbuf_open("plain", O_RDONLY), ENOTTY, "cannot open \"plain\"");
	EXPECT_EQ(dup(0), fd);
	/* And one of a pool. */
	buffer = opened("pool-coherent", O_RDWR);
	lie_next("info", &info, sizeof(info));
	EXPECT_NULL(cohbuf_alloc(buffer, 4096), ENOTTY, "another one than this library knows");
}

TEST(library_open, without_memory_says_so)
{
	/* clang-format off */
	char (*names)[COHBUF_NAME_SIZE] = (void *)1;
	/* clang-format on */

	need_buffer("plain");
	fail_next("calloc", ENOMEM);
	EXPECT_NULL(cohbuf_open("plain", O_RDONLY), ENOMEM, "no memory left for a program");
	for (int i = 0; i < 3; i++) {
		fail_after(i, "realloc", ENOMEM);
		EXPECT_FAILS(cohbuf_names(&names), ENOMEM, "no memory left for a program");
		EXPECT_TRUE(!names);
	}
}

TEST(library_open, leaves_no_file_open)
{
	int before = dup(0), after;

	close(before);
	for (int i = 0; i < 3; i++) {
		cohbuf_close(opened("plain", O_RDONLY));
		EXPECT_TRUE(!cohbuf_open("null", O_RDWR));
		EXPECT_TRUE(!cohbuf_open("nonesuch", O_RDWR));
	}
	cohbuf_close(NULL);
	after = dup(0);
	EXPECT_EQ(after, before);
}

TEST(library_open, of_a_close_errno_stays)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDONLY);

	errno = EXDEV;
	cohbuf_close(buffer);
	EXPECT_EQ(errno, EXDEV);
}

/* As the tree has it, whatever the label. */
TEST(library_open, by_the_node_of_the_devicetree)
{
	char link[] = "/sys/class/cohbuf/plain/device/of_node", *node, name[COHBUF_NAME_SIZE];
	struct cohbuf_buffer *buffer;

	need_buffer("plain");
	node = realpath(link, NULL);
	ASSERT_TRUE(node);
	ASSERT_TRUE(!strncmp(node, "/sys/firmware/devicetree/base/", 30));
	node += 29;
	ASSERT_OK(cohbuf_find_node(node, name));
	EXPECT_STREQ(name, "plain");
	buffer = cohbuf_open_node(node, O_RDONLY);
	ASSERT_TRUE(buffer);
	EXPECT_STREQ(cohbuf_info(buffer)->name, "plain");

	EXPECT_NULL(cohbuf_open_node("/no/such/node", O_RDONLY), ENOENT, "\"/no/such/node\"");
	EXPECT_NULL(cohbuf_open_node(node + 1, O_RDONLY), EINVAL, "give its whole path");
	/* One that is there, and has no buffer. */
	EXPECT_FAILS(cohbuf_find_node("/", name), ENODEV, "\"cohbuf doctor\" says why");
	EXPECT_FAILS(cohbuf_find_node("", name), EINVAL, "give its whole path");
}

TEST(library_open, has_all_names_in_order)
{
	/* Not a call, as clang-format has it. */
	/* clang-format off */
	char (*names)[COHBUF_NAME_SIZE], found[COHBUF_NAME_SIZE];
	/* clang-format on */
	bool plain = false;
	int count;

	need_buffer("plain");
	count = ASSERT_OK(cohbuf_names(&names));
	EXPECT_GT(count, 1);
	for (int i = 0; i < count; i++) {
		EXPECT_OK(cohbuf_find(names[i], found));
		EXPECT_STREQ(names[i], found);
		EXPECT_TRUE(!i || strcmp(names[i - 1], names[i]) < 0);
		plain |= !strcmp(names[i], "plain");
	}
	EXPECT_TRUE(plain);
	free(names);
}

/* Those that cannot all be told are none, and so is a folder with none. */
TEST(library_open, names_are_all_or_none)
{
	char path[64], name[COHBUF_NAME_SIZE];
	/* clang-format off */
	char (*names)[COHBUF_NAME_SIZE] = NULL;
	/* clang-format on */
	int before, count;

	need_buffer("plain");
	need_fake();
	before = ASSERT_OK(cohbuf_names(&names));
	free(names);
	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "%s/sys/class/cohbuf/z%d", getenv("COHBUF_FAKE"), i);
		EXPECT_OK(mkdir(path, 0700));
	}
	count = cohbuf_names(&names);
	EXPECT_EQ(count, before + 1000);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "z%d", i);
		EXPECT_TRUE(bsearch(name, names, count, sizeof(*names), (void *)strcmp));
		snprintf(path, sizeof(path), "%s/sys/class/cohbuf/z%d", getenv("COHBUF_FAKE"), i);
		EXPECT_OK(rmdir(path));
	}
	free(names);
	for (int i = 0; i < 5; i++) {
		fail_after(i, "readdir", EIO);
		EXPECT_FAILS(cohbuf_names(&names), EIO, "cannot list the buffers");
		EXPECT_TRUE(!names);
	}
	fail_next("readdir", EIO);
	EXPECT_FAILS(cohbuf_find_node("/soc/buffer-plain", name), EIO, "cannot find the node");
}

TEST(library_open, reads_attributes)
{
	char value[64], cut[4];

	need_buffer("plain");
	ASSERT_OK(cohbuf_attribute("plain", "size", value, sizeof(value)));
	EXPECT_STREQ(value, "1048576");
	ASSERT_OK(cohbuf_attribute("plain", "size", cut, sizeof(cut)));
	EXPECT_STREQ(cut, "104");
	EXPECT_FAILS(cohbuf_attribute("plain", "nonesuch", value, sizeof(value)), ENOENT,
		     "the attribute \"nonesuch\" of \"plain\"");
	EXPECT_FAILS(cohbuf_attribute("nonesuch", "size", value, sizeof(value)), ENOENT,
		     "of \"nonesuch\"");
	EXPECT_FAILS(cohbuf_attribute("plain", "size", value, 0), EINVAL, "at least one byte");
	/* A folder beside the attributes. */
	EXPECT_FAILS(cohbuf_attribute("plain", "device", value, sizeof(value)), ENOENT,
		     "it has no such attribute");
}

TEST(library_open, attributes_are_of_buffers_alone)
{
	static const char *const ways[][2] = {
		{ "plain", "../plain/size" },
		{ "plain", "device/of_node/name" },
		{ "plain", "/size" },
		{ "plain", "./size" },
		{ "plain", "size/" },
		{ "plain", "." },
		{ "plain", ".." },
		{ "plain", "" },
		{ "../cohbuf/plain", "size" },
		{ "plain/", "size" },
		{ "plain/.", "size" },
		{ "", "plain" },
		{ ".", "plain" },
		{ "..", "cohbuf" },
		{ "", "" },
	};
	char value[64];

	need_buffer("plain");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		EXPECT_FAILS(cohbuf_attribute(ways[i][0], ways[i][1], value, sizeof(value)), ENOENT,
			     "there is no such buffer, or it has no such attribute");
}

TEST(library_open, after_an_unbind_says_so)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);
	char byte;

	unbind("plain");
	EXPECT_FAILS(cohbuf_check(buffer), ENODEV, "\"plain\" is not there: No such device: the device was unbound");
	EXPECT_FAILS(cohbuf_read(buffer, &byte, 0, 1), ENODEV, "bind it again");
	EXPECT_FAILS(cohbuf_write(buffer, &byte, 0, 1), ENODEV, "bind it again");
	EXPECT_NULL(cohbuf_map(buffer, PROT_READ), ENODEV, "bind it again");
	/* What it was is still known. */
	EXPECT_EQ(cohbuf_size(buffer), 1 << 20);
	bind("plain");
	EXPECT_FAILS(cohbuf_check(buffer), ENODEV, "\"plain\" is not there");
	cohbuf_close(buffer);
	EXPECT_OK(cohbuf_check(opened("plain", O_RDWR)));
}

struct thread {
	char name[32];
	pthread_barrier_t *barrier;
	bool right;
};

static void *fail_often(void *arg)
{
	struct thread *t = arg;
	char part[40];

	snprintf(part, sizeof(part), "\"%s\"", t->name);
	t->right = true;
	pthread_barrier_wait(t->barrier);
	for (int i = 0; i < 2000; i++)
		t->right &= !cohbuf_open(t->name, O_RDONLY) && errno == ENOENT &&
			    strstr(cohbuf_error(), part);
	return NULL;
}

TEST(library_open, each_thread_has_an_error_of_its_own)
{
	struct thread threads[4];
	pthread_barrier_t barrier;
	pthread_t ids[4];

	pthread_barrier_init(&barrier, NULL, 4);
	for (int i = 0; i < 4; i++) {
		threads[i].barrier = &barrier;
		snprintf(threads[i].name, sizeof(threads[i].name), "nonesuch%d", i);
		ASSERT_EQ(pthread_create(&ids[i], NULL, fail_often, &threads[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		ASSERT_EQ(pthread_join(ids[i], NULL), 0);
		EXPECT_TRUE(threads[i].right);
	}
	/* This one had none. */
	EXPECT_STREQ(cohbuf_error(), "");
	EXPECT_STREQ(cohbuf_remedy(), "");
}

TEST(library_open, what_works_leaves_the_error)
{
	char name[COHBUF_NAME_SIZE], error[512];

	need_buffer("plain");
	EXPECT_NULL(cohbuf_open("nonesuch", O_RDONLY), ENOENT, "nonesuch");
	strcpy(error, cohbuf_error());
	EXPECT_TRUE(strstr(error, cohbuf_remedy()));
	EXPECT_OK(cohbuf_find("plain", name));
	cohbuf_close(opened("plain", O_RDONLY));
	EXPECT_STREQ(cohbuf_error(), error);
}
