# SPDX-License-Identifier: GPL-2.0-only
"""What a program printed as TAP, for the suite that ran it: each of its results is a test there,
with the comments after it.
"""

import re

import tap

RESULT = re.compile(r"(not )?ok \d+ - (.*)")


def tell(name, status, text):
    """The test "name" is that the program came to its end, and found it good. Returns what was
    skipped: why, by its name.
    """
    results, comments, skipped = [], [], {}
    for line in text.splitlines():
        match = RESULT.fullmatch(line)
        if match:
            comments = []
            results.append((match[2], not match[1], comments))
        else:
            comments.append(line)
    for title, passed, said in results:
        if " # SKIP " in title:
            title, why = title.split(" # SKIP ")
            skipped[title] = why
            tap.skip(title, why)
        else:
            tap.check(title, tap.expect, passed, *said)
    tap.check(name, tap.expect, status == 0 and f"1..{len(results)}" in comments,
              f"status {status}", *comments)
    return skipped
