"""What WhatsApp on Android backed up since its last whole backup: the calls in its increments."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import msgspec

from scanner.artifact import artifact
from scanner.artifacts.android.whatsapp_tables import BACKUPS, milli
from scanner.artifacts.whatsapp import WhatsAppCall, clocked
from scanner.evidence import File
from scanner.record import Place

INCREMENTS = f"{BACKUPS}Databases/msgstore-increment-*.db"
MEMBER = re.compile(r"(?:.*/)?(call_log|jid|jid_map)_modified_(\d+)\.json")
MAX_MEMBERS, MAX_MEMBER, MAX_ALL = 10_000, 64 << 20, 256 << 20
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, RuntimeError, EOFError, ValueError, KeyError)
"""What reading a damaged or hostile archive raises."""
MISSED = 2
RESULTS = {0: "connecting", MISSED: "missed", 3: "unavailable", 4: "rejected", 5: "ended", 6: "answered elsewhere",
           7: "busy", 8: "joined"}  # fmt: skip
UNANSWERED = frozenset({MISSED, 3})
Row = dict[str, Any]


@artifact(INCREMENTS)
def calls(file: File) -> Iterator[WhatsAppCall]:
    """Calls in the increments of WhatsApp's backups on Android: what has changed since the last whole backup.

    An increment is a ZIP archive of changed rows, table by table. It names those callers only whose address is new or
    has changed too; of the others it knows a number that the whole backup explains. There is no published description
    of the format.
    """
    tables = changes(file)
    names = {key: address(row) for _, row in tables["jid"] if (key := number(row, "_id"))}
    numbers = {
        key: names.get(number(row, "jid_row_id") or 0)
        for _, row in tables["jid_map"]
        if (key := number(row, "lid_row_id"))
    }
    for place, row in tables["call_log"]:
        mine, who, result = bool(row.get("from_me")), number(row, "jid_row_id"), number(row, "call_result")
        phone = (numbers.get(who or 0) or "").partition("@")[0] or None
        word = "unanswered" if mine and result == MISSED else RESULTS.get(result) if result is not None else None
        times = clocked({"time": row.get("timestamp") or None}, ("time",), milli)
        yield from file.record(
            WhatsAppCall, place, **times, handle=names.get(who or 0), phone=phone, incoming=not mine,
            missed=not mine and result in UNANSWERED, video=row.get("video_call"), outcome=row.get("call_result"),
            result=word, duration=row.get("duration"),
            group_jid=names.get(number(row, "group_jid_row_id") or 0),
            transferred=row.get("bytes_transferred"), attempt=row.get("transaction_id"),
            silenced=row.get("offer_silence_reason"), guid=row.get("call_id"),
        )  # fmt: skip


def number(row: Row, name: str) -> int | None:
    """A number in a row."""
    return value if isinstance(value := row.get(name), int) else None


def address(row: Row) -> str | None:
    """The address in a row of the table `jid`."""
    if row.get("raw_string"):
        return str(row["raw_string"])
    return f"{row['user']}@{row['server']}" if row.get("user") and row.get("server") else None


def changes(file: File) -> dict[str, list[tuple[Place, Row]]]:
    """The changed rows of the tables that calls need, each with its place.

    Raises:
        ValueError: it is no archive.
    """
    found: dict[str, list[tuple[Place, Row]]] = {"call_log": [], "jid": [], "jid_map": []}
    try:
        archive = zipfile.ZipFile(BytesIO(file.read()))
    except BROKEN as error:
        raise ValueError(f"the increment is no ZIP archive: {error}") from None
    left = MAX_ALL
    for info in archive.infolist()[:MAX_MEMBERS]:
        if named := MEMBER.fullmatch(info.filename):
            try:
                data = content(archive, info, min(MAX_MEMBER, left))
                rows, left = listed(data, named[1]), left - len(data)
            except BROKEN as error:
                file.problem(f"{info.filename}: {error}")
                continue
            for number, row in enumerate(rows):
                place = Place(key=f"{info.filename}.{number}")
                if isinstance(row, dict):
                    found[named[1]].append((place, row))
                else:
                    file.problem(f"not an object but {type(row).__name__}", place.key)
    return found


def content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """The bytes of a member.

    Raises:
        ValueError: there are more than the limit.
    """
    with archive.open(info) as member:
        data = member.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"more than {limit} bytes")
    return data


def listed(data: bytes, table: str) -> list[Any]:
    """The rows of a table in a member of an increment.

    Raises:
        ValueError: it is no list of rows.
    """
    found = msgspec.json.decode(data)
    rows = found.get(table) if isinstance(found, dict) else None
    if not isinstance(rows, list):
        raise ValueError(f"no list of rows under {table!r}")
    return rows
