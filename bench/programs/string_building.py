"""Renders a table of readings to aligned text and to HTML, then cleans and compares the two.

Stresses splitting, joining, formatting, replacing and case changes: strings of many lengths, soon dropped.
"""

from html import escape, unescape
from random import Random
from textwrap import shorten
from zlib import crc32

SYLLABLES = 'ka lo mi ne ru sa te vo zu æn & <x> "y"'.split()


def make_title(random: Random) -> str:
    return " ".join("".join(random.choices(SYLLABLES, k=random.randint(1, 4))) for _ in range(random.randint(1, 5)))


def text_row(number: int, title: str, value: float) -> str:
    return f"{number:>6} | {title.title():<40.40} | {value:>12,.3f} | {'#' * int(value % 17)}"


def html_row(number: int, title: str, value: float) -> str:
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in (str(number), title, f"{value:.3f}"))
    return f'<tr id="row-{number}" class="{"odd" if number % 2 else "even"}">{cells}</tr>'


def plain_cells(row: str) -> list[str]:
    body = row[row.index(">") + 1 : row.rindex("<")]
    return [unescape(cell.removesuffix("</td>")) for cell in body.split("<td>")[1:]]


def slug(title: str) -> str:
    kept = "".join(letter if letter.isalnum() else " " for letter in title.casefold())
    return "-".join(kept.split())


def run(rows: int = 12_000) -> str:
    random = Random(5)
    readings = [(number, make_title(random), random.uniform(0, 1e6)) for number in range(rows)]
    report = "\n".join(text_row(*reading) for reading in readings)
    page = "<table>\n" + "\n".join(html_row(*reading) for reading in readings) + "\n</table>"
    same = 0
    slugs = []
    for line, row in zip(report.splitlines(), page.splitlines()[1:-1]):
        number, title, value, *_ = (part.strip() for part in line.split("|"))
        cells = plain_cells(row)
        same += [number, title.lower(), value.replace(",", "")] == [cells[0], cells[1].lower()[:40].strip(), cells[2]]
        slugs.append(slug(shorten(cells[1], 30, placeholder="...")))
    summary = ",".join(slugs).upper()
    return f"{same}:{len(summary)}:{crc32(summary.encode()):08x}:{len(page) + len(report)}"


if __name__ == "__main__":
    print(run())
