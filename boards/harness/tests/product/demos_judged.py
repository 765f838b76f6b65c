# SPDX-License-Identifier: GPL-2.0-only
"""What each demo must print, for demos_test: functions of its lines that fail a test."""

import hashlib
import re
import struct

import tap

# Colour bars of 75 %, as ITU-R BT.601 has them: Y, U and V.
BARS = [(180, 128, 128), (162, 44, 142), (131, 156, 44), (112, 72, 58),
        (84, 184, 198), (65, 100, 212), (35, 212, 114), (16, 128, 128)]
BAR_WIDTH = 40
# Of 115200 bytes, with pages of 4 KiB and of 16.
PAGES_OF_A_FRAME = (118784, 131072)

# Of app/demos/ring.c; its slots are behind two indices, and then the device's side.
ENTRIES, SLOTS, ENTRY = 300, 16, 256

# Of app/demos/logger.c.
RECORDS, BLOCK, BLOCKS = 10000, 0x4000, 4


def has_line(lines, line):
    tap.expect(line in lines, f"no line is: {line}", *lines)


def matched(lines, pattern):
    """The numbers of the one line that is so."""
    found = [match for line in lines if (match := re.fullmatch(pattern, line))]
    tap.expect(len(found) == 1, f"not one line is: {pattern}", *lines)
    return [float(number) for number in found[0].groups()]


def greets_and_writes(lines):
    tap.expect([line for line in lines if line.startswith("Data ")] ==
               ["Data read from kernel: Hello from kernel space!",
                "Data written to shared memory."], *lines)


def stamps_of(lines, way):
    """Pairs of doorbell and stamp, and the seconds, of the lines of one way."""
    found = [re.fullmatch(rf"{way}: doorbell (\d+): stamp (\d+) of second (\d+)", line)
             for line in lines if line.startswith(f"{way}: ")]
    tap.expect(all(found), f"a line of {way} is another one", *lines)
    return [tuple(map(int, match.groups())) for match in found]


def finds_each_stamp(lines):
    """Each doorbell finds its stamp, by both ways, and no clock goes back."""
    stamps = stamps_of(lines, "mapping") + stamps_of(lines, "calls")
    tap.expect([(rung, number) for rung, number, _ in stamps] ==
               [(n, n) for n in range(1, 7)], *lines)
    seconds = [second for _, _, second in stamps]
    tap.expect(seconds == sorted(seconds), *lines)
    # The emulator's clock is that of the host, and was not set back to its birth.
    tap.expect(seconds[0] > 1_000_000_000, *lines)
    has_line(lines, f"both ways: 6 stamps, of seconds {seconds[0]} to {seconds[-1]}")


def moves_each_entry(lines):
    """More entries than slots, by the engine; a ring that was full was waited for."""
    has_line(lines, "ring: 300 entries of 256 bytes, in order, through 16 slots")
    took, = matched(lines, r"engine: 9020000\.fw-cfg/dma\d+chan\d+, (\d+\.\d) us an entry")
    tap.expect(took > 0, *lines)
    for_slots, for_entries = matched(
        lines, r"woken: (\d+) times for a free slot, (\d+) times for an entry")
    # An event of each side for each entry wakes each: there are no more.
    tap.expect(1 <= for_slots <= 600 and for_entries <= 600, *lines)


def entry_of(number):
    words = range(number * ENTRY // 4, (number + 1) * ENTRY // 4)
    return struct.pack(f"<{ENTRY // 4}I", *(word * 0x9e3779b9 & 0xffffffff for word in words))


def moved_by_the_engine(status, said):
    """Each entry by one copy, in order, out of its slot; and the last of each slot is there."""
    tap.expect(status == 0, f"status {status}", said)
    copies = re.findall(r"cohbuf_copy: engine .* src=(\d+) dst=(\d+) length=(\d+) .* ret=0$",
                        said, re.M)
    slots, device = 2 * ENTRY, (2 + SLOTS) * ENTRY
    wanted = [(slots + n % SLOTS * ENTRY, device + n % SLOTS * ENTRY, ENTRY)
              for n in range(ENTRIES)]
    tap.expect([tuple(map(int, copy)) for copy in copies] == wanted, said)
    last = sorted(range(ENTRIES - SLOTS, ENTRIES), key=lambda n: n % SLOTS)
    side = b"".join(map(entry_of, last))
    digest = hashlib.sha256(side + side).hexdigest()
    tap.expect(f"{digest}  -" in said.splitlines(), f"the digest is not {digest}", said)


def measures_its_engine(lines):
    matched(lines, r"engine: 10 times 524288 bytes by 9020000\.fw-cfg/dma\d+chan\d+, "
                   r"every word arrived")
    slowest, mean = matched(lines, r"slowest (\d+\.\d) MB/s, mean (\d+\.\d) MB/s")
    tap.expect(0 < slowest <= mean, *lines)


def records():
    return [f"record {n}: {n * 7919 % 10007}\n" for n in range(1, RECORDS + 1)]


def blocks_of_records():
    """A record lies in one block."""
    blocks, used = 1, 0
    for record in records():
        if used + len(record) > BLOCK:
            blocks, used = blocks + 1, 0
        used += len(record)
    return blocks


def sends_more_than_its_blocks(lines):
    blocks, size = blocks_of_records(), len("".join(records()))
    tap.expect(blocks > BLOCKS, f"{blocks} blocks")
    has_line(lines, f"logger: {RECORDS} records, {size} bytes, in {blocks} blocks, "
                    "sent to records.log")


def sent_are_all_records(status, said):
    """What came out has just the records, each once, in their order."""
    tap.expect(status == 0, f"status {status}", said)
    digest = hashlib.sha256("".join(records()).encode()).hexdigest()
    tap.expect(f"{digest}  -" in said.splitlines(), f"the digest is not {digest}", said)


def frame_of(lines, title):
    """The points of one frame: where, and their colours."""
    at = lines.index(title) + 1
    found = [re.fullmatch(r"point +(\d+): Y +(\d+) U +(\d+) V +(\d+)", line)
             for line in lines[at:at + len(BARS)]]
    tap.expect(len(found) == len(BARS) and all(found), "a line is no point", *lines)
    points = [tuple(map(int, match.groups())) for match in found]
    return [x for x, *_ in points], [tuple(colour) for _, *colour in points]


def has_bars_in_the_buffer(lines):
    """Both frames, which are in ranges of their own, have a point of each bar."""
    has_line(lines, "camera: YUYV, 320 x 180, 640 bytes a line, 115200 bytes a frame")
    titles = [line for line in lines if line.startswith("frame ")]
    tap.expect(len(set(titles)) == 2, *lines)
    for number, (title, offsets) in enumerate(zip(titles, ([0], PAGES_OF_A_FRAME))):
        tap.expect(title in [f"frame {number}: at offset {offset} of /dev/plain"
                             for offset in offsets], *lines)
        where, colours = frame_of(lines, title)
        tap.expect([x // BAR_WIDTH for x in where] == list(range(len(BARS))), *lines)
        tap.expect(all(abs(one - wanted) <= 2 for bar in zip(colours, BARS)
                       for one, wanted in zip(*bar)), *lines)
