# SPDX-License-Identifier: GPL-2.0-only
"""The rules of the house: how much there may be in one place, and who may know of whom. Each
gives what breaks it, as a text by file; "exceptions" has those that may, with the reason.
"""

import re
from collections import Counter
from pathlib import Path

import tap
from project import exceptions, excepted, first_line, is_one_of, lines_of, sources

ROOMS = {"emulated", "kernels", "harness", "deploy"}
# Files, and the lines that each may have. Data and documents are as long as they are.
LENGTHS = [(["Makefile"], 150), (["*.mk"], 200), (["boards/harness/*"], 250),
           (["app/demos/*"], 149), (["driver/*"], 399)]
IS_CODE = re.compile(r".*\.(c|h|s|S|py|sh|awk|mk)$")
CROWD = 15
HARNESS = "boards/harness"
# In a file below these folders nothing names those.
REFERENCES = [
    ([HARNESS], r"boards/deploy\b|\.\./deploy\b"),
    ([f"{HARNESS}/fetch", f"{HARNESS}/root"], r"(harness|\.\.)/(check|tests|lint)/"),
    ([f"{HARNESS}/boot"], r"(harness|\.\.)/check/"),
]


def rooms():
    """boards has four, and a page that says so."""
    there = {file.split("/")[1] for file in sources("boards")}
    return {f"boards/{name}": "is not one of the rooms of boards, or is gone"
            for name in there ^ (ROOMS | {"README.md"})}


def length():
    """A file is read in one go."""
    return {file: f"{len(lines_of(file))} lines, {most} at most"
            for patterns, most in LENGTHS for file in sources(*patterns)
            if (IS_CODE.match(file) or first_line(file).startswith("#!") or file == "Makefile")
            and len(lines_of(file)) > most}


def crowd():
    """So is the list of a folder."""
    files = Counter(str(Path(file).parent) for file in sources(HARNESS, "boards/deploy"))
    return {folder: f"{count} files, {CROWD} at most"
            for folder, count in files.items() if count > CROWD}


def reference():
    """A folder knows only of what is below it. A page may lead anywhere."""
    return {file: f"line {number} names what stands on it: {line.strip()}"
            for folders, named in REFERENCES for file in sources(*folders)
            if not file.endswith(".md")
            for number, line in enumerate(lines_of(file), 1) if re.search(named, line)}


RULES = {"rooms": rooms, "length": length, "crowd": crowd, "reference": reference}


def is_kept(rule):
    broken = [f"{file}: {text}" for file, text in RULES[rule]().items()
              if rule not in excepted("house", file)]
    tap.expect(not broken, *broken)


def exceptions_are_needed():
    needless = [f"{patterns} keeps the rule of {rule}" for patterns, rule in exceptions("house")
                if not any(is_one_of(file, patterns) for file in RULES[rule]())]
    tap.expect(not needless, *needless)


def house():
    for rule in RULES:
        tap.check(f"house.{rule}", is_kept, rule)
    tap.check("house.exceptions_are_needed", exceptions_are_needed)
