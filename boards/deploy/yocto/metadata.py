# SPDX-License-Identifier: GPL-2.0-only
"""The files of the Yocto layer: what they say, and whether they are what they claim.
check() is all the tests of that.
"""

import hashlib
import re
from pathlib import Path
from types import SimpleNamespace

import tap
from contract import TOP, group_of_rule, project_version

LAYER = TOP / "boards/deploy/yocto/meta-cohbuf"
RECIPES = LAYER / "recipes-cohbuf/cohbuf"
SHARED = RECIPES / "cohbuf.inc"
MODULE = next(RECIPES.glob("cohbuf-mod_*.bb"))
TOOLS = next(RECIPES.glob("cohbuf-tools_*.bb"))
OVERLAY = next(RECIPES.glob("cohbuf-overlay_*.bb"))
LIBRARY = next(RECIPES.glob("libcohbuf_*.bb"))
PYTHON = next(RECIPES.glob("python3-cohbuf_*.bb"))
DEMOS = next(RECIPES.glob("cohbuf-demos_*.bb"))
# Packages of openembedded-core that recipes need.
OF_CORE = {f"python3-{name}" for name in ("core", "ctypes", "fcntl", "io", "math", "mmap", "numpy",
                                          "threading")}
SERIES = "kirkstone", "scarthgap", "walnascar", "whinlatter", "wrynose"

# What BitBake knows: functions of the shell and of Python, and lines.
SHELL_FUNCTION = r"^(?:python |fakeroot )?[a-z_:]+ *\(\) *\{\n(?:.*\n)*?\}\n"
PYTHON_FUNCTION = r"^def [a-z_]+\(.*\):\n(?:[ \t].*\n|\n)*"
KNOWN_LINES = (
    r"(#.*)?",
    r"(inherit|require|include) [^=]+",
    r"(addtask|deltask|export) .*",
    r"[A-Za-z0-9_.${}/-]+(:[a-z0-9${}PN_-]+)*(\[[a-z_]+\])?"
    r""" *(=|\?=|\?\?=|:=|\+=|=\+|\.=|=\.) *("[^"]*"|'[^']*')""",
)
# The whole file, so that a word in a comment counts as well: what is old is not to be named.
OLD_SYNTAX = (r"[a-zA-Z}]_(append|prepend|remove)\b|^(FILES|RDEPENDS|RRECOMMENDS|RPROVIDES)_"
              r'|^S *= *"\$\{WORKDIR\}(/git)?"')


def found(pattern, file):
    """What the pattern finds in lines of a file."""
    return re.findall(pattern, file.read_text(), re.M)


def value(recipe, variable):
    """What a recipe, or what it requires, says."""
    pattern = rf'^{variable} *[?:+]*= *"(.*)"$'
    said = found(pattern, recipe) + found(pattern, SHARED)
    tap.expect(said, f"{recipe.name} says no {variable}")
    return said[0]


def in_source(recipe, variable):
    """A folder of the source tree, which has the name ${S}."""
    return value(recipe, variable).removeprefix("${S}/")


def has_line(pattern, file):
    tap.expect(found(pattern, file), f"{file} has no line like {pattern}")


def is_understood(file):
    lines = re.sub(r"\\\n", "", file.read_text())
    for function in SHELL_FUNCTION, PYTHON_FUNCTION:
        lines = re.sub(function, "", lines, flags=re.M)
    unknown = [line for line in lines.splitlines()
               if not any(re.fullmatch(known, line) for known in KNOWN_LINES)]
    tap.expect(not unknown, f"{file}: not understood:", *unknown)


def has_no_old_syntax(file):
    old = [line for line in file.read_text().splitlines() if re.search(OLD_SYNTAX, line)]
    tap.expect(not old, *old)


def names_exist(file):
    """In the layer, or in the source tree and tracked by git: the fetcher sees no others."""
    missing = [f"there is no file {name}" for name in found(r'(?:^|[" ])file://([^;" \n]+)', file)
               if not name.startswith("COPYING") and not (RECIPES / "files" / name).exists()]
    missing += [f"it requires {name}" for name in found("^(?:require|include) (.*)", file)
                if not (RECIPES / name).exists() and not (LAYER / name).exists()]
    in_tree = found(r'^(?:B|DT_FILES_PATH) = "\$\{S\}/(.*)"$', file) + ["COPYING"]
    missing += [f"git has no {name}" for name in in_tree
                if not tap.run("git", "ls-files", "--", name, cwd=TOP).out]
    tap.expect(not missing, *missing)


def version_is_the_projects(recipe):
    tap.expect(recipe.stem.rpartition("_")[2] == project_version(), recipe.name)


def checksums_match(recipe):
    for entry in value(recipe, "LIC_FILES_CHKSUM").split():
        name, md5 = re.fullmatch("file://(.*?);.*md5=([0-9a-f]+).*", entry).groups()
        is_md5 = hashlib.md5((TOP / name).read_bytes()).hexdigest()
        tap.expect(is_md5 == md5, f"{name} has {is_md5}, not {md5}")


def packages_exist():
    recipes = list(RECIPES.glob("*.bb"))
    provided = {recipe.stem.rpartition("_")[0] for recipe in recipes}
    wanted = set()
    for recipe in recipes:
        provided |= set(found('^RPROVIDES:.*"(.*)"', recipe))
        for packages in found('^R(?:DEPENDS|RECOMMENDS):.*"(.*)"', recipe):
            wanted |= set(packages.split())
    wanted -= OF_CORE
    tap.expect(wanted <= provided, "nothing provides:", *(wanted - provided))


def group_is_made():
    tap.expect(found("^inherit .*useradd", TOOLS), "it inherits no useradd")
    made = value(TOOLS, r"GROUPADD_PARAM:\$\{PN\}")
    tap.expect(made == f"--system {group_of_rule()}", made)


def layer_finds_the_tree():
    up = found(r"\{LAYERDIR\}/(.*)'\)", LAYER / "conf/layer.conf")
    tap.expect([(LAYER / path).resolve() for path in up] == [TOP], *up)


def commit_of(tree):
    """By the function of the recipes itself, as BitBake calls it; its errors are Failed."""
    names = {"bb": SimpleNamespace(fatal=tap.failed)}
    exec(re.search(r"^def cohbuf_commit.*", SHARED.read_text(), re.M | re.S).group(), names)
    return names["cohbuf_commit"](SimpleNamespace(getVar={"COHBUF_TREE": str(tree)}.get))


def commit_is_that_of_the_tree():
    tap.expect(commit_of(TOP) == tap.run("git", "-C", TOP, "rev-parse", "HEAD").out.strip())


def elsewhere_says_what_to_set():
    try:
        commit = commit_of(Path.cwd())
    except tap.Failed as error:
        tap.expect(str(error).endswith("set COHBUF_GIT and COHBUF_SRCREV"), error)
    else:
        tap.failed(f"it found {commit}")


def readme_and_layer_name(series):
    has_line(rf"\b{series}\b", LAYER / "README.md")
    has_line(rf"^LAYERSERIES_COMPAT_cohbuf = .*\b{series}\b", LAYER / "conf/layer.conf")


def check():
    for file in sorted(path for path in LAYER.rglob("*")
                       if path.suffix in (".bb", ".bbappend", ".inc", ".conf")):
        tap.check(f"yocto.syntax_of_{file.name}", is_understood, file)
        tap.check(f"yocto.no_old_syntax_in_{file.name}", has_no_old_syntax, file)
        tap.check(f"yocto.names_exist_in_{file.name}", names_exist, file)
    for recipe in sorted(RECIPES.glob("*_*.bb")):
        tap.check(f"yocto.version_of_{recipe.name}_is_the_projects", version_is_the_projects,
                  recipe)
        tap.check(f"yocto.licence_checksum_of_{recipe.name}", checksums_match, recipe)
    tap.check("yocto.packages_exist", packages_exist)
    tap.check("yocto.group_of_the_udev_rule_is_made", group_is_made)
    tap.check("yocto.layer_finds_the_tree", layer_finds_the_tree)
    tap.check("yocto.commit_is_that_of_the_tree", commit_is_that_of_the_tree)
    tap.check("yocto.elsewhere_says_what_to_set", elsewhere_says_what_to_set)
    readme = LAYER / "README.md"
    tap.check("yocto.readme_names_the_maintainer", has_line, "Maintainer.*@", readme)
    tap.check("yocto.readme_names_the_dependencies", has_line, "^#+ Dependencies", readme)
    for series in SERIES:
        tap.check(f"yocto.readme_and_layer_name_{series}", readme_and_layer_name, series)
