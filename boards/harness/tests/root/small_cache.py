# SPDX-License-Identifier: GPL-2.0-only
"""A part of front_door_test: what "make cache" and its kin do with a cache as small as can
be."""

import re

from front_door import TOP, check_ends, check_last_word, check_one_line, make
from tap import Ran, check, expect

# What is not the cache's own stays, whatever is done.
LETTER = "of somebody else/letter"


def check_all(at):
    small, other, third = (at.work / name for name in ("small", "other", "third"))
    tools = f"tools-b-{at.machine}"
    base = f"{tools}/var/lib/cohbuf/base"
    one, m68k = at.work / "of one.tar.gz", at.work / "m68k.tar"
    for file in "linux-image-a/ready", "linux-image-a/vmlinuz", base, LETTER, "c.partial/half":
        (small / file).parent.mkdir(parents=True, exist_ok=True)
        (small / file).touch()

    def on(cache, *words):
        ran = make(at, *words, folder=TOP, CACHE=cache)
        # What runs on the host itself has make's word behind it.
        return Ran(ran.status, re.sub(r"^make: \*\*\* .*\n", "", ran.out, flags=re.M), "")

    def check_has(name, cache, *files):
        there = sorted(str(file.relative_to(cache)) for file in cache.rglob("*") if file.is_file())
        check(name, expect, there == sorted(files), *there)

    ran = on(small, "cache")
    check_ends("cache.list_names_what_is_there", 0, ran)
    check("cache.list_has_sizes", expect,
          len(re.findall(f"^ +[0-9]+ MB  (?:linux-image-a|{tools})$", ran.out, re.M)) == 2, ran.out)

    check_one_line("cache.export_needs_a_name", on(small, "cache-export"), "which file")
    check_ends("cache.export_ends_well", 0, on(small, "cache-export", f"FILE={one}"))
    check_ends("cache.import_ends_well", 0, on(other, "cache-import", f"FILE={one}"))
    check_has("cache.import_brings_what_is_complete", other, "linux-image-a/ready",
              "linux-image-a/vmlinuz", base)
    (other / "linux-image-a/vmlinuz").unlink()
    check_ends("cache.import_again_ends_well", 0, on(other, "cache-import", f"FILE={one}"))
    check_has("cache.import_leaves_what_is_there", other, "linux-image-a/ready", base)
    (at.work / "none.tar").write_text("no archive\n")
    check_ends("cache.import_of_something_else_is_an_error", 2,
               on(other, "cache-import", f"FILE={at.work}/none.tar"))
    check_one_line("cache.import_of_nothing_is_one_line",
                   on(other, "cache-import", f"FILE={at.work}/nothing"),
                   f"there is no {at.work}/nothing")

    (small / tools).rename(small / "tools-b-m68k")
    check_ends("cache.export_of_another_machine_ends_well", 0,
               on(small, "cache-export", f"FILE={m68k}"))
    ran = on(third, "cache-import", f"FILE={m68k}")
    check_ends("cache.import_of_another_machine_is_an_error", 2, ran)
    check_last_word("cache.import_of_another_machine_ends_in_the_reason", ran,
                    "^cohbuf: error: .* are for m68k, and this machine is")
    check_has("cache.import_of_another_machine_brings_nothing", third)
    (small / "tools-b-m68k").rename(small / tools)
    check_ends("cache.clean_ends_well", 0, on(small, "cache-clean"))
    check_has("cache.clean_leaves_what_is_not_its_own", small, LETTER)
