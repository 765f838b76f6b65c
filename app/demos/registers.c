// SPDX-License-Identifier: GPL-2.0-only
/*
 * registers - a device's registers, and memory beside them, as a program uses both
 *
 * The device is a clock, the PL031 of Arm: a register that counts seconds, and one for the
 * time of an alarm, which keeps what is written. That one stands for the doorbell of a
 * device that works on memory: here the program is its own device.
 *
 *   cc -O2 registers.c -o registers	with <linux/cohbuf.h> where the compiler looks
 *   ./registers
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/cohbuf.h>

#define CLOCK	0x0	/* reads as seconds */
#define ALARM	0x4	/* the doorbell: how many stamps there are */
#define STAMPS	3

struct stamp {
	uint32_t number;
	uint32_t seconds;
};

static void fail(const char *what, const char *why, const char *remedy)
{
	fprintf(stderr, "registers: %s: %s: %s\n", what, why, remedy);
	exit(1);
}

static int open_buffer(const char *path, struct cohbuf_info *info)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, COHBUF_IOC_INFO, info))
		fail(path, strerror(errno), "\"cohbuf list\" shows the buffers, \"cohbuf doctor\" why one is missing; run this as root");
	return fd;
}

static void *map(int fd, size_t size, const char *path)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		fail(path, strerror(errno), "is its device still bound to the driver?");
	return at;
}

/*
 * Each access of registers is one of the CPU's, aligned, and of a width that the device
 * knows: "volatile" makes it so. memcpy(), memset() and structures copied whole do not.
 */
static uint32_t get(const volatile void *registers, size_t offset)
{
	return *(const volatile uint32_t *)((const volatile char *)registers + offset);
}

static void set(volatile void *registers, size_t offset, uint32_t value)
{
	*(volatile uint32_t *)((volatile char *)registers + offset) = value;
}

static void by_the_mapping(volatile void *registers, volatile struct stamp *stamps)
{
	for (uint32_t i = 0; i < STAMPS; i++) {
		stamps[i].number = i + 1;
		stamps[i].seconds = get(registers, CLOCK);
		/* The stamp is there before the doorbell rings. */
		cohbuf_publish();
		set(registers, ALARM, i + 1);

		/* Now as the device: it rang, and what came before it is read after it. */
		if (get(registers, ALARM) != i + 1)
			fail("the alarm register", "it does not keep what is written", "are these the registers of a PL031?");
		cohbuf_acquire();
		printf("mapping: doorbell %u: stamp %u of second %u\n", i + 1,
		       stamps[i].number, stamps[i].seconds);
	}
}

/* Whole, as each call of a register is one access. */
static void move(const char *what, ssize_t moved, size_t size)
{
	if (moved != (ssize_t)size)
		fail(what, moved < 0 ? strerror(errno) : "not all of it", "does reg-io-width of the node allow 4 bytes?");
}

/* The same by calls, which keep the order by themselves. */
static void by_calls(int registers, int memory)
{
	struct stamp stamp, seen;
	uint32_t rung;

	for (uint32_t i = 0; i < STAMPS; i++) {
		off_t at = (STAMPS + i) * sizeof(stamp);

		stamp.number = STAMPS + i + 1;
		move("the clock", pread(registers, &stamp.seconds, 4, CLOCK), 4);
		move("the memory", pwrite(memory, &stamp, sizeof(stamp), at), sizeof(stamp));
		move("the doorbell", pwrite(registers, &stamp.number, 4, ALARM), 4);

		move("the doorbell", pread(registers, &rung, 4, ALARM), 4);
		move("the memory", pread(memory, &seen, sizeof(seen), at), sizeof(seen));
		printf("calls: doorbell %u: stamp %u of second %u\n", rung, seen.number, seen.seconds);
	}
}

int main(void)
{
	struct cohbuf_info registers, memory;
	int registers_fd = open_buffer("/dev/registers", &registers);
	int memory_fd = open_buffer("/dev/plain", &memory);
	volatile void *device = map(registers_fd, registers.size, "/dev/registers");
	volatile struct stamp *stamps = map(memory_fd, memory.size, "/dev/plain");
	const volatile struct stamp *last = &stamps[2 * STAMPS - 1];
	uint32_t alarm;

	if (registers.memory != COHBUF_MEMORY_REGISTERS)
		fail("/dev/registers", "it is memory", "its node takes cohbuf,memory = \"registers\" and a reg");
	if (memory.cache_line)
		fail("/dev/plain", "its ranges have to be handed over", "add COHBUF_IOC_SYNC before each doorbell, or take coherent memory");

	alarm = get(device, ALARM);
	by_the_mapping(device, stamps);
	by_calls(registers_fd, memory_fd);
	set(device, ALARM, alarm);

	if (last->number != 2 * STAMPS || last->seconds < stamps[0].seconds)
		fail("the last stamp", "the mapping has another one than the call wrote", "see \"cohbuf test plain\"");
	printf("both ways: %d stamps, of seconds %u to %u\n", 2 * STAMPS, stamps[0].seconds,
	       last->seconds);
	return 0;
}
