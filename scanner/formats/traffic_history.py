"""The files in which Android keeps the traffic of each uid: for kinds of networks, periods of hours and their bytes.

References:
    AOSP, com.android.server.net.NetworkStatsCollection and android.net.NetworkStatsHistory:
    https://android.googlesource.com/platform/packages/modules/Connectivity/+/refs/heads/main/framework-t/src/android/net/NetworkStatsCollection.java
"""

from collections.abc import Iterator
from typing import NamedTuple

from scanner.formats.protobuf import varint

MAGIC, VERSION = 0x414E4554, 16
"""`ANET`; the version of the one form that Android has written since 4.2."""
NETWORKS = {0: "MOBILE", 1: "WIFI", 7: "BLUETOOTH", 9: "ETHERNET", 17: "VPN"}
SETS = {0: "DEFAULT", 1: "FOREGROUND"}
MAX_ROWS = 1_000_000
INT, LONG, SHORT = 4, 8, 2
NETWORK_ID, ROAMING, METERED, DEFAULT, OEM, SUBSCRIPTION, TRANSPORTS = 3, 2, 4, 5, 6, 7, 8
"""The version of a network's description in which each of its parts came."""
FULL, ACTIVE = 1, 3
"""Versions of a history: the first has no packets and plain numbers; the third says how long traffic flowed."""
NEWEST_HISTORY, NEWEST_NETWORK = 3, 8


class Traffic(NamedTuple):
    """What a uid received and sent over one kind of network."""

    network: str
    uid: int
    set: str
    """`DEFAULT` (in the background), `FOREGROUND`."""
    tag: int
    starts: list[int]
    """The beginnings of the periods, in milliseconds since 1970."""
    received: list[int]
    sent: list[int]


class Cursor:
    """Reads one value after the other, in Java's notation; every error is a ValueError."""

    def __init__(self, data: bytes) -> None:
        """At the first byte."""
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        """So many bytes."""
        part = self.data[self.at : self.at + size]
        if len(part) < size:
            raise ValueError(f"it ends at byte {len(self.data)}, in the middle of a value")
        self.at += size
        return part

    def number(self, size: int = INT) -> int:
        """A signed number."""
        return int.from_bytes(self.take(size), "big", signed=True)

    def count(self, least: int) -> int:
        """How many things follow, each of at least so many bytes."""
        found = self.number()
        if not 0 <= found <= (len(self.data) - self.at) // least:
            raise ValueError(f"{found} values at byte {self.at - INT}, where fewer can follow")
        return found

    def skip_text(self) -> None:
        """A text that may be missing."""
        if self.take(1) != b"\0":
            self.take(int.from_bytes(self.take(SHORT), "big"))

    def numbers(self, *, full: bool) -> list[int]:
        """Many numbers, plain or each as short as it can be."""
        if full:
            return [self.number(LONG) for _ in range(self.count(LONG))]
        found: list[int] = []
        for _ in range(self.count(1)):
            value, self.at = varint(self.data, self.at)
            found.append(value)
        return found


def loads(data: bytes) -> Iterator[Traffic]:
    """The traffic in a file, in its order.

    Raises:
        ValueError: it is no such file, of a form that is not known, or broken; what stood before has been yielded.
    """
    cursor = Cursor(data)
    if cursor.number() != MAGIC:
        raise ValueError("no file of network statistics: it does not begin with ANET")
    if (version := cursor.number()) != VERSION:
        raise ValueError(f"network statistics of version {version}, which is not known")
    rows = 0
    for _ in range(cursor.count(INT)):
        network = networks(cursor)
        for _ in range(cursor.count(INT)):
            rows += 1
            if rows > MAX_ROWS:
                raise ValueError(f"more than {MAX_ROWS} histories")
            uid, set_number, tag = cursor.number(), cursor.number(), cursor.number()
            yield Traffic(network, uid, SETS.get(set_number, str(set_number)), tag & 0xFFFFFFFF, *history(cursor))


def networks(cursor: Cursor) -> str:
    """The kinds of the networks of a set, of whose descriptions the rest is passed over."""
    version, kinds = cursor.number(), list[str]()
    if not 1 <= version <= NEWEST_NETWORK:
        raise ValueError(f"networks of version {version}, which is not known")
    for _ in range(cursor.count(INT)):
        if version == 1:
            cursor.number()
        kind = cursor.number()
        kinds.append(NETWORKS.get(kind, str(kind)))
        cursor.number()
        cursor.skip_text()
        if version >= NETWORK_ID:
            cursor.skip_text()
        cursor.take(sum(version >= since for since in (ROAMING, METERED, DEFAULT)))
        cursor.take(INT * sum(version >= since for since in (OEM, SUBSCRIPTION)) + LONG * (version >= TRANSPORTS))
    return "+".join(dict.fromkeys(kinds))


def history(cursor: Cursor) -> tuple[list[int], list[int], list[int]]:
    """The beginnings of a history's periods, and the bytes received and sent in each."""
    version = cursor.number()
    if not FULL <= version <= NEWEST_HISTORY:
        raise ValueError(f"a history of version {version}, which is not known")
    full = version == FULL
    cursor.number(LONG)
    starts = cursor.numbers(full=full)
    if version >= ACTIVE:
        cursor.numbers(full=False)
    received = cursor.numbers(full=full)
    if not full:
        cursor.numbers(full=False)
    sent = cursor.numbers(full=full)
    if not full:
        cursor.numbers(full=False)
        cursor.numbers(full=False)
    if not len(starts) == len(received) == len(sent):
        raise ValueError(f"a history of {len(starts)} periods with {len(received)} and {len(sent)} numbers of bytes")
    return starts, received, sent
