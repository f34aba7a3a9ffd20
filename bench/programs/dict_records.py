"""Keeps sales as a list of dicts and queries them: group, index, join, update, and filter into new records.

Stresses small dicts with the same keys, copies of them, and larger dicts that grow.
"""

from collections import defaultdict
from operator import itemgetter
from random import Random

REGIONS = ("north", "east", "south", "west")


def make_sales(count: int, random: Random) -> list[dict]:
    return [
        {
            "id": number,
            "region": random.choice(REGIONS),
            "product": f"product-{random.randrange(400)}",
            "units": random.randint(1, 50),
            "cents": random.randrange(100, 100_000),
        }
        for number in range(count)
    ]


def group_by(records: list[dict], *keys: str) -> dict[tuple, list[dict]]:
    groups = defaultdict(list)
    pick = itemgetter(*keys)
    for record in records:
        groups[pick(record)].append(record)
    return dict(groups)


def summarise(key: tuple[str, str], records: list[dict]) -> dict:
    region, product = key
    turnover = sum(record["units"] * record["cents"] for record in records)
    best = max(records, key=itemgetter("units", "id"))
    return {"region": region, "product": product, "turnover": turnover, "count": len(records), "best": best["id"]}


def run(count: int = 50_000) -> int:
    random = Random(13)
    sales = make_sales(count, random)
    by_id = {record["id"]: record for record in sales}
    products = {name: {"name": name, "rate": 5 + int(name[-1]) % 3 * 7} for name in {r["product"] for r in sales}}
    checksum = 0
    for month in range(3):
        joined = [{**sale, "tax": sale["cents"] * products[sale["product"]]["rate"] // 100} for sale in sales]
        groups = group_by(joined, "region", "product")
        table = sorted((summarise(*item) for item in groups.items()), key=itemgetter("turnover"), reverse=True)
        for row in table[:100]:
            by_id[row["best"]]["units"] += 1
        large = [{k: v for k, v in sale.items() if k != "product"} for sale in joined if sale["tax"] > 6_000]
        checksum += sum(map(itemgetter("tax"), large)) + table[month]["turnover"]
        for number in random.sample(range(count), count // 10):
            by_id[number] |= {"region": random.choice(REGIONS), "month": month}
    return checksum


if __name__ == "__main__":
    print(run())
