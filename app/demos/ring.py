#!/usr/bin/env python3
# SPDX-License-Identifier: 0BSD
"""ring - a ring of entries, from a program to a DMA engine

The producer writes entries to the slots of a ring. The consumer plays the device: the engine
moves each entry out of its slot, to the device's side of the same buffer, where every word is
looked at. Who has nothing to do sleeps, until an event comes: the doorbell, or a slot that is
free again. ring.c is the same in C.

    python3 ring.py [BUFFER]    one whose node names a DMA engine: "engine"
"""

import contextlib
import sys
import threading

import cohbuf

ENTRIES = 300
SLOTS = 16
ENTRY = 256  # bytes, whole cache lines: no two entries share one
WORDS = ENTRY // 4
PATIENCE = 10.0  # seconds, after which the other one must be lost

# In words. Of an index there is one writer, and it has cache lines of its own.
HEAD, TAIL, RING = 0, WORDS, 2 * WORDS
DEVICE = RING + SLOTS * WORDS
SIZE = (DEVICE + SLOTS * WORDS) * 4


class Lost(Exception):
    """The other one does not post any more."""


def words_of(entry):
    return [(entry * WORDS + word) * 0x9e3779b9 & 0xffffffff for word in range(WORDS)]


def wait_while(events, words, index, value, failed):
    """Each Events is told of all of them, one's own too: who is woken looks again. What was
    posted before it waits is not lost. Returns how often it was woken.
    """
    waits = 0
    while words[index] == value:
        if failed:
            raise failed[0]
        if not events.wait(PATIENCE):
            raise Lost("the other one is lost: it has not posted for ten seconds")
        waits += 1
    return waits


def produce(buffer, words, waits, failed):
    with buffer.events() as events:
        for head in range(ENTRIES):
            slot = RING + head % SLOTS * WORDS
            # Full is when the tail is a whole round behind.
            waits.append(wait_while(events, words, TAIL, head - SLOTS, failed))
            for word, value in enumerate(words_of(head)):
                words[slot + word] = value
            # The entry is there before the index says so. Where nothing has to be handed over
            # this is the barrier, which Python has no other of.
            buffer.sync_for_device(slot * 4, ENTRY, cohbuf.Direction.TO_DEVICE)
            words[HEAD] = head + 1
            events.post()


def produce_or_tell(events, failed, *arguments):
    """What ends a thread is told to nobody: the consumer is to look."""
    try:
        produce(*arguments, failed)
    except Exception as error:
        failed.append(error)
        with contextlib.suppress(OSError, ValueError):
            events.post()


def consume(buffer, words, events, failed):
    waits, total_ns, engine = 0, 0, ""
    for tail in range(ENTRIES):
        source, target = (part + tail % SLOTS * WORDS for part in (RING, DEVICE))
        waits += wait_while(events, words, HEAD, tail, failed)
        copied = buffer.copy(dst=target * 4, src=source * 4, length=ENTRY, timeout_ms=10000)
        total_ns, engine = total_ns + copied.duration_ns, copied.engine
        if list(words[target:target + WORDS]) != words_of(tail):
            sys.exit(f'ring: entry {tail} is another one: "cohbuf test" says more')
        # The engine has read the slot when the call returns: it is free.
        words[TAIL] = tail + 1
        events.post()
    return waits, total_ns, engine


def main(name="engine"):
    for_slots, failed = [], []
    with cohbuf.open(name) as buffer:
        if not isinstance(buffer, cohbuf.MappedBuffer) or len(buffer) < SIZE:
            sys.exit(f'ring: "{name}" is no memory of {SIZE} bytes: "cohbuf list" shows what is')
        with buffer.events() as events, memoryview(buffer) as memory, memory.cast("I") as words:
            words[HEAD] = words[TAIL] = 0
            arguments = events, failed, buffer, words, for_slots
            producer = threading.Thread(target=produce_or_tell, args=arguments, daemon=True)
            producer.start()
            waits, total_ns, engine = consume(buffer, words, events, failed)
            producer.join()
    print(f"ring: {ENTRIES} entries of {ENTRY} bytes, in order, through {SLOTS} slots")
    print(f"engine: {engine}, {total_ns / 1e3 / ENTRIES:.1f} us an entry")
    print(f"woken: {sum(for_slots)} times for a free slot, {waits} times for an entry")


try:
    main(*sys.argv[1:2])
except (OSError, Lost) as error:
    sys.exit(f"ring: {error}")
