# SPDX-License-Identifier: GPL-2.0-only
"""Places of a labgrid environment as parameters of the tests, and one table at the end."""
import os
from collections import defaultdict

import pytest
from labgrid.config import Config
from labgrid.pytestplugin import hooks


def pytest_addoption(parser):
    group = parser.getgroup("cohbuf")
    group.addoption("--places", default="", help="places of the environment (all)")
    group.addoption("--suites", default="open info rw mmap", help="suites of all_test")


def places_of(config):
    """Those that were asked for, of those that there are."""
    known = list(Config(config.getoption("lg_env")).get_targets())
    wanted = config.getoption("places").split() or known
    unknown = set(wanted) - set(known)
    if unknown:
        raise pytest.UsageError(f"no place {' '.join(sorted(unknown))};"
                                f" there are: {' '.join(known)}")
    return wanted


def pytest_generate_tests(metafunc):
    if "place" in metafunc.fixturenames:
        # A place is one thing: its tests run one after the other, on one worker.
        metafunc.parametrize("place", [
            pytest.param(name, marks=pytest.mark.xdist_group(name))
            for name in places_of(metafunc.config)], scope="session")
    if "suite" in metafunc.fixturenames:
        metafunc.parametrize("suite", metafunc.config.getoption("suites").split())


@pytest.fixture(scope="session")
def env(request):
    """labgrid's own opens every place of the file, and ends the run where it cannot have one."""
    key = getattr(hooks, "LABGRID_ENV_KEY", None)
    # That of Debian 12 keeps it in another place.
    environment = request.config.stash[key] if key else request.config._labgrid_env
    yield environment
    environment.cleanup()


@pytest.fixture(scope="session")
def board(env, place):
    """
    What runs commands there, with the programs put in the folder of the commands. A place
    without a folder of programs has them there.
    """
    target = env.get_target(place)
    command = target.get_driver("CommandProtocol")
    if place in env.config.get_images():
        programs = env.config.get_image_path(place)
        for name in ("all_test", "test_mmap", "cohbuf"):
            target.get_driver("FileTransferProtocol").put(os.path.join(programs, name), name)
    return command


def pytest_itemcollected(item):
    """For the table: a test whose board cannot be reached has its name as well."""
    item.user_properties.append(("place", item.callspec.params["place"]))


class Row:
    """What one place came to."""

    def __init__(self):
        self.tap = defaultdict(int)
        self.failed = []
        self.seconds = 0.0

    def add(self, report):
        """One phase of one test."""
        self.seconds += report.duration
        if report.failed:
            self.failed.append(report.nodeid.split("::")[-1].split("[")[0].removeprefix("test_"))
        for name, value in report.user_properties:
            if name in ("passed", "failed", "skipped") and report.when == "call":
                self.tap[name] += value

    def line(self, place):
        """As the header has it."""
        result = "FAIL" if self.failed else "pass"
        counts = "".join(f"{self.tap[name]:9}" for name in ("passed", "failed", "skipped"))
        failed = " ".join(dict.fromkeys(self.failed))
        return f"{place:24}{result:6}{counts}{self.seconds:9.1f}  {failed}"


def pytest_terminal_summary(terminalreporter):
    rows = defaultdict(Row)
    for reports in list(terminalreporter.stats.values()):
        for report in reports:
            place = dict(getattr(report, "user_properties", ())).get("place")
            if place:
                rows[place].add(report)
    if not rows:
        return
    terminalreporter.section("boards")
    terminalreporter.write_line(
        f"{'board':24}{'':6}{'passed':>9}{'failed':>9}{'skipped':>9}{'seconds':>9}  what failed")
    for place, row in sorted(rows.items()):
        terminalreporter.write_line(row.line(place).rstrip())
    failed = sorted(place for place, row in rows.items() if row.failed)
    terminalreporter.write_line(
        f"{len(rows) - len(failed)} boards passed, {len(failed)} failed" +
        (f": {' '.join(failed)}" if failed else ""))
