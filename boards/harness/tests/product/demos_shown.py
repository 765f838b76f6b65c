# SPDX-License-Identifier: GPL-2.0-only
"""What docs/demos.md shows: each command, after "$ ", with what it prints, for demos_test."""

import re

import tap
from contract import TOP

# Of which the page has what is printed.
BOARD = "qemu-virt-arm"

# What may be another number each time.
CHANGES = re.compile(r"\d+(?:\.\d)?(?= MB/s| us an | times for )|(?<=second )\d+"
                     r"|(?<=seconds )\d+ to \d+|(?<=chan)\d+")


def examples():
    """What each command prints, as the page has it."""
    text = (TOP / "docs/demos.md").read_text()
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)
    return {command: said for language, block in blocks if not language
            for command, said in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M)}


def has(command):
    return command in examples()


def is_as_shown(command, said):
    """Line by line; "..." is for any number of lines. What make says before is not shown."""
    wanted = CHANGES.sub("N", examples().get(command, ""))
    tap.expect(wanted, f"docs/demos.md does not show: {command}")
    found = CHANGES.sub("N", said)
    pattern = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n"
                      for line in wanted.splitlines())
    tap.expect(re.search(rf"^{pattern}\Z", found, re.M), "shown is:", wanted, "it printed:", found)
