"""Building the phone's SQLite stores in memory, and a write-ahead log beside one."""

import sqlite3
import struct
from collections.abc import Iterable, Sequence

PAGE = 4096
WAL_MAGIC_BIG_ENDIAN = 0x377F0683
WAL_VERSION = 3_007_000
VERSION_BYTES = slice(18, 20)

Value = str | bytes | int | float | None


class Store:
    """A SQLite database under construction."""

    def __init__(self, schema: str) -> None:
        """Creates the tables of `schema`, SQL statements."""
        self.connection = sqlite3.connect(":memory:")
        self.connection.executescript(f"PRAGMA page_size = {PAGE};" + schema)

    def insert(self, table: str, **values: Value) -> int:
        """Adds one row; its row id."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        cursor = self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
        return cursor.lastrowid or 0

    def insert_many(self, table: str, names: str, rows: Iterable[Sequence[Value]]) -> None:
        """Adds rows of the columns `names`, separated by commas."""
        marks = ", ".join("?" * (names.count(",") + 1))
        self.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)

    def image(self) -> bytes:
        """The database file as it is now."""
        self.connection.commit()
        return bytes(self.connection.serialize())

    def __del__(self) -> None:
        """Stores are many and short-lived; since Python 3.13 one that is dropped open is complained of."""
        self.connection.close()


def columns(names: str, kind: str = "") -> str:
    """Column definitions `name kind` of names separated by spaces, for schemas with many columns of a kind."""
    return ", ".join(f"{name} {kind}".strip() for name in names.split())


def write_ahead(before: bytes, after: bytes, salts: tuple[int, int] = (0x42524944, 0x4C450001)) -> tuple[bytes, bytes]:
    """The main file and the `-wal` that together hold `after`, while the main file alone holds `before`.

    Both images must have pages of 4096 bytes. The log has one frame for each page that differs and commits once.

    References:
        https://www.sqlite.org/fileformat2.html#the_write_ahead_log
    """
    main, last = bytearray(before), bytearray(after)
    main[VERSION_BYTES] = last[VERSION_BYTES] = b"\x02\x02"
    starts = [at for at in range(0, len(last), PAGE) if main[at : at + PAGE] != last[at : at + PAGE]]
    header = struct.pack(">6I", WAL_MAGIC_BIG_ENDIAN, WAL_VERSION, PAGE, 0, *salts)
    sums = checksum(header, (0, 0))
    log = [header, struct.pack(">2I", *sums)]
    for at in starts:
        page = bytes(last[at : at + PAGE])
        frame = struct.pack(">2I", at // PAGE + 1, len(last) // PAGE if at == starts[-1] else 0)
        sums = checksum(frame + page, sums)
        log += [frame, struct.pack(">4I", *salts, *sums), page]
    return bytes(main), b"".join(log)


def checksum(data: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    """The log's running checksum over big-endian words, taken on from `sums`."""
    first, second = sums
    words = struct.unpack(f">{len(data) // 4}I", data)
    for at in range(0, len(words), 2):
        first = (first + words[at] + second) & 0xFFFFFFFF
        second = (second + words[at + 1] + first) & 0xFFFFFFFF
    return first, second
