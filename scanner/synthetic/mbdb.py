"""Writes Manifest.mbdb, the list of files in backups of iOS 5 to 9."""

from collections.abc import Iterable

from scanner.formats.mbdb import MAGIC, NO_STRING, NUMBERS, MbdbRecord


def encode(records: Iterable[MbdbRecord]) -> bytes:
    """Return the content of Manifest.mbdb for these records.

    Raises:
        ValueError: a string of 65,535 bytes or more, or over 255 properties; the format has no room for them.
    """
    return MAGIC + b"".join(map(_record, records))


def _record(record: MbdbRecord) -> bytes:
    if len(record.properties) > 255:
        raise ValueError(f"{len(record.properties)} properties, the most is 255")
    target = None if record.link_target is None else record.link_target.encode()
    strings = (record.domain.encode(), record.path.encode(), target, record.digest, record.encryption_key)
    numbers = NUMBERS.pack(
        record.mode,
        record.inode,
        record.user_id,
        record.group_id,
        record.modified,
        record.accessed,
        record.changed,
        record.size,
        record.protection_class,
        len(record.properties),
    )
    properties = (_string(name.encode()) + _string(value) for name, value in record.properties.items())
    return b"".join(map(_string, strings)) + numbers + b"".join(properties)


def _string(value: bytes | None) -> bytes:
    if value is None:
        return NO_STRING.to_bytes(2, "big")
    if len(value) >= NO_STRING:
        raise ValueError(f"a string of {len(value)} bytes, the most is {NO_STRING - 1}")
    return len(value).to_bytes(2, "big") + value
