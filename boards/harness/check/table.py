# SPDX-License-Identifier: GPL-2.0-only
"""The table of suites: its lines, and what becomes of one for a board. See "suites"."""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

import facts
from say import die

HERE = Path(__file__).resolve().parent
# Words of the column ON that facts.py knows.
ON = {"each", "reference", "alone", "beside", "once", "slow", "32-bit", "engine", "kunit",
      "checkers", "own-trees", "arm64", "stock", "raspberrypi", "with:reference", "with:arm"}
OF_TREE = {"tree", "front-door", "deploy", "lint", "hosts"}
VARIANTS = {"32-bit"}
RUN = "boards/harness/boot/run"


@dataclass
class Row:
    """One line."""

    name: str
    on: list
    how: list
    command: str
    where: str

    @property
    def is_of_tree(self):
        return bool(OF_TREE & set(self.on[0]))


@dataclass
class Suite:
    """A program that prints TAP, and the environment that it needs."""

    name: str
    command: list
    is_long: bool = False
    environment: dict = field(default_factory=dict)


def read(file):
    """The rows of a table, in its order."""
    rows = []
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("|", 3)]
        if len(cells) != 4:
            die(f"{file}:{number}: NAME | ON | HOW | COMMAND is wanted")
        name, on, how, command = cells
        for word in on.replace(",", " ").split():
            if word.removeprefix("no-") not in ON | OF_TREE and not word.startswith("kernel:"):
                die(f"{file}:{number}: {word} is no word for ON")
        rows.append(Row(name, [part.split() for part in on.split(",")], shlex.split(how), command,
                        f"{file}:{number}"))
    return rows


def holds(alternative, words):
    """Is each word of it true, and none that it has with "no-"?"""
    return all((word[3:] not in words) if word.startswith("no-") else word in words
               for word in alternative)


def known_splats(name):
    """One regular expression of all that the kernel may say in a suite of this name."""
    lines = (HERE / "known-splats").read_text().splitlines()
    fields = [line.split("\t", 1) for line in lines if line and not line.startswith("#")]
    return "|".join(pattern for suite, pattern in fields if suite == name)


def filled(text, names, where):
    """The words of a command, with what stands in braces; {NAME...} is a word for each."""
    words = []
    for word in shlex.split(text):
        several = re.fullmatch(r"\{(\w+)\.\.\.\}", word)
        try:
            words += names[several[1]] if several else [
                re.sub(r"\{(\w+)\}", lambda match: str(names[match[1]]), word)]
        except KeyError as name:
            die(f"{where}: there is nothing called {name}; see boards/harness/check/facts.py")
    return words


def on_board(verb, words, names, trees):
    """The command that runs tests, or a command of the user's own, on a board."""
    extra = ["--dtbo", " ".join(f"{names['build']}/{tree}.dtbo" for tree in trees)] if trees else []
    if verb == "tests":
        tests = " ".join(word if "." in word else f"{word}." for word in words)
        return [RUN, names["build"], "--files", f"{names['programs']}/all_test", *extra,
                f"{names['all_test']} {tests}"]
    return [RUN, words[0], *extra, *words[1:]]


def suite(row, name, names):
    """The suite that a row is, under this name. Its environment is in a fixed order."""
    made, trees, append = Suite(name, []), [], None
    for word in row.how:
        option, _, value = word.partition(":")
        if option == "one-cpu":
            made.environment["ONE_CPU"] = 1
        elif option == "long":
            made.is_long = True
        elif option == "plain":
            append = ""
        elif option == "account":
            append = f"{names['checks']} {names['account']}"
        elif option == "append":
            append = f"{value} {names['checks']}"
        elif option == "trees":
            trees = value.split(",")
        elif "=" in word:
            made.environment.update([word.split("=", 1)])
        else:
            die(f"{row.where}: {word} is no word for HOW")
    if append is None and not row.is_of_tree:
        append = names["checks"]
    if append is not None:
        made.environment["APPEND"] = append.strip()
    splats = known_splats(row.name)
    if splats:
        made.environment["KNOWN_SPLATS"] = splats
    verb, _, rest = row.command.partition(" ")
    if verb in ("tests", "run"):
        made.command = on_board(verb, filled(rest, names, row.where), names, trees)
    else:
        made.command = filled(row.command, names, row.where)
    return made


def suites_of_board(row, board, words, names):
    """None, one, or one for each kind of programs."""
    suites = {}
    for alternative in row.on:
        if not holds(alternative, words):
            continue
        variant = next((word for word in alternative if word in VARIANTS), "")
        name = ".".join(filter(None, [board.name, variant, row.name]))
        suites[name] = suite(row, name, {**names, **facts.names_of(board, variant)})
    return list(suites.values())
