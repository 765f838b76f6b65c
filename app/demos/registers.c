// SPDX-License-Identifier: 0BSD
/*
 * registers - a device's registers, and memory beside them, as a program uses both
 *
 * The device is a clock, the PL031 of Arm: a register that counts seconds, and one for the
 * time of an alarm, which keeps what is written. That one stands for the doorbell of a
 * device that works on memory: here the program is its own device.
 *
 *   cc -O2 registers.c -o registers $(pkg-config --cflags --libs cohbuf)
 *   ./registers
 */
#include <stdio.h>
#include <stdlib.h>

#include <cohbuf.h>

#define CLOCK	0x0	/* reads as seconds */
#define ALARM	0x4	/* the doorbell: how many stamps there are */
#define STAMPS	3

struct stamp {
	uint32_t number;
	uint32_t seconds;
};

static struct cohbuf_buffer *device, *memory;

static void fail(const char *why)
{
	fprintf(stderr, "registers: %s\n", why);
	exit(1);
}

static void checked(int ret)
{
	if (ret)
		fail(cohbuf_error());
}

static struct cohbuf_buffer *open_buffer(const char *name)
{
	struct cohbuf_buffer *buffer = cohbuf_open(name, O_RDWR);

	if (!buffer)
		fail(cohbuf_error());
	return buffer;
}

static volatile void *map(const struct cohbuf_buffer *buffer)
{
	volatile void *at = cohbuf_map(buffer, PROT_READ | PROT_WRITE);

	if (!at)
		fail(cohbuf_error());
	return at;
}

/*
 * Each access of registers is one of the CPU's, aligned, and of a width that the device
 * knows: these calls make it so, and so does "volatile" of a word. memcpy(), memset() and
 * structures copied whole do not.
 */
static uint32_t get(const volatile char *registers, size_t offset)
{
	uint32_t value;

	checked(cohbuf_copy_from_registers(&value, registers + offset, 1, sizeof(value)));
	return value;
}

static void set(volatile char *registers, size_t offset, uint32_t value)
{
	checked(cohbuf_copy_to_registers(registers + offset, &value, 1, sizeof(value)));
}

static void by_the_mapping(volatile char *registers, volatile struct stamp *stamps)
{
	for (uint32_t i = 0; i < STAMPS; i++) {
		stamps[i].number = i + 1;
		stamps[i].seconds = get(registers, CLOCK);
		/* The stamp is there before the doorbell rings. */
		cohbuf_publish();
		set(registers, ALARM, i + 1);

		/* Now as the device: it rang, and what came before it is read after it. */
		if (get(registers, ALARM) != i + 1)
			fail("the alarm register does not keep what is written: are these the registers of a PL031?");
		cohbuf_acquire();
		printf("mapping: doorbell %u: stamp %u of second %u\n", i + 1,
		       stamps[i].number, stamps[i].seconds);
	}
}

/* The same by calls, which keep the order by themselves; of a register each is one access. */
static void by_calls(void)
{
	struct stamp stamp, seen;
	uint32_t rung;

	for (uint32_t i = 0; i < STAMPS; i++) {
		uint64_t at = (STAMPS + i) * sizeof(stamp);

		stamp.number = STAMPS + i + 1;
		checked(cohbuf_read(device, &stamp.seconds, CLOCK, 4));
		checked(cohbuf_write(memory, &stamp, at, sizeof(stamp)));
		checked(cohbuf_write(device, &stamp.number, ALARM, 4));

		checked(cohbuf_read(device, &rung, ALARM, 4));
		checked(cohbuf_read(memory, &seen, at, sizeof(seen)));
		printf("calls: doorbell %u: stamp %u of second %u\n", rung, seen.number, seen.seconds);
	}
}

int main(void)
{
	volatile struct stamp *stamps;
	const volatile struct stamp *last;
	volatile char *registers;
	uint32_t alarm;

	device = open_buffer("registers");
	memory = open_buffer("plain");
	if (cohbuf_info(device)->memory != COHBUF_MEMORY_REGISTERS)
		fail("\"registers\" is memory: its node takes cohbuf,memory = \"registers\" and a reg");
	if (cohbuf_info(memory)->memory == COHBUF_MEMORY_REGISTERS)
		fail("\"plain\" is registers: its node takes another cohbuf,memory");
	if (cohbuf_info(memory)->cache_line)
		fail("\"plain\" has to be handed over: add cohbuf_sync_for_device() before each doorbell, or take coherent memory");
	registers = map(device);
	stamps = map(memory);
	last = &stamps[2 * STAMPS - 1];

	alarm = get(registers, ALARM);
	by_the_mapping(registers, stamps);
	by_calls();
	set(registers, ALARM, alarm);

	if (last->number != 2 * STAMPS || last->seconds < stamps[0].seconds)
		fail("the mapping has another stamp than the call wrote: see \"cohbuf test plain\"");
	printf("both ways: %d stamps, of seconds %u to %u\n", 2 * STAMPS, stamps[0].seconds,
	       last->seconds);
	return 0;
}
