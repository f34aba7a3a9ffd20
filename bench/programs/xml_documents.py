"""Builds a library catalogue as an XML tree, writes it, parses it again, queries it and rearranges it.

Stresses element objects with their attribute dicts and texts, and the strings on both sides of the parser.
"""

import xml.etree.ElementTree as ET
from random import Random
from zlib import crc32

SUBJECTS = ("botany", "music", "law & order", "<maths>", "poésie")


def make_catalogue(books: int, random: Random) -> ET.Element:
    root = ET.Element("catalogue", version="2")
    for number in range(books):
        book = ET.SubElement(root, "book", id=f"b{number}", year=str(random.randint(1800, 2025)))
        ET.SubElement(book, "title").text = f"Volume {number} of {random.randrange(1_000)}"
        for _ in range(random.randint(1, 3)):
            author = ET.SubElement(book, "author", role=random.choice(("writer", "editor")))
            ET.SubElement(author, "name").text = f"Author {random.randrange(300)}"
            author.tail = "\n"
        ET.SubElement(book, "subject").text = random.choice(SUBJECTS)
    return root


def shelves(root: ET.Element) -> ET.Element:
    """The same books, but grouped by subject and sorted by year."""
    result = ET.Element("shelves")
    by_subject: dict[str, list[ET.Element]] = {}
    for book in root.iterfind("book"):
        by_subject.setdefault(book.findtext("subject", ""), []).append(book)
    for subject, books in sorted(by_subject.items()):
        shelf = ET.SubElement(result, "shelf", subject=subject, books=str(len(books)))
        for book in sorted(books, key=lambda book: (book.get("year"), book.get("id"))):
            entry = ET.SubElement(shelf, "entry", book.attrib)
            entry.text = "; ".join(name.text or "" for name in book.iter("name"))
            entry.append(book.find("title"))
    return result


def run(books: int = 4_500) -> str:
    text = ET.tostring(make_catalogue(books, Random(61)), encoding="unicode")
    root = ET.fromstring(text)
    editors = len(root.findall("./book/author[@role='editor']/name"))
    for book in root.findall("book[@year='1900']"):
        root.remove(book)
    arranged = shelves(root)
    ET.indent(arranged)
    output = ET.tostring(arranged, encoding="utf-8", xml_declaration=True)
    again = ET.fromstring(output)
    return f"{editors}:{len(root)}:{sum(1 for _ in again.iter())}:{len(output)}:{crc32(output):08x}"


if __name__ == "__main__":
    print(run())
