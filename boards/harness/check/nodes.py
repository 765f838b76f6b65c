# SPDX-License-Identifier: GPL-2.0-only
"""Overlays with many nodes, made on the spot, and boots of a board with them.

    many(kind, count)	"plain", "pools", "kept" or "large", see many_test
    wild(seed, count)	properties that are made up, see wild_test
"""

import random
import subprocess
import sys
import tempfile
from pathlib import Path

from contract import TOP


def overlay(*lines):
    return "\n".join(["/dts-v1/;", "/plugin/;", "", "&{/} {", *lines, "};", ""])


def node(name, *properties):
    return f'{name} {{ compatible = "cohbuf,buffer"; {" ".join(properties)} }};'


def reserved(*regions, sort="no-map"):
    """Of (label, name, base, size)."""
    yield "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;"
    for handle, name, base, size in regions:
        yield (f'{handle}: {name}@{base:x} {{ compatible = "shared-dma-pool"; '
               f"reg = <{base >> 32:#x} {base % 2**32:#x} {size >> 32:#x} {size % 2**32:#x}>; "
               f"{sort}; }};")
    yield "};"


def plain(count):
    for n in range(count):
        yield node(f"labelled-{n}", f'label = "label-{n}";', "cohbuf,size = <0x1000>;")
        yield node(f"unlabelled-{n}", "cohbuf,size = <0x1000>;")


def pools(count):
    """In the upper half of 1 GiB of RAM. At an odd page, so that the kernel maps them page by
    page, which takes long enough for others to come; together they fit into what a kernel of
    32 bits has of addresses for that."""
    size = 0x400000
    for n in range(count):
        for letter in "abcde":
            yield node(f"pool-{n}-{letter}", f"memory-region = <&region{n}>;",
                       "cohbuf,size = <0x8000>;")
    yield from reserved(*((f"region{n}", "many", 0x60001000 + n * size, size - 0x1000)
                          for n in range(count)))
    yield "cpus {"
    for n in 2, 3:
        yield (f'cpu@{n} {{ device_type = "cpu"; compatible = "arm,cortex-a53"; '
               f'enable-method = "psci"; reg = <{n}>; }};')
    yield "};"


def kept(count):
    for n in range(count):
        yield node(f"kept-{n}", f'label = "kept-{n}";', f"memory-region = <&region{n}>;",
                   "cohbuf,size = <0xf000>;", "cohbuf,keep;")
    yield from reserved(*((f"region{n}", "kept", 0x50000000 + n * 0x10000, 0x10000)
                          for n in range(count)))


def large(count):
    """A quarter of a GiB more than 32 bits of addresses reach, one buffer of each kind of
    memory that comes from a region. There is room for one of them, in one zone of the
    kernel's, which begins there. And one of what is left beside that, all of it free."""
    for n in range(count):
        for kind in "coherent", "cached":
            yield node(f"large-{kind}-{n}", f'label = "large-{kind}-{n}";',
                       f'cohbuf,memory = "{kind}";', "cohbuf,dma-bits = <40>;",
                       "memory-region = <&large>;")
        yield node(f"large-vmalloc-{n}", f'label = "large-vmalloc-{n}";',
                   'cohbuf,memory = "vmalloc";', "cohbuf,size = /bits/ 64 <0x90000000>;")
    yield from reserved(("large", "large", 0x100000000, 0x110000000), sort="reusable")


KINDS = {"plain": plain, "pools": pools, "kept": kept, "large": large}


def many(kind, count):
    return overlay(*KINDS[kind](count))


U32 = ["0", "1", "0xfff", "0x1000", "0x1001", "0x10000", "0x100000", "0x7fffffff", "0x80000000",
       "0xfffff000", "0xffffffff"]
BYTES = ["[00]", "[41]", "[41 42]", "[ff fe fd]", "[00 00 00 00 10]", "[00 00 00 00 00 10 00]"]
STRINGS = ['""', '"x"', '"coherent"', '"0x1000"', '"a", "b"', '"\\xc3\\xa4"', '"a\\nb"', '"%s%n"',
           '"' + "y" * 300 + '"']
DMA_BITS = [0, 15, 16, 24, 31, 32, 33, 64, 65]
MEMORY = ['"coherent"', '"cached"', '"kmalloc"', '"vmalloc"', '"registers"']
# Registers that somebody has, and what are none: no test is to find others there.
REG = ["<0 0x9010000 0 0x1000>", "<0 0x9000000 0 0x1000>", "<0 0x9010800 0 0x1000>",
       "<0 0x9010000 0 0>", "<0 0x40000000 0 0x1000>", "<0 0x58000000 0 0x400000>",
       "<0xffffffff 0xfffff000 0 0x1000>", "<0 0x9010000>"]
# Anything, where something else was meant.
WRONG = BYTES + STRINGS + ["<>", "<0 0 0>", "<0xffffffff 0xffffffff>", None]


def cells(rng):
    return f"<{' '.join(rng.choice(U32) for _ in range(rng.choice([1, 1, 1, 2, 2, 3])))}>"


def label(rng, number):
    text = rng.choice([f"wild{number}"] * 20 + [
        "wild", "w" * 31, "w" * 32, "a/b", "..", ".", "UP", "a b", f"cohbuf{number}", "cohbufx",
        "-", "_"])
    return f'"{text}"'


def initial_data(rng):
    bytes_ = " ".join(["5a"] * rng.choice([1, 4095, 4096, 4097]))
    return rng.choice(['"hello"', f"[{bytes_}]", "<1 2 3>"])


# Property: how often it is there, how often it is wrong if so, and what is right. Labels of
# dts/qemu-virt.dtso are referred to.
PROPERTIES = {
    "cohbuf,size": (0.9, 0.1, lambda rng, _: rng.choice(["<0x1000>", "<0x3000>", cells(rng)])),
    "label": (0.7, 0.1, label),
    "cohbuf,memory": (0.5, 0.2, lambda rng, _: rng.choice(MEMORY)),
    "reg": (0.1, 0.2, lambda rng, _: rng.choice(REG)),
    "reg-io-width": (0.05, 0.3, lambda rng, _: f"<{rng.choice([0, 1, 2, 3, 4, 8, 16])}>"),
    "cohbuf,dma-bits": (0.4, 0.1, lambda rng, _: f"<{rng.choice(DMA_BITS)}>"),
    "cohbuf,initial-data": (0.4, 0.1, lambda rng, _: initial_data(rng)),
    "memory-region": (0.15, 0.2, lambda rng, _: rng.choice(
        ["<&pool>", "<&cma>", "<&engine>", "<0>", "<12345>"])),
    "dmas": (0.1, 0.2, lambda rng, _: rng.choice(
        ["<&engine 0>", "<&engine 9>", "<&engine>", "<&pool 0>"])),
    "dma-names": (0.1, 0.2, lambda rng, _: rng.choice(['"memcpy"', '"tx"'])),
    "dma-coherent": (0.1, 0.3, lambda rng, _: None),
    "dma-noncoherent": (0.05, 0.3, lambda rng, _: None),
}


def wild_properties(rng, number):
    for name, (often, wrong, right) in PROPERTIES.items():
        if rng.random() <= often:
            value = rng.choice(WRONG) if rng.random() < wrong else right(rng, number)
            yield f"{name};" if value is None else f"{name} = {value};"


def wild(seed, count):
    """Each property is missing, right or wrong, in what it is and in its length; the same seed
    gives the same nodes."""
    rng = random.Random(seed)
    return overlay(*(node(f"wild-{n}", *wild_properties(rng, n)) for n in range(count)))


def boot_with(source, build, program, command, *files):
    """Run a command on the board, with this overlay, a program of its tests and further files,
    and end with its status. dtc warns of what is wrong in the nodes, which is what some are for."""
    with tempfile.TemporaryDirectory() as work:
        made = Path(work, "made.dtbo")
        subprocess.run(["dtc", "-q", "-@", "-I", "dts", "-O", "dtb", "-o", made], input=source,
                       text=True, check=True)
        ran = subprocess.run([TOP / "boards/harness/boot/run", build, "--files",
                              " ".join([f"{build}/app/{program}", *files]), "--dtbo", made,
                              command], check=False)
    sys.exit(ran.returncode)
