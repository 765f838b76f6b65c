# SPDX-License-Identifier: GPL-2.0-only
"""One voice for progress and for errors, as say.sh is for shell."""

import os
import sys


def say(text):
    """Progress, on standard error; standard output belongs to the board."""
    print(f"cohbuf: {text}", file=sys.stderr)


def die(text):
    """End with an error that says what to do next; boot/last-word says it where that is set."""
    reason = os.environ.get("COHBUF_REASON")
    if reason:
        with open(reason, "w") as file:
            file.write(text + "\n")
    else:
        say(f"error: {text}")
    sys.exit(1)
