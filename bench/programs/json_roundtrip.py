"""Writes a catalogue of nested orders as JSON, reads it back, changes it and writes it again.

Stresses the decoder's dicts, lists, floats and strings, and one large string per document.
"""

import json
from random import Random
from zlib import crc32

COLOURS = ["amber", "bleu foncé", "crimson", "grün", "ivory", "Ωmega"]


def make_order(number: int, random: Random) -> dict:
    lines = [
        {
            "sku": f"SKU-{random.randrange(10_000):05}",
            "quantity": random.randint(1, 9),
            "price": random.randrange(100, 20_000) / 100,
            "options": {"colour": random.choice(COLOURS), "gift": random.random() < 0.1, "note": None},
        }
        for _ in range(random.randint(1, 6))
    ]
    address = {"street": f"{number % 97} High Street", "town": "Springfield", "position": [random.random(), -0.5]}
    return {"id": number, "customer": {"name": f"Customer {number}", "address": address}, "lines": lines}


def total(order: dict) -> float:
    return sum(line["quantity"] * line["price"] for line in order["lines"])


def run(orders: int = 3_000, rounds: int = 3) -> str:
    random = Random(7)
    text = json.dumps([make_order(number, random) for number in range(orders)], ensure_ascii=False)
    for round_number in range(rounds):
        catalogue = json.loads(text)
        for order in catalogue:
            order["total"] = round(total(order), 2)
            order.setdefault("history", []).append({"round": round_number, "lines": len(order["lines"])})
        compact = [json.dumps(order, separators=(",", ":"), sort_keys=True) for order in catalogue]
        catalogue = [json.loads(document) for document in compact]
        text = json.dumps(catalogue, ensure_ascii=round_number % 2 == 0)
    return f"{len(text)}:{crc32(text.encode()):08x}"


if __name__ == "__main__":
    print(run())
