# SPDX-License-Identifier: GPL-2.0-only
"""What the pages name: each link leads to a file and to a heading of it, each path of the tree
is one, each "make TARGET" is a target; every board and every kernel is in its table, every page
of docs is on the way from README.md, and each room says what lives in it.

What is within `` or a block of code is code. A path in it begins with a folder of the tree's
top, or is a page; one with a word in capitals, as boards/NAME, stands for many.
"""

import glob
import re
from pathlib import Path

import tap
from contract import TOP
from project import each, excepted, lines_of, sources

ROOMS = ["boards", "boards/emulated", "boards/kernels", "boards/harness", "boards/deploy"]
BLOCK = re.compile(r"^ *```.*\n((?:.*\n)*?) *```$", re.M)
PATH = re.compile(r"""(?:^|[ "=])((?:(?:app|boards|docs|driver|dts)/|[A-Za-z]+\.md)"""
                  r"""[^][ ";:()<>|']*)""")
STANDS_FOR_MANY = re.compile(r"(^|/)[A-Z]{2,}([/._]|$)|\$|\.\.\.")
MAKE = re.compile(r"(?:^|[;&|(] *|\$ |do |time |sudo )make((?: [^;&|)]*)?)")
TARGET = re.compile(r"[a-z][a-z_-]*")


def text_of(page):
    """Without its blocks of code."""
    return BLOCK.sub("", (TOP / page).read_text())


def code_of(page):
    """Its code, as lines."""
    blocks = "".join(BLOCK.findall((TOP / page).read_text()))
    return blocks.splitlines() + re.findall(r"`([^`\n]+)`", text_of(page))


def links_of(page):
    return re.findall(r"\]\(([^)\n]+)\)", text_of(page))


def anchors_of(page):
    """As the usual viewers make them of headings: a number after one that was there before."""
    anchors, seen = set(), {}
    for heading in re.findall(r"^#+ +(.*)", text_of(page), re.M):
        anchor = re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-")
        anchors.add(f"{anchor}-{seen[anchor]}" if anchor in seen else anchor)
        seen[anchor] = seen.get(anchor, 0) + 1
    return anchors


def wrong_with(page, link):
    """Where a link leads to nothing, what it lacks."""
    file, _, anchor = link.partition("#")
    target = Path(page).parent / file if file else Path(page)
    if not (TOP / target).exists():
        return "file"
    return "heading" if anchor and anchor not in anchors_of(target) else ""


def links_lead_somewhere(page):
    links = [link for link in links_of(page) if not re.match("https?://|mailto:", link)]
    wrong = [f"{page}: the link {link} leads to no {lacks}"
             for link in links if (lacks := wrong_with(page, link))]
    tap.expect(not wrong, *wrong)


def paths_of(page):
    """What looks like a path in its code."""
    words = [re.sub(r"[.,]$", "", word) for line in code_of(page) for word in PATH.findall(line)]
    return [word for word in words
            if re.search(r"(README|CHANGELOG)\.md$", word) or not STANDS_FOR_MANY.search(word)]


def names_what_is_there(page):
    """As a pattern, from the top or from where the page is."""
    gone = [f"{page}: there is no {word}" for word in paths_of(page)
            if not glob.glob(word, root_dir=TOP)
            and not glob.glob(word, root_dir=TOP / Path(page).parent)
            and word not in excepted("links", page)]
    tap.expect(not gone, *gone)


def goals_of(*makefiles):
    """What make can be asked for there."""
    rules = [re.match(r"(?:\.PHONY:(.*)|([a-z][a-z_ -]*):(?:[^=].*)?$)", line)
             for file in makefiles for line in lines_of(file)]
    return {word for rule in rules if rule for word in (rule[1] or rule[2]).split()}


def goals_asked_for(page):
    """(FOLDER, GOAL) of each call of make in its code."""
    asked = set()
    for line in code_of(page):
        unquoted = re.split("[\"'#]", re.sub("\"[^\"]*\"|'[^']*'", "", line))[0]
        for call in MAKE.findall(unquoted):
            folder, words = ".", iter(call.split())
            for word in words:
                if word == "-C":
                    folder = next(words)
                elif TARGET.fullmatch(word):
                    asked.add((folder, word))
    return sorted(asked)


def commands_have_targets(page):
    goals = {folder: goals_of(f"{folder}/Makefile") for folder in ("app", "driver", "dts")}
    goals["."] = goals_of(*sources("Makefile", "boards/*.mk"))
    wrong = [f"{page}: make has no target {goal}" for folder, goal in goals_asked_for(page)
             if goal not in goals.get(folder, {goal}) and goal not in excepted("links", page)]
    tap.expect(not wrong, *wrong)


def is_linked(page):
    linked = {link.partition("#")[0] for link in links_of("README.md")}
    tap.expect(page in linked, f"README.md has no link to {page}")


def tables_are_complete():
    rows = re.findall(r"^\| `(.*?)` \|", (TOP / "docs/boards.md").read_text(), re.M)
    there = {Path(file).parent: Path(file).parent.name
             for file in sources("boards/emulated/*/board.mk")}
    there |= {file: Path(file).stem for file in sources("boards/kernels/*.mk")}
    missing = [f"docs/boards.md has no row for {file}" for file, name in there.items()
               if name not in rows]
    missing += [f"docs/demos.md has no link to {file}" for file in sources("app/demos/*")
                if f"../{file}" not in links_of("docs/demos.md")]
    tap.expect(not missing, *missing)


def says_what_lives_there(room):
    """By the sentences after the title of its README.md."""
    page = f"{room}/README.md"
    tap.expect((TOP / page).exists(), f"there is no {page}")
    title, paragraph = ((TOP / page).read_text().split("\n\n", 2) + [""])[:2]
    tap.expect(re.fullmatch("# .+", title), f"{page}: the first line is no title: {title}")
    tap.expect(re.fullmatch(r"[A-Z].*\.", paragraph.strip(), re.S),
               f"{page}: what follows the title does not say what lives there: {paragraph}")


def links():
    pages = sources("README.md", "docs/*.md", "boards/*README.md")
    each("links.lead_somewhere", pages, links_lead_somewhere)
    each("links.names_what_is_there", pages, names_what_is_there)
    each("links.commands_have_targets", pages, commands_have_targets)
    each("links.readme_leads_to", sources("docs/*.md"), is_linked)
    tap.check("links.tables_are_complete", tables_are_complete)
    each("links.room_says_what_lives_there", ROOMS, says_what_lives_there)
