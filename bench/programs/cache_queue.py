"""Simulates servers that take jobs from queues and remember answers in least-recently-used caches.

Stresses deques and ordered dicts under steady turnover: objects that live a while and go in another order.
"""

from collections import OrderedDict, deque
from functools import lru_cache
from heapq import heappop, heappush
from random import Random


class Job:
    def __init__(self, number: int, page: int, arrival: int) -> None:
        self.number = number
        self.page = page
        self.arrival = arrival
        self.steps = [("arrived", arrival)]


class Cache:
    def __init__(self, size: int) -> None:
        self.size = size
        self.items: OrderedDict[str, bytes] = OrderedDict()
        self.hits = 0

    def get(self, key: str) -> bytes | None:
        body = self.items.get(key)
        if body is not None:
            self.items.move_to_end(key)
            self.hits += 1
        return body

    def put(self, key: str, body: bytes) -> None:
        self.items[key] = body
        if len(self.items) > self.size:
            self.items.popitem(last=False)


def simulate(jobs: int, servers: int, random: Random) -> tuple[int, int, int]:
    caches = [Cache(1_500) for _ in range(servers)]
    queues: list[deque[Job]] = [deque() for _ in range(servers)]
    busy_until = [0] * servers
    events: list[tuple[int, int, Job]] = []
    recent: deque[Job] = deque(maxlen=3_000)
    render = lru_cache(maxsize=2_000)(lambda page: b"%d;" % page * (40 + page % 350))
    now = waited = sent = 0
    for number in range(jobs):
        now += random.randrange(4)
        job = Job(number, int(random.random() ** 2 * 9_000), now)
        queues[number % servers if number % 3 else random.randrange(servers)].append(job)
        for server, queue in enumerate(queues):
            if queue and busy_until[server] <= now:
                work = queue.popleft()
                key = f"page/{work.page}"
                body = caches[server].get(key)
                cost = 3 if body else 9
                if body is None:
                    body = bytes(render(work.page))[work.number % 7 :]
                    caches[server].put(key, body)
                sent += len(body)
                busy_until[server] = now + cost
                heappush(events, (now + cost, work.number, work))
        while events and events[0][0] <= now:
            finished, _, done = heappop(events)
            done.steps.append(("finished", finished))
            waited += finished - done.arrival
            recent.append(done)
    return sum(cache.hits for cache in caches), waited, sent + sum(len(job.steps) for job in recent)


def run(jobs: int = 60_000, servers: int = 6) -> str:
    hits, waited, sent = simulate(jobs, servers, Random(47))
    return f"{hits}:{waited}:{sent}"


if __name__ == "__main__":
    print(run())
