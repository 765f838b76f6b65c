// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers by mmap(2), what becomes of mappings at an unbind, and the claim that keeps
 * other drivers away.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "block.h"
#include "tests/harness/memory.h"
#include "tests/harness/tree.h"

#define RW	(PROT_READ | PROT_WRITE)

static int open_registers(int flags)
{
	this_block();
	return open_buffer(&registers, flags);
}

TEST(registers_map, mapping_and_read_agree)
{
	const struct block *block = this_block();
	int fd = open_registers(O_RDWR);
	volatile uint32_t *map = map_registers(fd, RW);

	EXPECT_EQ(map[block->known / 4], block->value);
	EXPECT_EQ(read_register(fd, block->known), block->value);
}

TEST(registers_map, write_is_seen_through_the_mapping_and_the_other_way_round)
{
	const struct block *block = this_block();
	int fd = open_registers(O_RDWR);
	volatile uint32_t *map = map_registers(fd, RW);

	for (uint32_t value = 1; value; value <<= 1) {
		write_register(fd, block->scratch, value);
		EXPECT_EQ(map[block->scratch / 4], value & block->mask);
		map[block->scratch / 4] = ~value;
		EXPECT_EQ(read_register(fd, block->scratch), ~value & block->mask);
	}
}

TEST(registers_map, narrow_accesses_of_a_program)
{
	const struct block *block = this_block();
	volatile unsigned char *map = (void *)map_registers(open_registers(O_RDWR), RW);

	if (!has_width(block, 1) || !has_width(block, 2))
		SKIP("the emulator's %s answers accesses of 4 bytes only", block->name);
	EXPECT_EQ(map[block->known], block->value & 0xff);
	EXPECT_EQ(*(volatile uint16_t *)(map + block->known), block->value & 0xffff);
}

TEST(registers_map, all_mappings_are_the_same_registers)
{
	const struct block *block = this_block();
	int fd = open_registers(O_RDWR);
	volatile uint32_t *maps[] = {
		map_registers(fd, RW), map_registers(fd, PROT_READ),
		map_registers(open_registers(O_RDONLY), PROT_READ)
	};

	EXPECT_EQ(mappings_of(&registers), 3);
	EXPECT_EQ(files_of(&registers), 2);
	maps[0][block->scratch / 4] = 0x600d;
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(maps[i][block->scratch / 4], 0x600d & block->mask);
}

TEST(registers_map, forked_child_has_the_mapping)
{
	const struct block *block = this_block();
	volatile uint32_t *map = map_registers(open_registers(O_RDWR), RW);
	pid_t pid;

	map[block->scratch / 4] = 0x1111;
	pid = harness_fork();
	if (!pid) {
		EXPECT_EQ(map[block->scratch / 4], 0x1111 & block->mask);
		map[block->scratch / 4] = 0x2222;
		_exit(0);
	}
	harness_join(pid);
	EXPECT_EQ(map[block->scratch / 4], 0x2222 & block->mask);
}

TEST(registers_map, mapping_past_the_end_is_enxio)
{
	int fd = open_registers(O_RDWR);

	EXPECT_MAP_ERRNO(mmap(NULL, registers.size + PAGE, RW, MAP_SHARED, fd, 0), ENXIO);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED, fd, registers.size), ENXIO);
	EXPECT_MAP_ERRNO_IN(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 1ULL << 32), ENXIO,
			    EOVERFLOW);
	ASSERT_MAP(mmap(NULL, PAGE, RW, MAP_SHARED, fd, registers.size - PAGE));
}

TEST(registers_map, private_mapping_is_einval_and_the_open_mode_counts)
{
	int fd = open_registers(O_RDWR), rdonly = open_registers(O_RDONLY);

	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), EINVAL);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, RW, MAP_PRIVATE, rdonly, 0), EINVAL);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED, rdonly, 0), EACCES);
	EXPECT_ERRNO(mprotect((void *)map_registers(rdonly, PROT_READ), PAGE, RW), EACCES);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED, open_registers(O_WRONLY), 0), EACCES);
}

/* The bytes at an address of this process, as a debugger has them. */
static int open_own_memory(void)
{
	return ASSERT_OK(open("/proc/self/mem", O_RDWR));
}

static ssize_t look(int mem, const volatile void *at, void *to, size_t size)
{
	return pread(mem, to, size, (uintptr_t)at);
}

static ssize_t change(int mem, volatile void *at, const void *from, size_t size)
{
	return pwrite(mem, from, size, (uintptr_t)at);
}

/* Whether the kernel asks a driver at all depends on the architecture. */
static void need_access(int mem, const volatile void *at)
{
	struct utsname system;
	uint32_t word;

	ASSERT_OK(uname(&system));
	if (!strcmp(system.machine, "aarch64") && atoi(system.release) >= 6)
		return;
	if (look(mem, at, &word, 4) == 4)
		return;
	ASSERT_EQ(errno, EIO);
	SKIP("Linux %s for %s lets no debugger look into a device's memory (HAVE_IOREMAP_PROT)",
	     system.release, system.machine);
}

TEST(registers_map, debugger_makes_one_access_or_none)
{
	const struct block *block = this_block();
	volatile unsigned char *map = (void *)map_registers(open_registers(O_RDWR), RW);
	int mem = open_own_memory();
	uint32_t word = 0x600d;
	unsigned char bytes[16];

	need_access(mem, map + block->known);
	EXPECT_EQ(change(mem, map + block->scratch, &word, 4), 4);
	EXPECT_EQ(*(volatile uint32_t *)(map + block->scratch), word & block->mask);
	EXPECT_EQ(look(mem, map + block->known, &word, 4), 4);
	EXPECT_EQ(word, block->value);

	EXPECT_ERRNO(look(mem, map + block->known, bytes, 3), EIO);
	EXPECT_ERRNO(look(mem, map + block->known + 2, bytes, 4), EIO);
	EXPECT_ERRNO(look(mem, map, bytes, 16), EIO);
	EXPECT_ERRNO(change(mem, map + block->scratch, bytes, 3), EIO);
	EXPECT_ERRNO(change(mem, map + block->scratch + 2, bytes, 4), EIO);
	EXPECT_EQ(*(volatile uint32_t *)(map + block->scratch), 0x600d & block->mask);
}

/* A word of it is eight bytes where the debugger's are. */
TEST(registers_map, debugger_peeks_and_pokes_a_word)
{
	const struct block *block = this_block();
	volatile unsigned char *map = (void *)map_registers(open_registers(O_RDWR), RW);
	const size_t in_word = sizeof(long) - 1;
	pid_t pid = harness_fork();
	uint32_t wanted[2];
	long word;

	if (!pid) {
		ASSERT_OK(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	need_access(open_own_memory(), map + block->known);
	if (!has_width(block, sizeof(long)))
		SKIP("the emulator's %s answers no access of %zu bytes", block->name,
		     sizeof(long));

	map += block->known & ~in_word;
	wanted[0] = *(volatile uint32_t *)map;
	wanted[1] = *(volatile uint32_t *)(map + 4);
	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, pid, map, NULL);
	EXPECT_EQ(errno, 0);
	EXPECT_BYTES(&word, wanted, sizeof(word));
	EXPECT_ERRNO(ptrace(PTRACE_PEEKDATA, pid, map + 1, NULL), EIO);
	EXPECT_ERRNO_IN(ptrace(PTRACE_POKEDATA, pid, map + 1, NULL), EIO, EFAULT);
}

TEST(registers_map, unbind_takes_them_away_and_a_bind_gives_them_again)
{
	const struct block *block = this_block();
	int fd = open_registers(O_RDWR);
	volatile uint32_t *map = map_registers(fd, RW);
	struct cohbuf_info info;
	unsigned char byte;
	uint32_t value = 0;

	map[block->scratch / 4] = 0x7e57;
	unbind_buffer(&registers);
	EXPECT_SIGNAL(touch_read(map + block->known / 4, &byte), SIGBUS);
	EXPECT_SIGNAL(touch_write(map + block->scratch / 4, 0), SIGBUS);
	EXPECT_ERRNO(pread(fd, &value, 4, block->known), ENODEV);
	EXPECT_ERRNO(pread(fd, &value, 3, block->known), ENODEV);
	EXPECT_ERRNO(pread(fd, &value, 4, registers.size), ENODEV);
	EXPECT_ERRNO(pwrite(fd, &value, 4, block->scratch), ENODEV);
	EXPECT_ERRNO(buffer_info(fd, &info), ENODEV);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), ENODEV);

	bind_buffer(&registers);
	EXPECT_SIGNAL(touch_read(map + block->known / 4, &byte), SIGBUS);
	EXPECT_ERRNO(pread(fd, &value, 4, block->known), ENODEV);
	fd = open_registers(O_RDWR);
	EXPECT_EQ(read_register(fd, block->known), block->value);
	/* No memory: nothing clears it. */
	EXPECT_EQ(read_register(fd, block->scratch), 0x7e57 & block->mask);
}

/* Shared by the threads; what is read is known, as long as it is there. */
static atomic_bool race_is_over;

static void *read_all_the_time(void *arg)
{
	const struct block *block = arg;

	while (!race_is_over) {
		int fd = buffer_open(registers.name, O_RDONLY);
		uint32_t value = ~block->value;

		while (fd >= 0 && pread(fd, &value, 4, block->known) == 4)
			EXPECT_EQ(value, block->value);
		EXPECT_TRUE(fd < 0 || errno == ENODEV);
		close(fd);
		sched_yield();
	}
	return NULL;
}

/* A mapping that outlived its unbind would read on, with the claim gone. */
static void *map_all_the_time(void *arg)
{
	const struct block *block = arg;

	while (!race_is_over) {
		int fd = buffer_open(registers.name, O_RDWR);
		unsigned char *map = fd < 0 ? MAP_FAILED :
					      mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
		uint32_t word;

		EXPECT_TRUE(map != MAP_FAILED || errno == ENODEV || errno == ENOENT ||
			    errno == ENXIO);
		while (map != MAP_FAILED && !touch_read_word(map + block->known, &word))
			EXPECT_EQ(word, block->value);
		if (map != MAP_FAILED)
			munmap(map, PAGE);
		close(fd);
		sched_yield();
	}
	return NULL;
}

TEST(registers_map, calls_and_mappings_at_the_time_of_an_unbind_end_with_it)
{
	const struct block *block = this_block();
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		ASSERT_EQ(pthread_create(&threads[i], NULL,
					 i % 2 ? map_all_the_time : read_all_the_time,
					 (void *)block),
			  0);
	for (int i = 0; i < 20; i++) {
		unbind_buffer(&registers);
		bind_buffer(&registers);
	}
	race_is_over = true;
	/* The last mapping is touched as long as it is there. */
	unbind_buffer(&registers);
	for (int i = 0; i < 4; i++)
		ASSERT_EQ(pthread_join(threads[i], NULL), 0);
	bind_buffer(&registers);
}

/* "  09010000-09010fff : 9010000.buffer-registers", somewhere. */
static bool iomem_has_claim(void)
{
	unsigned long long first, last;
	char line[256], node[PATH_MAX];
	struct tree_window reg;
	bool found = false;
	FILE *iomem;

	ASSERT_TRUE(tree_find(registers.node, node) && tree_cpu_reg(node, &reg));
	iomem = fopen("/proc/iomem", "r");
	ASSERT_TRUE(iomem);
	while (!found && fgets(line, sizeof(line), iomem))
		found = sscanf(line, " %llx-%llx : ", &first, &last) == 2 && first == reg.first &&
			last == reg.end - 1 && strstr(line, registers.device);
	fclose(iomem);
	return found;
}

TEST(registers_map, claim_is_there_while_they_are_bound)
{
	this_block();
	EXPECT_TRUE(iomem_has_claim());
	for (int i = 0; i < 3; i++) {
		unbind_buffer(&registers);
		EXPECT_TRUE(!iomem_has_claim());
		bind_buffer(&registers);
		EXPECT_TRUE(iomem_has_claim());
	}
}

TEST(registers_map, unbind_takes_the_kernels_own_mapping_away)
{
	unsigned int before;

	this_block();
	unbind_buffer(&registers);
	before = count_io_vmaps();
	for (int i = 0; i < 3; i++) {
		bind_buffer(&registers);
		EXPECT_EQ(count_io_vmaps(), before + 1);
		unbind_buffer(&registers);
		EXPECT_EQ(count_io_vmaps(), before);
	}
}
