# SPDX-License-Identifier: GPL-2.0-only
"""Of install_test: the library, its pages, and that a program is built with what was installed,
and nothing else.
"""

import re

import tap
from contract import TOP, project_version
from install_pages import (examples, file_of, has_sections, has_the_version, says, section,
                           sees_pages)

LIB = TOP / "app/lib"
HEADER = (LIB / "cohbuf.h").read_text()
# By their prototypes, not their comments: a function without a comment is one, too.
PROTOTYPES = re.findall(r"^[a-z].*?\b(cohbuf_[a-z_]+)\([^;]*;", HEADER, re.M)
FUNCTIONS = sorted(PROTOTYPES)
PAGES = ["libcohbuf", *FUNCTIONS]
SONAME = f"libcohbuf.so.{project_version().split('.')[0]}"
# With their modes.
SHARED = {"libcohbuf.so": "777", SONAME: "777", f"libcohbuf.so.{project_version()}": "644"}
SECTIONS = ["NAME", "LIBRARY", "SYNOPSIS", "DESCRIPTION", "RETURN VALUE", "ERRORS", "SEE ALSO"]
SECTIONS_OF_ALL = ["NAME", "LIBRARY", "SYNOPSIS", "DESCRIPTION", "FUNCTIONS", "EXAMPLES",
                   "SEE ALSO"]
# A compiler, and how a user asks pkg-config.
WAYS = {"c": ("cc -Wall -Wextra -Werror", ""), "c_static": ("cc -static", "--static"),
        "c++": ("c++ -Wall -Wextra -Werror", ""), "c++_static": ("c++ -static", "--static")}
SAYS = 'cannot open "frames": No such file or directory: "cohbuf list" shows'


def are_those_of_the_header(found):
    tap.expect(FUNCTIONS, "the header has no function")
    differences = set(found) ^ set(FUNCTIONS)
    tap.expect(len(found) == len(FUNCTIONS) and not differences,
               "too much or not there:", *sorted(differences))


def map_has_every_function():
    text = re.sub(r"/\*.*?\*/", "", (LIB / "libcohbuf.map").read_text(), flags=re.S)
    are_those_of_the_header(re.findall(r"^\t([^;*:]+);$", text, re.M))


def exports_nothing_else(usr):
    said = tap.run("nm", "-D", "--defined-only", "--with-symbol-versions",
                   usr / "lib/libcohbuf.so").out
    names = [line.split()[-1] for line in said.splitlines() if line.split()[-2] != "A"]
    are_those_of_the_header([name.partition("@@COHBUF_0.")[0] for name in names])


def names_itself(usr):
    said = tap.run("readelf", "-d", usr / "lib/libcohbuf.so").out
    tap.expect(f"Library soname: [{SONAME}]" in said, said)
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", said)
    others = [name for name in needed if not re.match(r"(libc|ld-linux[a-z0-9-]*)\.so\.", name)]
    tap.expect(needed and not others, *needed)


def has_prototype(page, name):
    """As it is read, that of the header."""
    prototype = re.search(rf"^[a-z].*?\b{name}\([^;]*;", HEADER, re.M)[0]
    wanted = " ".join(prototype.split())
    says(page, f"#include <cohbuf.h> {wanted.replace('( ', '(')}")


def has_every_errno(page, name):
    """Of its comment, and of those that it refers to."""
    listed = re.findall(r"^\.B (E.*)$", section(page, "ERRORS"), re.M)
    wanted = errnos_of(name)
    missing = [words for words in wanted if words not in listed]
    tap.expect(not missing, f"not listed: {missing}")
    tap.expect(len(listed) == len(set(listed)), f"listed twice: {listed}")


def errnos_of(name):
    comment = re.search(rf"^ \* {name}\(\) - .*?\*/", HEADER, re.M | re.S)[0]
    found = re.findall(r"^ \*   (E[A-Z, ]+)\t", comment, re.M)
    for other in re.findall(r"(?:and those of|errno, as) (cohbuf_[a-z_]+)\(\)", comment):
        found += errnos_of(other)
    return found


def says_how_to_link(page):
    said = section(page, "LIBRARY").replace(r"\-", "-")
    for words in "-lcohbuf", "pkg-config --cflags --libs cohbuf":
        tap.expect(words in said, said)


def table_has_every_function(page):
    are_those_of_the_header(re.findall(r"^\.BR (\S+) \(3\)$", section(page, "FUNCTIONS"), re.M))


def leaves_no_markup(page):
    left = re.findall(r"(?:^|\s)(?:[@%&][A-Za-z]\S*|Return:)", page.read_text(), re.M)
    tap.expect(not left, f"as the comment has it: {left}")


def check_page(usr, name):
    page = file_of(usr, name, 3)
    tap.check(f"install.page_of_{name}_has_all_sections", has_sections, page,
              SECTIONS if name in FUNCTIONS else SECTIONS_OF_ALL)
    tap.check(f"install.page_of_{name}_says_how_to_link", says_how_to_link, page)
    tap.check(f"install.page_of_{name}_sees_pages", sees_pages, usr, page)
    tap.check(f"install.page_of_{name}_has_the_version", has_the_version, page)
    tap.check(f"install.page_of_{name}_has_no_markup", leaves_no_markup, page)
    if name in FUNCTIONS:
        tap.check(f"install.page_of_{name}_has_its_prototype", has_prototype, page, name)
        tap.check(f"install.page_of_{name}_has_every_errno", has_every_errno, page, name)


def install_into(prefix):
    """A folder of a user's, which no compiler knows of by itself."""
    tap.run("make", "--no-print-directory", "-C", TOP / "app", f"OUT={prefix}.built", "DESTDIR=",
            f"PREFIX={prefix}", "install-header", "install-library")


def builds_and_runs(prefix, program, way):
    """There is no such buffer here; and the library says so."""
    compiler, option = WAYS[way]
    built = program.with_name(f"built_as_{way}")
    tap.run("sh", "-c", f'{compiler} -o "$1" "$2" $(pkg-config {option} --cflags --libs cohbuf)',
            "sh", built, program, env={"PKG_CONFIG_PATH": prefix / "lib/pkgconfig"})
    needed = "libcohbuf" in tap.run("readelf", "-d", built).out
    tap.expect(needed == (not option), "shared and static are the wrong way round")
    ran = tap.run(built, status=1, env={"LD_LIBRARY_PATH": prefix / "lib", "LC_ALL": "C"})
    tap.expect(ran.err.startswith(SAYS), ran.said)


def check_program(usr, work):
    prefix = work / "prefix"
    tap.check("install.library_into_a_folder_of_a_user", install_into, prefix)
    for suffix in "c", "c++":
        program = work / f"library.{suffix.replace('c++', 'cpp')}"
        program.write_text(examples(file_of(usr, "libcohbuf", 3)))
        for way in [way for way in WAYS if way.split("_")[0] == suffix]:
            tap.check(f"install.program_of_the_library_as_{way}", builds_and_runs, prefix, program,
                      way)


def check_all(usr, work):
    tap.check("install.map_has_every_function", map_has_every_function)
    tap.check("install.library_exports_nothing_else", exports_nothing_else, usr)
    tap.check("install.library_names_itself", names_itself, usr)
    tap.check("install.header_of_the_library_is_that_of_the_tree", tap.run, "cmp",
              LIB / "cohbuf.h", usr / "include/cohbuf.h")
    tap.check("install.page_of_the_library_lists_the_functions", table_has_every_function,
              file_of(usr, "libcohbuf", 3))
    for name in PAGES:
        check_page(usr, name)
    check_program(usr, work)
