"""Writes a table of measurements as CSV into memory, reads it back, and writes the rain by month and station.

Stresses text buffers that grow, rows as lists and as dicts, and conversion between text and numbers.
"""

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO, TextIOWrapper
from random import Random
from zlib import crc32

STATIONS = ["Lake, upper", "Lake, lower", 'The "Needle"', "Harbour", "Forest\nedge"]


def write_measurements(days: int, random: Random) -> str:
    buffer = StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["day", "station", "rain", "wind", "remark"])
    for number in range(days):
        day = date(2001, 1, 1) + timedelta(days=number)
        for station in STATIONS:
            rain, wind = random.randrange(400) / 10, random.randrange(120)
            writer.writerow([day.isoformat(), station, rain, wind, "storm; check" if wind > 110 else ""])
    return buffer.getvalue()


def read_measurements(text: str) -> list[dict]:
    return [
        row | {"day": date.fromisoformat(row["day"]), "rain": float(row["rain"]), "wind": int(row["wind"])}
        for row in csv.DictReader(StringIO(text, newline=""))
    ]


def pivot(rows: list[dict]) -> list[dict]:
    months: dict[str, dict] = {}
    for row in rows:
        line = months.setdefault(f"{row['day']:%Y-%m}", {"month": f"{row['day']:%Y-%m}"} | dict.fromkeys(STATIONS, 0.0))
        line[row["station"]] = round(line[row["station"]] + row["rain"], 1)
    return list(months.values())


def run(days: int = 5_500) -> str:
    text = write_measurements(days, Random(59))
    rows = read_measurements(text)
    table = pivot(rows)
    stream = BytesIO()
    with TextIOWrapper(stream, encoding="utf-16", newline="", write_through=True) as file:
        writer = csv.DictWriter(file, ["month", *STATIONS], dialect="excel-tab", quoting=csv.QUOTE_NONNUMERIC)
        writer.writeheader()
        writer.writerows(table)
        encoded = stream.getvalue()
    storms = sum(row["remark"].startswith("storm") for row in rows)
    return f"{len(text)}:{len(table)}:{storms}:{crc32(encoded):08x}"


if __name__ == "__main__":
    print(run())
