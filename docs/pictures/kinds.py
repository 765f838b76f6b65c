# SPDX-License-Identifier: GPL-2.0-only
"""Draw, for each kind of memory, by which ways the kernel, a program and the device reach the
bytes of a buffer. A row is what boards said of it; nothing here knows a kind by its name.
"""

import html
from dataclasses import dataclass

# Colours, with those for readers whose pages are dark.
PAGE, MEMORY, CACHES, WHO, EDGE = "#ffffff", "#f6b26b", "#cfe2f3", "#f3f3f3", "#404040"
DARK = {PAGE: "#0d1117", MEMORY: "#96560f", CACHES: "#1f4a6b", WHO: "#21262d", EDGE: "#9aa4ad"}
TYPES = {"write-back": "Normal write-back", "noncacheable": "Normal non-cacheable",
         "device": "Device"}
WIDTH, TOP, ROW, HEADING, LEGEND = 900, 88, 88, 34, 52
# Where the columns begin.
CPU, CACHE, RAM, IOMMU, DEVICE = 240, 432, 572, 706, 812


@dataclass
class Mapping:
    """One of the CPU's: the memory type, and the bits that it was read from."""

    type: str
    raw: int

    @property
    def is_cached(self):
        return self.type == "write-back"


@dataclass
class Row:
    """A buffer, and what its board said."""

    buffer: str
    board: str
    kernel: Mapping
    program: Mapping
    snoops: bool
    iommu: bool
    needs_sync: bool
    scattered: bool
    has_dma: bool

    @property
    def is_device(self):
        """No memory, but registers."""
        return self.kernel.type == "device"

    @property
    def device(self):
        if not self.has_dma:
            return ["the device itself" if self.is_device else "no device sees it"]
        does = "a device that snoops" if self.snoops else "a device that does not snoop"
        return [does, *(["behind an IOMMU"] if self.iommu else [])]


def box(x, y, width, height, colour, text=""):
    return (f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{colour}"/>\n'
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="none" '
            f'stroke="{EDGE}"/>\n' + (words(x + width / 2, y + height / 2 + 4, text, "middle")
                                      if text else ""))


def words(x, y, text, anchor="start", size=12, weight="normal"):
    return (f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}" '
            f'font-weight="{weight}"><tspan>{html.escape(text, quote=False)}</tspan></text>\n')


def way(*points, dashed=False):
    """A line through points; dashed, what is between caches and memory."""
    dash = ' stroke-dasharray="3,4"' if dashed else ""
    return (f'<path d="M{" L".join(f"{x},{y}" for x, y in points)}"{dash} fill="none" '
            f'stroke="{EDGE}"/>\n')


def mapping(y, who, its):
    """The way of the kernel or of a program, by its mapping."""
    return (way((CPU + 60, y + 11), (CACHE if its.is_cached else RAM, y + 11))
            + box(CPU, y, 60, 22, WHO, who)
            + words(CPU + 66, y + 6, f"{TYPES.get(its.type, its.type)}, {its.raw:#x}", size=10))


def device(row, y, through_caches):
    if not row.has_dma:
        return ""
    if through_caches:
        lines = way((DEVICE, y + 31), (RAM + 96, y + 31), (RAM + 96, y + 68), (CACHE + 30, y + 68),
                    (CACHE + 30, y + 54)) + words(RAM + 40, y + 65, "snoops", "middle", 10)
    else:
        lines = way((DEVICE, y + 31), (RAM + 80, y + 31))
    if row.iommu:
        lines += box(IOMMU, y + 20, 60, 22, WHO, "IOMMU")
    return lines + box(DEVICE, y + 20, 70, 22, WHO, "device")


def memory(row, y):
    if row.is_device:
        return box(RAM, y, 80, 54, WHO, "registers")
    if not row.scattered:
        return box(RAM, y, 80, 54, MEMORY)
    pieces = ((4, 4), (22, 17), (10, 30), (16, 43))
    return box(RAM, y, 80, 54, WHO) + "".join(box(RAM + x, y + at, 52, 7, MEMORY)
                                              for x, at in pieces)


def draw_row(row, y):
    cached = row.kernel.is_cached or row.program.is_cached
    text = words(14, y + 14, row.device[0])
    for at, more in enumerate([*row.device[1:], f"{row.buffer} on {row.board}"]):
        text += words(14, y + 30 + 16 * at, more, size=12 if more in row.device else 10)
    text += mapping(y, "kernel", row.kernel) + mapping(y + 32, "program", row.program)
    if cached:
        text += box(CACHE, y, 60, 54, CACHES)
        text += way((CACHE + 60, y + 27), (RAM, y + 27), dashed=True)
    if row.needs_sync:
        text += words((CACHE + 60 + RAM) / 2, y + 22, "SYNC", "middle", 12, "bold")
    return text + memory(row, y) + device(row, y, row.snoops and cached)


def legend(y):
    return (box(14, y - 11, 24, 14, MEMORY) + words(44, y, "the buffer in memory", size=11)
            + box(180, y - 11, 24, 14, CACHES) + words(210, y, "the CPU's caches", size=11)
            + way((330, y - 4), (360, y - 4)) + words(366, y, "an access", size=11)
            + way((450, y - 4), (480, y - 4), dashed=True)
            + words(486, y, "moved by the caches when they like, or by SYNC", size=11)
            + words(14, y + 22, "memory types are those of the boards' page tables; the boards "
                    "are emulated, and have no caches", size=11))


def style():
    rules = [f'{shape}[{what}="{light}"] {{ {what}: {dark}; }}' for light, dark in DARK.items()
             for shape, what in (("rect", "fill"), ("rect", "stroke"), ("path", "stroke"))]
    return "\n".join(["<style>", "@media (prefers-color-scheme: dark) {", *rules,
                      'g[fill="black"] { fill: #e6edf3; }', "}", "</style>", ""])


def picture(title, kinds):
    """The SVG: a heading for each kind, and a row for each sort of device."""
    body, y = words(14, 28, title, size=16), TOP
    for x, text in ((CPU + 66, "mapped as"), (CACHE + 30, "caches"), (RAM + 40, "memory")):
        body += words(x, 58, text, "start" if x < CACHE else "middle", 13)
    for kind, rows in kinds.items():
        body += words(14, y + 10, f'cohbuf,memory = "{kind}"', size=13, weight="bold")
        y += HEADING
        for row in rows:
            body += draw_row(row, y)
            y += ROW
    body, height = body + legend(y + 12), y + LEGEND
    return (f'<?xml version="1.0" encoding="utf-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" '
            f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">\n'
            f"<title>{html.escape(title, quote=False)}</title>\n{style()}"
            f'<rect width="{WIDTH}" height="{height}" fill="{PAGE}"/>\n'
            f'<g fill="black" font-family="sans-serif">\n{body}</g>\n</svg>\n')
