# SPDX-License-Identifier: GPL-2.0-only
"""What the checkers of "make lint" share: which files there are, and what is excepted."""

import subprocess
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import tap
from contract import TOP

EXCEPTIONS = Path(__file__).with_name("exceptions")


def sources(*patterns):
    """The files of the project, committed or not, by git's patterns."""
    said = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate",
         "--", *patterns], cwd=TOP, check=True, capture_output=True, text=True).stdout
    return sorted(file for file in said.split("\0") if file and (TOP / file).exists())


def lines_of(file):
    """A file's lines; what is no text in it is of no interest."""
    return (TOP / file).read_text(errors="replace").splitlines()


def first_line(file):
    """It says what runs a program."""
    return next(iter(lines_of(file)), "")


def each(name, files, function, *arguments):
    """A test for each file, which comes last; one that fails where there is none."""
    for file in files:
        tap.check(f"{name}.{file}", function, *arguments, file)
    if not files:
        tap.check(f"{name}.has_files", lambda: False)


@cache
def exceptions(checker):
    """(FILES, WHAT) of its lines."""
    lines = [line.split() for line in EXCEPTIONS.read_text().splitlines()]
    return [(words[1], words[2]) for words in lines if words and words[0] == checker]


def is_one_of(file, patterns):
    """Patterns have commas between them."""
    return any(fnmatchcase(file, pattern) for pattern in patterns.split(","))


def excepted(checker, file):
    """What the checker is not to say of the file."""
    return [what for patterns, what in exceptions(checker) if is_one_of(file, patterns)]
