"""Reads a web server's log with regular expressions: splits lines, finds addresses, masks tokens.

Stresses match objects, group tuples and the many short substrings cut out of long text.
"""

import re
from collections import Counter
from random import Random

LINE = re.compile(
    r"(?P<host>\d+(?:\.\d+){3}) - (?P<user>[\w-]+) \[(?P<time>[^\]]+)\] "
    r'"(?P<method>[A-Z]+) (?P<path>[^ ?"]+)(?:\?(?P<query>[^ "]*))? HTTP/[\d.]+" '
    r"(?P<status>\d{3}) (?P<size>\d+)"
)
PARAMETER = re.compile(r"([a-z_]+)=([^&]*)")
SECRET = re.compile(r"(?<=token=)[0-9a-f]+", re.IGNORECASE)
SEGMENT = re.compile(r"[/._-]+")


def make_log(lines: int, random: Random) -> str:
    paths = ["/index.html", "/api/v2/users", "/img/logo_small-2.png", "/docs/how-to.html", "/api/v2/orders/open"]
    rows = []
    for second in range(lines):
        host = ".".join(str(random.randrange(256)) for _ in range(4))
        query = f"?page={random.randrange(40)}&token={random.getrandbits(64):x}&sort=name" if second % 3 else ""
        time = f"12/Mar/2026:{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02} +0000"
        request = f"{random.choice(('GET', 'GET', 'POST', 'PUT'))} {random.choice(paths)}{query} HTTP/1.1"
        user = random.choice(("-", "ada", "grace", "linus"))
        rows.append(
            f'{host} - {user} [{time}] "{request}" {random.choice((200, 200, 304, 404))} {random.randrange(90_000)}'
        )
    return "\n".join(rows)


def run(lines: int = 22_000) -> str:
    log = make_log(lines, Random(3))
    traffic, pages, words = Counter(), Counter(), Counter()
    records = [match.groupdict() for match in LINE.finditer(log)]
    for record in records:
        traffic[record["user"], record["status"]] += int(record["size"])
        parameters = dict(PARAMETER.findall(record["query"] or ""))
        pages[parameters.get("page", "none")] += 1
        words.update(SEGMENT.split(record["path"]))
    masked = SECRET.sub(lambda match: "*" * len(match[0]), log)
    busiest = max(traffic.items(), key=lambda item: item[1])
    return f"{len(records)}:{busiest[1]}:{len(pages)}:{words['v2']}:{masked.count('*')}"


if __name__ == "__main__":
    print(run())
