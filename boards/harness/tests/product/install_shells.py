# SPDX-License-Identifier: GPL-2.0-only
"""Of install_test: what bash, fish and zsh complete."""

import os
from pathlib import Path

import tap

# {} stands for all commands. Bash: the name of a test, the line, whose last word is the one at
# the cursor, and what is offered, in this order.
BASH = (
    ("of_all_commands", "cohbuf ", "{} --help --version"),
    ("of_a_command", "cohbuf do", "doctor"),
    ("of_all_buffers", "cohbuf dump ", "frames plain pool"),
    ("of_a_buffer", "cohbuf doctor fr", "frames"),
    ("where_no_buffer_belongs", "cohbuf list ", ""),
    ("of_an_option", "cohbuf fill plain --s", "--seed"),
    ("of_options", "cohbuf list --", "--wide --json --help --version"),
    ("of_the_help", "cohbuf help f", "fill"),
    ("leaves_values_alone", "cohbuf dump plain --offset ", ""),
    ("of_values", "cohbuf sync plain --direction ", "to-device from-device both"),
    ("of_a_file", "cohbuf load plain pic", "picture"))
# The same of the other two, in an order of their own.
OTHERS = (
    ("all_commands", "cohbuf ", "{}"),
    ("a_command", "cohbuf do", "doctor"),
    ("the_programs_options", "cohbuf -", "--help --version"),
    ("all_buffers", "cohbuf dump ", "frames plain pool"),
    ("a_buffer", "cohbuf doctor fr", "frames"),
    ("no_buffer", "cohbuf list ", ""),
    ("an_option", "cohbuf fill plain --s", "--seed"),
    ("options", "cohbuf list --", "--wide --json --help --version"),
    ("no_value", "cohbuf dump plain --offset ", ""),
    ("values", "cohbuf sync plain --direction ", "to-device from-device both"),
    ("a_value", "cohbuf sync plain --direction fr", "from-device"),
    ("a_file", "cohbuf load plain pic", "picture"),
    ("a_help", "cohbuf help f", "fill"),
    ("nothing_more", "cohbuf dump plain ", ""))

COMPLETE_IN_BASH = """
    . "$1/share/bash-completion/completions/cohbuf"
    [[ $(complete -p cohbuf) == *"-F _cohbuf cohbuf" ]] || exit
    read -ra COMP_WORDS <<< "$2"
    [ "${2% }" = "$2" ] || COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _cohbuf
    echo "${COMPREPLY[*]}"
"""


def gives(line, found, wanted):
    tap.expect(found == wanted, f"{line} gives: {found}")


def bash_completes(usr, line, wanted, **how):
    ran = tap.run("bash", "-c", COMPLETE_IN_BASH, "bash", usr, line, **how)
    gives(line, ran.said.split(), wanted.split())


def fish_completes(line, wanted, **how):
    ran = tap.run("fish", "-c", 'complete -C"$argv"', line, **how)
    found = [offer.partition("\t")[0] for offer in ran.said.splitlines()]
    gives(line, sorted(found), sorted(wanted.split()))


def zsh_offers(usr, **how):
    """What it offers for each line of OTHERS, at one prompt."""
    lines = [line for _, line, _ in OTHERS]
    ran = tap.run(Path(__file__).with_name("zsh_completions"), usr / "share/zsh/vendor-completions",
                  *lines, status=None, timeout=60, **how)
    return dict(answer.split("\t") for answer in ran.out.splitlines() if "\t" in answer)


def zsh_completes(offers, line, wanted):
    tap.expect(line in offers, f"there is no answer for {line}", offers)
    gives(line, sorted(offers[line].split()), sorted(wanted.split()))


def check_all(usr, work, commands):
    """Each finds the file by itself."""
    for buffer in "frames", "plain", "pool":
        (work / "class" / buffer).mkdir(parents=True)
    (work / "picture").touch()
    how = {"cwd": work, "env": {
        "COHBUF_CLASS": work / "class", "PATH": f"{usr}/bin:{os.environ['PATH']}", "HOME": work,
        "XDG_DATA_DIRS": f"{usr}/share:/usr/share"}}
    words = " ".join(commands)
    for name, line, wanted in BASH:
        tap.check(f"install.completion_{name}", bash_completes, usr, line, wanted.format(words),
                  **how)
    offers = zsh_offers(usr, **how)
    for name, line, wanted in OTHERS:
        tap.check(f"install.fish_completes_{name}", fish_completes, line, wanted.format(words),
                  **how)
        tap.check(f"install.zsh_completes_{name}", zsh_completes, offers, line,
                  wanted.format(words))
