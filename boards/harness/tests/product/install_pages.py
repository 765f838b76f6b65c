# SPDX-License-Identifier: GPL-2.0-only
"""Of install_test: the manual pages, and the header that cohbuf(4) is about."""

import re

import tap
from contract import TOP, project_version

HEADER = TOP / "driver/include/uapi/linux/cohbuf.h"
SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "FILES", "EXAMPLES", "SEE ALSO"]
SECTIONS_OF_DEVICE = ["NAME", "SYNOPSIS", "DESCRIPTION", "FILES", "ERRORS", "EXAMPLES", "SEE ALSO"]
ALONE = """#include <linux/cohbuf.h>
struct cohbuf_info info; struct cohbuf_copy copy; unsigned long request = COHBUF_IOC_COPY;
"""


def file_of(usr, page, number=1):
    return usr / f"share/man/man{number}/{page}.{number}"


def sections(page):
    """Names and texts, as roff has them."""
    return re.findall(r'^\.SH +"?([^"\n]*)"?\n((?:(?!\.SH).*\n)*)', page.read_text(), re.M)


def section(page, name):
    return dict(sections(page)).get(name, "")


def has_sections(page, names):
    """Each once, and with something in it."""
    found = [name for name, text in sections(page) if re.search(r"^(?!\.[A-Za-z]*$).", text, re.M)]
    wrong = [name for name in names if found.count(name) != 1]
    tap.expect(not wrong, f"not there once and with a text: {wrong}")


def says(page, text):
    """As it is read; any space is one."""
    shown = tap.run("mandoc", "-T", "utf8", page).out
    shown = " ".join(re.sub(".\x08", "", shown).split())
    tap.expect(f"{text} " in shown, f"it does not say: {text}", shown)


def has_the_version(page):
    title = re.search(r"^\.TH .*", page.read_text(), re.M)[0]
    tap.expect(f"cohbuf {project_version()}" in title, title)


def examples(page):
    """Without what roff does to them."""
    blocks = re.findall(r"^\.EX\n(.*?)^\.EE", section(page, "EXAMPLES"), re.M | re.S)
    return "".join(blocks).replace(r"\-", "-").replace(r"\e", "\\")


def example_commands(page):
    parts = [part.strip().removeprefix("sudo ") for part in re.split(r"[|\n]", examples(page))]
    return [part for part in parts if re.match(r"(cohbuf|test_mmap)( |$)", part)]


def example_is_a_command(usr, work, line):
    """The tool itself has to take it, with a buffer that is not there: then it does not come to
    more than that. And what it takes without a word, its --help has."""
    ran = tap.run("sh", "-c", line.replace("frames", "nonesuch-of-a-test", 1), status=None,
                  cwd=work, env={"PATH": f"{usr}/bin:/usr/bin:/bin"}, timeout=120)
    tap.expect(ran.status < 2, f"{line}: status {ran.status}", ran.said)
    program, *command = re.match(r"\S+(?: [a-z]+)?", line)[0].split()
    shown = tap.run(usr / "bin" / program, *command, "--help").out
    for option in re.findall("--[a-z-]+", line):
        tap.expect(re.search(f"^  (-[a-zA-Z], )?{option}( |$)", shown, re.M),
                   f"{line}: no {option}")


def examples_are_commands(usr, work, page):
    lines = example_commands(page)
    tap.expect(lines, "no example")
    for line in lines:
        example_is_a_command(usr, work, line)


def sees_pages(usr, page):
    """Of what others bring, the name; of what is from here, the page."""
    seen = section(page, "SEE ALSO").replace(r"\-", "-")
    for name, number in re.findall(r"^\.BR ((?:cohbuf|test_mmap)\S*) \((\d)\)", seen, re.M):
        tap.expect(file_of(usr, name, number).exists(), f"no {name}({number})")


def has_the_exit_status(usr, page):
    """That of the help, and not the help's line as well."""
    shown = tap.run(usr / "bin" / page.stem.split("-")[0], *page.stem.split("-")[1:], "--help").out
    known = re.findall(r"^\.TP\n\.B (.*)\n(.*)\n", section(page, "EXIT STATUS"), re.M)
    line = "Exit status: " + ", ".join(f"{status} {meaning}" for status, meaning in known) + ".\n"
    tap.expect(known and shown.endswith(f"\n{line}"), line, shown)
    tap.expect(not re.search("^Exit status", page.read_text(), re.M), "it has the help's line")


def check_page(usr, work, page):
    name = page.stem.replace("-", "_")
    tap.check(f"install.page_of_{name}_has_all_sections", has_sections, page, SECTIONS)
    tap.check(f"install.page_of_{name}_sees_pages", sees_pages, usr, page)
    tap.check(f"install.page_of_{name}_has_the_exit_status", has_the_exit_status, usr, page)
    tap.check(f"install.examples_of_{name}_are_commands", examples_are_commands, usr, work, page)


def check_page_of_command(page, command, summary):
    name = f"install.page_of_cohbuf_{command}"
    tap.check(f"{name}_has_its_usage", says, page, f"SYNOPSIS cohbuf {command}")
    tap.check(f"{name}_has_a_summary", says, page, f"NAME cohbuf-{command} - {summary} SYNOPSIS")
    tap.check(f"{name}_has_the_version", has_the_version, page)


def words_of_device():
    """What cohbuf(4) has to name, of the sources: a kind, and its words."""
    header = HEADER.read_text()
    binding = (TOP / "dts/bindings/misc/cohbuf,buffer.yaml").read_text()
    properties = re.search(r"^properties:\n((?:(?: .*)?\n)*)", binding, re.M)[1]
    constants = re.findall(r"^(?:#define |\t)(COHBUF_[A-Z_]*)", header, re.M)
    inner = "_MAGIC", "NAME_SIZE"
    return {"constant": [name for name in constants if not name.endswith(inner)],
            "field": set(re.findall(r"^ \* @([a-z_]*):", header, re.M)) - {"reserved0"},
            "errno": set(re.findall(r"^ \*   (E[A-Z]+)", header, re.M)),
            "property": re.findall(r"^  ([a-z]\S*):", properties, re.M)}


def has_words(page, words):
    tap.expect(len(words) > 1, f"no words to look for: {words}")
    text = page.read_text().replace(r"\-", "-")
    missing = [word for word in words if not re.search(rf"\b{re.escape(word)}\b", text)]
    tap.expect(not missing, f"it does not name: {missing}")


def has_every_attribute(page):
    attribute = r"^(?:COHBUF|static DEVICE)_ATTR(?:_RO)?\(([a-z_]*)"
    wanted = re.findall(attribute, (TOP / "driver/sysfs.c").read_text(), re.M)
    listed = re.search(r"only:$(.*)", section(page, "FILES"), re.M | re.S)[1]
    found = re.findall(r"^\.I ([a-z_]*)$", listed, re.M)
    tap.expect(len(wanted) > 1 and sorted(found) == sorted([*wanted, "device"]), found, wanted)


def program_compiles(usr, work, page):
    """Against nothing but what was installed."""
    program = work / "example.c"
    program.write_text(examples(page))
    tap.expect("\n#include <linux/cohbuf.h>\n" in program.read_text(), program.read_text())
    tap.run("gcc", "-Wall", "-Wextra", "-Werror", "-isystem", usr / "include",
            "-o", work / "example", program)
    used = tap.run("gcc", "-M", "-isystem", usr / "include", program).out.replace("\\ ", " ")
    tap.expect(f"{usr}/include/linux/cohbuf.h" in used, used)


def header_stands_alone(usr, work, compiler):
    """The least that can be: nothing beside it is needed."""
    tap.run(compiler, "-x", "c", "-Wall", "-Wextra", "-Werror", "-isystem", usr / "include", "-c",
            "-o", work / "alone.o", "-", input=ALONE)


def check_page_of_device(usr, work, page):
    name = "install.page_of_the_device"
    tap.check(f"{name}_has_all_sections", has_sections, page, SECTIONS_OF_DEVICE)
    tap.check(f"{name}_sees_pages", sees_pages, usr, page)
    tap.check(f"{name}_has_the_version", has_the_version, page)
    for kind, words in words_of_device().items():
        tap.check(f"{name}_has_every_{kind}", has_words, page, words)
    tap.check(f"{name}_has_every_attribute", has_every_attribute, page)
    tap.check("install.program_of_the_page_compiles", program_compiles, usr, work, page)


def check_header(usr, work):
    tap.check("install.header_is_that_of_the_tree", tap.run, "cmp", HEADER,
              usr / "include/linux/cohbuf.h")
    tap.check("install.header_stands_alone_in_c", header_stands_alone, usr, work, "gcc")
    tap.check("install.header_stands_alone_for_arm", header_stands_alone, usr, work,
              "arm-linux-gnueabihf-gcc")


def check_all(usr, work, commands):
    """commands: of the tool, with their summaries."""
    # Without a word: neither errors nor matters of style.
    tap.check("install.manual_pages_lint", tap.silent, "mandoc", "-T", "lint",
              *(page for page in usr.glob("share/man/man[134]/*") if "-other" not in page.name))
    tap.check("install.page_of_the_tool_lists_the_commands", says, file_of(usr, "cohbuf"),
              "list list the buffers")
    tap.check("install.page_of_the_test_app_has_its_usage", says, file_of(usr, "test_mmap"),
              "SYNOPSIS test_mmap [DEVICE]")
    for command, summary in commands.items():
        check_page_of_command(file_of(usr, f"cohbuf-{command}"), command, summary)
    for name in "cohbuf", "test_mmap", *(f"cohbuf-{command}" for command in commands):
        check_page(usr, work, file_of(usr, name))
    check_page_of_device(usr, work, file_of(usr, "cohbuf", 4))
    check_header(usr, work)
