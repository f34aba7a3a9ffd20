"""Generates a library of short texts, counts their words, builds an inverted index and ranks searches in it.

Stresses many short strings as dict keys, counters, and posting lists that grow step by step.
"""

from collections import Counter, defaultdict
from itertools import pairwise
from math import sqrt
from random import Random


def make_vocabulary(size: int, random: Random) -> list[str]:
    starts, ends = "b d f g k l m n p r s t st tr".split(), "a ae e i o u an el in or".split()
    words = {
        "".join(random.choice(starts) + random.choice(ends) for _ in range(random.randint(1, 4))): None
        for _ in range(size)
    }
    return list(words)


def make_text(vocabulary: list[str], random: Random) -> str:
    sentences = []
    for _ in range(random.randint(2, 9)):
        words = [vocabulary[int(len(vocabulary) * random.random() ** 3)] for _ in range(random.randint(4, 14))]
        sentences.append(" ".join(words).capitalize() + random.choice(".?!"))
    return " ".join(sentences)


def tokens(text: str) -> list[str]:
    return [word.strip(".?!,").lower() for word in text.split()]


class Index:
    def __init__(self) -> None:
        self.postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self.lengths: dict[int, float] = {}

    def add(self, number: int, text: str) -> None:
        counts = Counter(tokens(text))
        for word, count in counts.items():
            self.postings[word].append((number, count))
        self.lengths[number] = sqrt(sum(count * count for count in counts.values()))

    def search(self, question: str, limit: int = 10) -> list[tuple[int, int]]:
        scores: Counter[int] = Counter()
        for word in tokens(question):
            found = self.postings.get(word, [])
            for number, count in found:
                scores[number] += int(1_000_000 * count / (self.lengths[number] * (1 + len(found))))
        return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]


def run(texts: int = 3_500, searches: int = 150) -> str:
    random = Random(43)
    vocabulary = make_vocabulary(6_000, random)
    library = [make_text(vocabulary, random) for _ in range(texts)]
    index = Index()
    for number, text in enumerate(library):
        index.add(number, text)
    pairs = Counter(pair for text in library[::3] for words in [tokens(text)] for pair in pairwise(words))
    checksum = 0
    for _ in range(searches):
        question = " ".join(random.sample(vocabulary[:2_000], 3))
        checksum += sum((rank + 1) * number for rank, (number, _) in enumerate(index.search(question)))
    return f"{len(index.postings)}:{sum(map(len, library))}:{len(pairs)}:{max(pairs.values())}:{checksum}"


if __name__ == "__main__":
    print(run())
