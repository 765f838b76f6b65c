# SPDX-License-Identifier: GPL-2.0-only
"""The schema of the binding, and every devicetree source against it."""

import re
import tempfile
from dataclasses import dataclass

import tap
from contract import TOP

BINDINGS = "dts/bindings"
SCHEMA = "misc/cohbuf,buffer.yaml"


@dataclass
class Tree:
    """A board's, from NAME=BASE.dtb:OVERLAY.dtso,OVERLAY.dtso..., as it boots."""

    name: str
    base: str
    overlays: list

    @classmethod
    def of(cls, text):
        name, _, rest = text.partition("=")
        base, _, overlays = rest.rpartition(":")
        return cls(name, base, overlays.split(","))


def validate(work, *trees, **options):
    return tap.run("dt-validate", "-s", f"{work}/schema.json", "-l", SCHEMA, *trees, **options)


def said_nothing(*rans):
    """The checkers exit with 0 whatever they found."""
    said = "".join(ran.said for ran in rans)
    tap.expect(not said.strip(), said)


def schema_is_valid(work):
    said_nothing(
        tap.run("dt-mk-schema", "-j", "-o", f"{work}/schema.json", BINDINGS),
        tap.run("dt-doc-validate", "-u", BINDINGS, f"{BINDINGS}/{SCHEMA}"),
        tap.run("yamllint", "--strict", "-d", "default", BINDINGS))


def example_passes(work):
    example = tap.run("dt-extract-example", f"{BINDINGS}/{SCHEMA}")
    tree = f"{work}/example.dtb"
    tap.silent("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", tree, input=example.out)
    said_nothing(validate(work, tree))


def merge(merged, base, overlays):
    """Without the warnings of dtc, which wants an overlay to state the #address-cells that it
    has from its base."""
    compiled = [f"{merged}.{number}.dtbo" for number in range(len(overlays))]
    for source, overlay in zip(overlays, compiled):
        tap.silent("dtc", "-q", "-@", "-i", "dts", "-I", "dts", "-O", "dtb", "-o", overlay, source)
    tap.silent("fdtoverlay", "-i", base, "-o", merged, *compiled)


def passes(work, merged, base, overlays):
    merge(merged, base, overlays)
    said_nothing(validate(work, merged))


def said_of(work, base, overlays):
    """What the schema has to say of each overlay, by name, from one run: it takes long to
    start. What is about no tree is about all of them."""
    trees = {name: f"{work}/{name}.dtb" for name, _ in overlays}
    for name, overlay in overlays:
        merge(trees[name], base, [overlay])
    said = dict.fromkeys(trees, "")
    about = []
    for line in validate(work, *trees.values()).said.splitlines():
        # A line that is indented goes on with the one before.
        if not line[:1].isspace():
            about = [name for name, tree in trees.items() if line.startswith(f"{tree}:")]
        for name in about or trees:
            said[name] += f"{line}\n"
    return said


def said_nothing_of(said, name):
    tap.expect(not said[name].strip(), said[name])


def all_pass(work, base, overlays):
    said = said_of(work, base, overlays)
    for name, _ in overlays:
        tap.check(f"dts.{name}_passes_the_schema", said_nothing_of, said, name)


def refusals(work, trees):
    """What the schema has to say of each tree, by name. dt-schema 2022.08 is not ready for an
    empty array of bytes, which ends it: where it did, halves are asked about."""
    said = validate(work, *trees.values(), status=None).said
    if "Traceback" not in said:
        return dict.fromkeys(trees, said)
    names = list(trees)
    if len(names) == 1:
        return {names[0]: f"{trees[names[0]]}: {said}"}
    half = len(names) // 2
    return {**refusals(work, {name: trees[name] for name in names[:half]}),
            **refusals(work, {name: trees[name] for name in names[half:]})}


def is_refused(said, overlay):
    """The schema must have a word to say about the node that the overlay is named after;
    anything else, as a crash, is not a refusal, but for that one."""
    node = overlay.stem
    refusal = rf"/{re.escape(node)}\.dtb: ({re.escape(node)}[: ]|(?s:.*), in typeSize)"
    tap.expect(re.search(refusal, said), said or f"the schema accepts {node}")


def has_board(overlay):
    used = [file for file in TOP.glob("boards/emulated/*/board.mk")
            if re.search(rf"\b{re.escape(overlay)}\b", file.read_text())]
    tap.expect(used, f"no board.mk names {overlay}")


def overlays_of(*folders):
    """(NAME, OVERLAY), a name as that of a test."""
    for folder in folders:
        for file in sorted(TOP.glob(f"{folder}/*.dtso")):
            overlay = file.relative_to(TOP)
            name = re.sub("[-/]", "_", str(overlay.relative_to("dts").with_suffix("")))
            yield name, overlay


def binding(*boards):
    """The first board also takes the files of dts/bad and dts/refused, which are written for
    QEMU virt. Relative paths start at the top of the source tree."""
    with tempfile.TemporaryDirectory() as work:
        tap.check("dts.schema_is_valid", schema_is_valid, work)
        tap.check("dts.example_passes_the_schema", example_passes, work)
        if boards:
            trees_pass(work, [Tree.of(board) for board in boards])


def trees_pass(work, trees):
    for tree in trees:
        tap.check(f"dts.{tree.name.replace('-', '_')}_passes_the_schema", passes, work,
                  f"{work}/{tree.name}.dtb", tree.base, tree.overlays)
    for name, overlay in overlays_of("dts"):
        tap.check(f"dts.{name}_is_for_a_board", has_board, str(overlay))
    base, first = trees[0].base, f"{work}/{trees[0].name}.dtb"
    all_pass(work, base, list(overlays_of("dts/deploy")))
    all_pass(work, first, list(overlays_of("dts/runtime", "dts/refused")))
    bad = list(overlays_of("dts/bad"))
    for _, overlay in bad:
        merge(f"{work}/{overlay.stem}.dtb", first, [overlay])
    said = refusals(work, {name: f"{work}/{overlay.stem}.dtb" for name, overlay in bad})
    for name, overlay in bad:
        tap.check(f"dts.{name}_is_refused", is_refused, said[name], overlay)
