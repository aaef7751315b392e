"""Damaged copies of small files, the same ones every time."""

import random
from collections.abc import Iterator

TOKENS = (
    b"\0",
    b"\xff",
    b'"',
    b"{",
    b"[",
    b"]",
    b"<",
    b",",
    b"\n",
    b"|",
    b"null",
    b"9" * 30,
    b"\xed\xa0\x80",
    b"a" * 9000,
)


def mutants(data: bytes, count: int, seed: int = 3) -> Iterator[bytes]:
    """Copies that are cut, or in which bytes are changed, left out, doubled or put in."""
    chance = random.Random(seed)
    for _ in range(count):
        made = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at, end = sorted(chance.randrange(len(made) + 1) for _ in range(2))
            match chance.randrange(5):
                case 0:
                    made[at : at + 1] = bytes([chance.randrange(256)])
                case 1:
                    del made[at : min(end, at + 40)]
                case 2:
                    made[at:at] = made[at : min(end, at + 200)]
                case 3:
                    made[at:at] = chance.choice(TOKENS)
                case _ if chance.random() < 0.2:
                    del made[at:]
                case _:
                    made[at : at + 2] = made[at : at + 2][::-1]
        yield bytes(made)
