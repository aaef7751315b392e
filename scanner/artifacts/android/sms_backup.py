"""Text messages that the telephony provider puts into Android's backups."""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import msgspec

from scanner.artifact import artifact
from scanner.artifacts.android.sms import TextMessage, box, direction, sides
from scanner.convert import shown
from scanner.evidence import File
from scanner.record import Place

MAX_JSON = 64 << 20
"""Bytes of the unpacked list; the provider writes at most some thousand messages into one file."""
TRIES = 100
"""How often a place is looked for where a cut list can be closed: more often than a message has addresses."""
PLACES = "/data/user_de/*/com.android.providers.telephony/files/", "/data/**/com.android.providers.telephony/files/"


@artifact(*(f"{place}*_{kind}_backup" for place in PLACES for kind in ("sms", "mms")))
def messages(file: File) -> Iterator[TextMessage]:
    """SMS and MMS in a backup: JSON, packed with zlib. Times of SMS are milliseconds, those of MMS seconds.

    Who wrote a message follows from its box (`type`, `msg_box`), never from `date_sent`, which received ones have.

    References:
        Android Open Source Project, "TelephonyBackupAgent.java":
        https://android.googlesource.com/platform/packages/providers/TelephonyProvider/+/main/src/com/android/providers/telephony/TelephonyBackupAgent.java
    """
    text, cut = unpacked(file.read())
    if cut:
        file.problem(f"the packed messages are cut after {len(text)} bytes")
    found = whole(text) if cut else decoded(text)
    if not isinstance(found, list):
        raise ValueError(f"not a list of messages but {type(found).__name__}")
    values = mms if file.path.endswith("_mms_backup") else sms
    for number, message in enumerate(found):
        place = Place(key=str(number))
        if isinstance(message, dict):
            yield from file.record(TextMessage, place, **values(file, place, message))
        else:
            file.problem(f"not a message but {shown(message)}", place.key)


def unpacked(data: bytes) -> tuple[bytes, bool]:
    """The JSON text, unpacked, and whether its end is missing; some tools leave it unpacked already.

    Raises:
        ValueError: it is neither, broken, or far too long.
    """
    if data.lstrip()[:1] == b"[":
        return data, not data.rstrip().endswith(b"]")
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(data, MAX_JSON)
    except zlib.error as error:
        raise ValueError(f"not packed with zlib: {error}") from None
    if stream.unconsumed_tail:
        raise ValueError(f"more than {MAX_JSON} bytes of messages")
    return text, not stream.eof


def decoded(text: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is none.
    """
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


def whole(text: bytes) -> Any:
    """The messages that stand whole in a list whose end is missing.

    Raises:
        ValueError: there are none.
    """
    end = len(text)
    for _ in range(TRIES):
        end = text.rfind(b"}", 0, end)
        if end < 0:
            break
        with suppress(ValueError):
            return decoded(text[: end + 1] + b"]")
    raise ValueError("no message is left whole")


def shared(file: File, place: Place, message: dict[str, Any]) -> dict[str, Any]:
    """What SMS and MMS write alike."""
    recipients = message.get("recipients")
    if recipients is not None and not isinstance(recipients, list):
        file.problem(f"recipients: {shown(recipients)} is no list", place.key)
    return {
        "time": digits(message.get("date")),
        "sent": digits(message.get("date_sent")) or None,
        "account": message.get("self_phone"),
        "read": digits(message.get("read")),
        "app": message.get("creator"),
        "others": tuple(one for one in recipients if isinstance(one, str)) if isinstance(recipients, list) else (),
    }


def sms(file: File, place: Place, message: dict[str, Any]) -> dict[str, Any]:
    """The values of an SMS."""
    code = digits(message.get("type"))
    values = shared(file, place, message)
    address = message.get("address")
    others = tuple(one for one in dict.fromkeys(values["others"]) if one != address)
    return values | direction(code) | {
        "address": address or next(iter(others), None), "others": others if address else others[1:],
        "body": message.get("body"), "subject": message.get("subject"), "box": code, "service": "SMS",
    }  # fmt: skip


def mms(file: File, place: Place, message: dict[str, Any]) -> dict[str, Any]:
    """The values of an MMS."""
    stored = digits(message.get("msg_box"))
    code = box(stored, digits(message.get("m_type")))
    values = shared(file, place, message)
    listed = message.get("mms_addresses")
    addressed = [
        (kind if isinstance(kind := digits(one.get("type")), int) else None, one["address"])
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and isinstance(one.get("address"), str)
    ]
    if listed is not None and (not isinstance(listed, list) or len(addressed) < len(listed)):
        file.problem("mms_addresses: not all are addresses", place.key)
    met = sides(code, addressed + [(None, one) for one in values["others"]])
    return values | direction(code) | met | {
        "body": message.get("mms_body"), "subject": message.get("sub"), "location": message.get("ct_l"),
        "box": stored if isinstance(stored, int) else code, "service": "MMS", "files": (),
    }  # fmt: skip


def digits(value: Any) -> Any:
    """A number as such; the provider writes numbers in quotes."""
    if isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < 32:
        return int(value)
    return value
