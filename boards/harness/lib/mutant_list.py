# SPDX-License-Identifier: GPL-2.0-only
"""What is broken on purpose, for tests that must notice: a list has a mutant a line, fields with
"|" between, the first of them NAME|WHAT IS BROKEN|FILE|SED SCRIPT.
"""

import tap


def read(file, mutant, most=-1):
    """A mutant() of each line; after so many "|" the rest is the last field."""
    return [mutant(*line.split("|", most)) for line in file.read_text().splitlines()
            if line and not line.startswith("#")]


def broken(source, script):
    """The text of a file, changed by a sed script; the test fails where it changes nothing."""
    text = tap.run("sed", script, source).out
    tap.expect(text != source.read_text(), f"the text that it changes in {source.name} is gone")
    return text
