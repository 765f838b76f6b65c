# SPDX-License-Identifier: GPL-2.0-only
"""Draw where a buffer is in each of three address spaces: that of a program, that of the CPU's
bus, and that of the device. gnuplot writes the SVG.

Low addresses are below; the heights are not to scale. Each colour has another one for readers
whose pages are dark.
"""

import html
import subprocess

PAGE, BUFFER, RAM, EMPTY, EDGE, SAME = (
    "#ffffff", "#f6b26b", "#d9ead3", "#f3f3f3", "#404040", "#808080")
# Where the columns begin.
PROGRAM, CPU, DEVICE = 4, 50, 96

START = """set terminal svg size 900,600 font 'sans,12' background '{page}'
unset border
unset key
unset tics
set margins 0,0,0,0
set xrange [0:130]
set yrange [-15:116]
set label '{title}' at 2,112 left font ',15'"""


def box(x, y, height, colour, text="", width=20):
    """With a text in its middle."""
    lines = [f"set object rectangle from {x},{y} to {x + width},{y + height} "
             f"fillcolor rgb '{colour}' fillstyle solid border rgb '{EDGE}'"]
    if text:
        lines.append(f"set label '{text}' at {x + 10},{y * 10 + height * 5}.0e-1 center")
    return lines


def mark(x, y, number):
    """An address beside the edge of a box."""
    return [f"set label '{number:#x}' at {x + 21},{y} left font ',10'"]


def inside(x, y, text):
    """Small, in the middle of a column."""
    return [f"set label '{text}' at {x + 10},{y} center font ',10'"]


def words(x, text):
    """Of the legend."""
    return [f"set label '{text}' at {x},-10.5 left font ',11'"]


def legend(x, colour, text):
    return box(x, -12, 3, colour, width=4) + words(x + 5, text)


def between(x, y, text):
    """Between two columns: what leads from one to the other."""
    return [f"set label '{text}' at {x},{y} center"]


def line(x, y, to_x, to_y):
    return [f"set arrow from {x},{y} to {to_x},{to_y} nohead dashtype 2 linecolor rgb '{SAME}'"]


def column(x, text):
    return [f"set label '{text}' at {x + 10},103 center font ',13'"]


def buffer(x, y, first, size):
    """With its first address and the one behind its last; beside the edge they would be
    struck through."""
    return (box(x, y, 14, BUFFER, "buffer") + inside(x, y + 12, f"{first + size:#x}")
            + inside(x, y + 2, f"{first:#x}"))


def scattered_pages(its):
    """Behind an IOMMU, which gathers single pages."""
    lines, at = [], 64
    for y in 70, 33, 58, 44:
        lines += box(CPU, y, 3, BUFFER)
        lines += line(24, at, CPU, y + 1) + line(70, y + 1, DEVICE, at + 16)
        at += 3
    return (lines + buffer(DEVICE, 78, its.dma, its.size) + between(37, 8, "page tables")
            + between(83, 8, "IOMMU"))


def one_piece(its, base):
    """Where the bus moves memory up, so does the picture."""
    moved = its.dma - its.phys
    up = 38 if moved else base
    lines = (buffer(CPU, base + 14, its.phys, its.size) + box(DEVICE, up, 60, RAM)
             + buffer(DEVICE, up + 14, its.dma, its.size)
             + mark(DEVICE, up + 60, its.ram_end + moved) + mark(DEVICE, up, its.ram_first + moved)
             + line(24, 62, CPU, base + 14) + line(24, 76, CPU, base + 28)
             + line(70, base + 14, DEVICE, up + 14) + line(70, base + 28, DEVICE, up + 28)
             + between(37, 8, "page tables"))
    if up == base:
        return lines + between(83, 8, "the same")
    return lines + between(83, 8, "dma-ranges") + between(83, 4, f"+ {moved:#x}")


def plot(title, its, is_scattered):
    """What gnuplot is told, a command a line."""
    # Nothing is below 0.
    base = 20 if its.ram_first else 0
    lines = [START.format(page=PAGE, title=title)]
    lines += column(PROGRAM, "program") + column(CPU, "CPU (physical)")
    lines += column(DEVICE, "device (DMA)")
    lines += box(PROGRAM, 0, 100, EMPTY) + box(PROGRAM, 62, 14, BUFFER, "buffer")
    lines += inside(PROGRAM, 59.5, "what mmap() returned")
    lines += box(CPU, 0, 100, EMPTY) + box(CPU, base, 60, RAM)
    lines += mark(CPU, base + 60, its.ram_end) + mark(CPU, base, its.ram_first)
    lines += box(DEVICE, 0, 100, EMPTY)
    lines += scattered_pages(its) if is_scattered else one_piece(its, base)
    lines += legend(4, BUFFER, "the buffer") + legend(28, RAM, "RAM")
    lines += legend(44, EMPTY, "other addresses") + line(74, -10, 82, -10)
    lines += words(83, "the same bytes") + words(110, "not to scale")
    return "\n".join([*lines, "plot NaN notitle", ""])


def as_svg(colour):
    """How gnuplot writes it."""
    return "rgb({:3d}, {:3d}, {:3d})".format(*bytes.fromhex(colour[1:]))


def dark_pages():
    """A style wins over the colours that stand at the shapes."""
    return f"""<style>
@media (prefers-color-scheme: dark) {{
rect[fill="{PAGE}"] {{ fill: #0d1117; }}
polygon[fill="{as_svg(EMPTY)}"] {{ fill: #21262d; }}
polygon[fill="{as_svg(RAM)}"] {{ fill: #23472c; }}
polygon[fill="{as_svg(BUFFER)}"] {{ fill: #96560f; }}
path[stroke="{as_svg(EDGE)}"] {{ stroke: #9aa4ad; }}
path[stroke="{as_svg(SAME)}"] {{ stroke: #8b949e; }}
g[fill="black"] {{ fill: #e6edf3; }}
}}
</style>
"""


def picture(title, its, is_scattered):
    """The SVG, with a title of its own and the style for dark pages."""
    svg = subprocess.run(["gnuplot"], input=plot(title, its, is_scattered), stdout=subprocess.PIPE,
                         text=True, check=True).stdout
    lines = [text.rstrip() + "\n" for text in svg.splitlines()
             if "<desc>Produced by GNUPLOT" not in text]
    own = f"<title>{html.escape(title, quote=False)}</title>"
    return "".join(lines).replace("<title>Gnuplot</title>\n", f"{own}\n{dark_pages()}")
