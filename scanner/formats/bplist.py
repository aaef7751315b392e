"""Property lists, binary and XML: at the speed of plistlib when sound, as much as can be read when damaged.

References:
    Apple, "CFBinaryPList.c" (the comment at its head describes the binary form),
    https://opensource.apple.com/source/CF/CF-1153.18/CFBinaryPList.c
    Apple, "Property List Programming Guide",
    https://developer.apple.com/library/archive/documentation/Cocoa/Conceptual/PropertyLists/
"""

import codecs
import plistlib
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from xml.parsers.expat import ExpatError

from scanner.formats import bplist_layout, damaged_bplist, damaged_xml_plist, xml_layout

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 200
MAX_NODES = 5_000_000
_MAX_INTEGER = 1 << 128
_WALKED = frozenset((dict, list, int))
_STR = frozenset((str,))
_PLISTLIB_ERRORS = (
    ValueError, ExpatError, struct.error, OverflowError, RecursionError, MemoryError, LookupError, TypeError,
    AttributeError, OSError,
)  # fmt: skip
_CONTAINERS = (dict, list, tuple, set, frozenset)
_Container = dict[object, object] | list[object] | tuple[object, ...] | set[object] | frozenset[object]
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Plist:
    """A property list and what was wrong with it.

    Attributes:
        root: dict (with str keys only), list, str, int, float, bool, bytes, plistlib.UID, None or datetime. A datetime
            is naive and stands for UTC, as plistlib gives it. Every str can be encoded to UTF-8. The tree has no
            cycles, at most MAX_DEPTH levels and `node_limit` values. `{"salvaged": [str, ...]}` when only strings
            are left.
        problems: one line for each damaged place; empty for a sound list.
    """

    root: object
    problems: list[str]


def loads(data: bytes) -> Plist:
    """Read a binary or XML property list; damage is left out and listed in `problems`.

    Damaged members of an array and entries of a dictionary are dropped. A binary list that is cut, so that the table of
    its objects is lost, is rebuilt in stored order; when that fails too, its strings are salvaged.

    Raises:
        ValueError: over MAX_BYTES, XML entity declarations (never resolved), or nothing that is a property list.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"property list of {len(data)} bytes is over the limit of {MAX_BYTES}")
    if data[:4] == b"bpli" or (data[1:6] == b"plist" and data[:1] != b"<"):
        return _binary(data)
    return _xml(data)


def _binary(data: bytes) -> Plist:
    try:
        root: object = plistlib.loads(data, fmt=plistlib.FMT_BINARY)
    except _PLISTLIB_ERRORS:
        return _damaged_binary(data)
    if not is_bounded(root, node_limit(len(data))):
        return _damaged_binary(data)
    fault = bplist_layout.fault(data)
    return Plist(root, [fault] if fault else [])


def _damaged_binary(data: bytes) -> Plist:
    root, problems = damaged_bplist.read(data)
    if root is damaged_bplist.DAMAGED or not is_bounded(root, node_limit(len(data))):
        problems.append("the objects form no tree of bounded size; only strings were salvaged")
        found = damaged_bplist.salvage_strings(data)
        if not found:
            raise ValueError("not a binary property list: no object can be read")
        root = {"salvaged": found}
    return Plist(root, problems)


def _xml(data: bytes) -> Plist:
    stripped = data.lstrip()
    text_form = stripped.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text_form.startswith((b"<", *_UTF16_MARKS)) and b"<plist" not in data and b"<dict" not in data:
        raise ValueError("not a property list: neither binary nor XML")
    try:
        root: object = plistlib.loads(stripped, fmt=plistlib.FMT_XML)
        fault = None if root is not None and is_bounded(root) else "no value, or too deep or too large"
    except _PLISTLIB_ERRORS as error:
        fault = str(error) or type(error).__name__
    if fault is None:
        stray = xml_layout.fault(stripped, root)
        return Plist(root, [stray] if stray else [])
    found, problems = damaged_xml_plist.read(_decode(stripped))
    if not is_bounded(found):
        raise ValueError("XML property list over the limits of size")
    return Plist(found, [f"XML is not well formed: {fault}", *problems])


def _decode(data: bytes) -> str:
    return data.decode("utf-16" if data.startswith(_UTF16_MARKS) else "utf-8", "replace")


def node_limit(stored: int) -> int:
    """Return how many values may come out of so many stored bytes or objects; a sound list has fewer than its bytes."""
    return min(MAX_NODES, 10_000 + 4 * stored)


def is_bounded(root: object, limit: int = MAX_NODES) -> bool:
    """Tell whether a value is a finite tree within MAX_DEPTH and the limit, with str keys and no giant integers."""
    level: list[Collection[object]] = [(root,)]
    nodes = 1
    for _ in range(MAX_DEPTH + 1):
        below: list[Collection[object]] = []
        for members in level:
            nodes += len(members)
            if nodes > limit or not _collect(members, below):
                return False
        if not below:
            return True
        level = below
    return False


def _collect(members: Collection[object], below: list[Collection[object]]) -> bool:
    """Add the containers among the members to the next level; False when a key or an integer is out of bounds."""
    if _WALKED.isdisjoint(map(type, members)):
        return True
    for member in members:
        if isinstance(member, dict):
            if not _STR.issuperset(map(type, member)):
                return False
            below.append(member.values())
        elif isinstance(member, list):
            below.append(member)
        elif isinstance(member, int) and not -_MAX_INTEGER <= member <= _MAX_INTEGER:
            return False
    return True


def all_strings(value: object) -> Iterator[str]:
    """Yield every str in nested dicts (keys too), lists, tuples and sets, in stored order.

    A container that is reached more than once, or contains itself, is walked once.
    """
    seen: set[int] = set()
    waiting: list[Iterator[object]] = [iter((value,))]
    while waiting:
        for member in waiting[-1]:
            if isinstance(member, str):
                yield member
            elif isinstance(member, _CONTAINERS) and id(member) not in seen:
                seen.add(id(member))
                waiting.append(_members(member))
                break
        else:
            waiting.pop()


def _members(container: _Container) -> Iterator[object]:
    if isinstance(container, dict):
        return (part for entry in container.items() for part in entry)
    return iter(container)
