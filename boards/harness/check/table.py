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
# Those of a suite of the whole tree, and what may stand beside one of them.
OF_TREE = {"tree", "front-door", "deploy", "lint", "hosts"}
OF_THE_WHOLE = {"with:reference", "with:arm"}
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
        row = Row(name, [part.split() for part in on.split(",")], shlex.split(how), command,
                  f"{file}:{number}")
        check(row)
        rows.append(row)
    return rows


def check(row):
    """End where a line would be passed over, or be taken for another one, without a word."""
    if not row.name or not row.command or not all(row.on):
        die(f"{row.where}: NAME, ON and COMMAND may not be empty")
    for word in (word for alternative in row.on for word in alternative):
        known = word.removeprefix("no-")
        if known not in ON | OF_TREE and not known.startswith("kernel:"):
            die(f"{row.where}: {word} is no word for ON")
    # Of each line that is there, on whatever board it is for.
    if sum(word.partition(":")[0] in ("plain", "account", "append") for word in row.how) > 1:
        die(f"{row.where}: plain, account and append: are one word for the kernel, once")
    if row.is_of_tree and {"poison", "few"} & set(row.how):
        die(f"{row.where}: poison and few are for boards")
    if "few" in row.how and not re.match(r"tests |run .*\{all_test\}", row.command):
        die(f"{row.where}: few is for tests")
    for alternative in row.on:
        words = {word.removeprefix("no-") for word in alternative}
        of_board = words - OF_TREE - OF_THE_WHOLE
        if (of_board if row.is_of_tree else words - of_board) or (
                row.is_of_tree and not words & OF_TREE):
            die(f"{row.where}: {' '.join(alternative)}: words of a board and of the tree")


def holds(alternative, words):
    """Is each word of it true, and none that it has with "no-"?"""
    return all((word[3:] not in words) if word.startswith("no-") else word in words
               for word in alternative)


def known_splats(name):
    """One regular expression of all that the kernel may say in a suite of this name."""
    return "|".join(pattern for suite, pattern in all_known_splats() if suite == name)


def all_known_splats():
    """Pairs of a suite's name and a regular expression."""
    lines = (HERE / "known-splats").read_text().splitlines()
    for number, line in enumerate(lines, 1):
        if line and not line.startswith("#"):
            suite_name, tab, pattern = line.partition("\t")
            if not (tab and pattern):
                die(f"{HERE}/known-splats:{number}: a name, a tab, and an expression are wanted")
            yield suite_name, pattern


def filled(text, names, where):
    """The words of a command, with what stands in braces; {NAME...} is a word for each."""
    def value(name, kind):
        found = names.get(name)
        found = found() if callable(found) else found
        if found is None or isinstance(found, list) != (kind == "..."):
            die(f"{where}: there is nothing called '{name}{kind}'; see check/facts.py")
        return found

    words = []
    for word in shlex.split(text):
        several = re.fullmatch(r"\{([^{}.]+)\.\.\.\}", word)
        words += value(several[1], "...") if several else [
            re.sub(r"\{([^{}]*)\}", lambda match: str(value(match[1], "")), word)]
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
    made, trees, append, poison = Suite(name, []), [], None, ""
    for word in row.how:
        option, _, value = word.partition(":")
        needs_value = option in ("append", "trees")
        if option != "plain" and bool(value) != needs_value and not re.match("[A-Z_]+=", word):
            die(f"{row.where}: {word} is no word for HOW")
        if option == "one-cpu":
            made.environment["ONE_CPU"] = 1
        elif option == "long":
            made.is_long = True
        elif option == "poison":
            poison = names["poison"]
        elif option == "few":
            names = {**names, "all_test": names["few"] + names["all_test"]}
        elif option == "plain":
            append = value
        elif option == "account":
            append = f"{names['checks']} {names['account']}"
        elif option == "append":
            append = f"{value} {names['checks']}"
        elif option == "trees":
            trees = value.split(",")
        elif re.match("[A-Z_]+=", word) and not word.startswith("APPEND="):
            made.environment.update([word.split("=", 1)])
        else:
            die(f"{row.where}: {word} is no word for HOW")
    if append is None and not row.is_of_tree:
        append = names["checks"]
    if poison:
        append = f"{append or ''} {poison}"
    if append is not None:
        made.environment["APPEND"] = append.strip()
    splats = known_splats(row.name)
    if splats:
        made.environment["KNOWN_SPLATS"] = splats
    verb, _, rest = row.command.partition(" ")
    if trees and verb not in ("tests", "run"):
        die(f"{row.where}: trees: is for what runs tests")
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
