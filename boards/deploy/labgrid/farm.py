# SPDX-License-Identifier: GPL-2.0-only
"""What the suites of "make farm" share: runs of it, by name, and the tests of what one leaves:
its words, with the table, its exit status, and the report.
"""

import re
import subprocess
from dataclasses import dataclass
from xml.etree import ElementTree

import tap
from contract import TOP

runs = {}


@dataclass
class Run:
    """lines: what it printed; cases: those of the report."""

    status: int
    lines: list
    cases: list

    @property
    def bad_cases(self):
        """Those that failed."""
        return [case for case in self.cases
                if case.find("failure") is not None or case.find("error") is not None]


def run(name, out, commands, **variables):
    """Run the commands, which are to leave a report."""
    report = out / "farm.xml"
    report.unlink(missing_ok=True)
    ran = tap.run("sh", "-e", "-c", commands, status=None, stderr=subprocess.STDOUT, cwd=TOP,
                  env={"O": out, **variables})
    lines = ran.out.splitlines()
    tap.expect(report.exists(), "there is no report:", *lines[-40:])
    runs[name] = Run(ran.status, lines, list(ElementTree.parse(report).iter("testcase")))


def ended_with(name, status):
    ran = runs[name]
    tap.expect(ran.status == status, f"it ended with {ran.status}", *ran.lines[-40:])


def has_one(name, pattern):
    """Line that starts so."""
    lines = runs[name].lines
    count = sum(1 for line in lines if re.match(pattern, line))
    tap.expect(count == 1, f"{count} lines are like {pattern}", *lines[-60:])


def passed(name, board):
    """Its row says so, with some tests."""
    has_one(name, f"{board} +pass +[1-9][0-9]* ")


def places_are(cases, boards):
    """Names of cases end in [PLACE] or [PLACE-SUITE]."""
    places = {re.search(r"\[(.*?)(-open|-rw)?\]", case.get("name"))[1] for case in cases}
    tap.expect(places == set(boards), *places)


def check_good_run(suite, out, boards, commands):
    """Every board passes."""
    tap.check(f"{suite}.runs", run, "good", out, commands)
    tap.check(f"{suite}.ends_well", ended_with, "good", 0)
    tap.check(f"{suite}.has_one_table", has_one, "good", "board  ")
    for board in boards:
        tap.check(f"{suite}.{board}_passed", passed, "good", board)
    tap.check(f"{suite}.junit_has_every_board", lambda: places_are(runs["good"].cases, boards))
    tap.check(f"{suite}.junit_has_no_failure", lambda: places_are(runs["good"].bad_cases, []))


def check_run_with_one_broken(suite, out, boards, broken, commands, **variables):
    """The others pass, and it is named."""
    tap.check(f"{suite}.runs_with_a_broken_board", run, "bad", out, commands, **variables)
    tap.check(f"{suite}.ends_with_an_error", ended_with, "bad", 2)
    tap.check(f"{suite}.names_the_broken_board", has_one, "bad",
              f"{len(boards) - 1} boards passed, 1 failed: {broken}$")
    for board in boards:
        if board != broken:
            tap.check(f"{suite}.{board}_passed_beside_it", passed, "bad", board)
    tap.check(f"{suite}.junit_names_the_broken_board",
              lambda: places_are(runs["bad"].bad_cases, [broken]))
