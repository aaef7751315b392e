"""NSKeyedArchiver archives, resolved to plain Python values.

An archive is a property list: `$objects` holds all objects, `$top` names the entry points, and a UID stands wherever
one object refers to another. `$class` of an object leads to its `$classname` and `$classes` (with superclasses).

Class layouts read here: NSDictionary (NS.keys, NS.objects), NSArray, NSSet, NSOrderedSet (NS.objects), NSString
(NS.string or NS.bytes), NSURL (NS.base, NS.relative), NSDate (NS.time, seconds from 2001-01-01 UTC), NSData (NS.data or
NS.bytes), NSUUID (NS.uuidbytes), NSNull, NSNumber (NS.intval, NS.dblval, NS.boolval), NSAttributedString (NSString).

References:
    Apple, "NSKeyedArchiver", https://developer.apple.com/documentation/foundation/nskeyedarchiver
    swift-corelibs-foundation (initialisers `init(coder:)` of the classes above),
    https://github.com/swiftlang/swift-corelibs-foundation
"""

import plistlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from scanner.formats.bplist import all_strings, is_bounded, loads, node_limit

__all__ = ["MAX_DEPTH", "all_strings", "unarchive"]

MAX_DEPTH = 100
_SHARING = 25  # how often, on average, an object may be referred to: each reference gives its own copy in a walk
_COCOA_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
_Fields = dict[str, object]
_UNFIT = object()  # what a builder gives when the fields of its class are damaged; the object then stays a dict


def unarchive(plist: object) -> object:
    """Resolve an archive, given as bytes or as the loaded property list.

    Returns:
        The object under `$top.root`; when `$top` has other entry points, a dict of all.

        NSDictionary becomes dict with str keys (numbers and dates by `str`; any other key is stored with its value as
        `"$key 3": [key, value]`), NSArray, NSSet and NSOrderedSet list, NSString, NSURL and NSAttributedString str,
        NSDate datetime in UTC, NSData bytes, NSUUID str in upper case, NSNull None; any other class a dict of its
        fields with the class name under `$class`. A reference that is damaged, leads back into its own object or lies
        deeper than MAX_DEPTH gives None. Objects referred to twice are shared.

    Raises:
        ValueError: no archive, or one that expands beyond the limits of `bplist.is_bounded`.
    """
    root = loads(plist).root if isinstance(plist, bytes) else plist
    if not isinstance(root, dict):
        raise ValueError("not a keyed archive: the property list is no dictionary")
    objects, top = root.get("$objects"), root.get("$top")
    if not isinstance(objects, list) or not isinstance(top, dict):
        raise ValueError("not a keyed archive: $objects or $top is missing")
    try:
        found = _Archive(objects).fields(top, 0)
    except RecursionError as error:
        raise ValueError("keyed archive nested too deeply") from error
    value = found["root"] if set(found) == {"root"} else found
    if not is_bounded(value, node_limit(_SHARING * len(objects))):
        raise ValueError("keyed archive expands beyond the limits of size")
    return value


class _Archive:
    """The objects of one archive, each resolved once."""

    def __init__(self, objects: list[object]) -> None:
        self._objects = objects
        self._done: dict[int, object] = {}
        self._open: set[int] = set()

    def value(self, stored: object, depth: int) -> object:
        """Resolve what is stored in a field: a UID, or a plain value that may hold UIDs."""
        if isinstance(stored, list):
            return [self.value(member, depth + 1) for member in stored] if depth < MAX_DEPTH else None
        number = stored.data if isinstance(stored, plistlib.UID) else _xml_uid(stored)
        if number is not None:
            return self._object(number, depth)
        if isinstance(stored, dict):
            return self.fields(stored, depth)
        return stored

    def fields(self, stored: _Fields, depth: int) -> _Fields:
        """Resolve all fields of a dictionary, `$class` left out."""
        if depth >= MAX_DEPTH:
            return {}
        return {key: self.value(field, depth + 1) for key, field in stored.items() if key != "$class"}

    def _object(self, number: int, depth: int) -> object:
        if number in self._done:
            return self._done[number]
        if number in self._open or depth >= MAX_DEPTH or not 0 < number < len(self._objects):
            return None
        self._open.add(number)
        stored = self._objects[number]
        built = self._instance(stored, depth) if isinstance(stored, dict) else self.value(stored, depth + 1)
        self._open.discard(number)
        self._done[number] = built
        return built

    def _instance(self, stored: _Fields, depth: int) -> object:
        classes = self._classes(stored.get("$class"))
        fields = self.fields(stored, depth)
        for name in classes:
            build = _BUILDERS.get(name.replace("NSMutable", "NS", 1))
            if build and (built := build(fields)) is not _UNFIT:
                return built
        return {"$class": classes[0], **fields} if classes else fields

    def _classes(self, reference: object) -> list[str]:
        """The class name, then its superclasses; empty when the class is damaged."""
        number = reference.data if isinstance(reference, plistlib.UID) else _xml_uid(reference)
        described = self._objects[number] if number is not None and 0 <= number < len(self._objects) else None
        if not isinstance(described, dict):
            return []
        above = described.get("$classes")
        names = [described.get("$classname"), *(above if isinstance(above, list) else [])]
        return [name for name in names if isinstance(name, str)]


def _xml_uid(stored: object) -> int | None:
    """An XML property list writes a UID as a dictionary with the single key CF$UID."""
    if isinstance(stored, dict) and len(stored) == 1:
        number = stored.get("CF$UID")
        return number if isinstance(number, int) else None
    return None


def _members(fields: _Fields, together: str, apart: str) -> list[object]:
    """Members stored in one list (NS.objects) or, by older and ordered classes, each in a field (NS.object.0 ...)."""
    listed = fields.get(together)
    if isinstance(listed, list):
        return listed
    return [field for name, field in fields.items() if name.startswith(apart)]


def _dictionary(fields: _Fields) -> object:
    found: _Fields = {}
    for key, value in zip(_members(fields, "NS.keys", "NS.key."), _array(fields), strict=False):
        if isinstance(key, str):
            found[key] = value
        elif isinstance(key, bool | int | float | datetime):
            found[str(key)] = value
        else:
            found[f"$key {len(found)}"] = [key, value]
    return found


def _array(fields: _Fields) -> list[object]:
    return _members(fields, "NS.objects", "NS.object.")


def _string(fields: _Fields) -> object:
    stored = fields.get("NS.string", fields.get("NS.bytes"))
    return stored.decode("utf-8", "replace") if isinstance(stored, bytes) else _only(str, stored)


def _url(fields: _Fields) -> object:
    base, relative = fields.get("NS.base"), fields.get("NS.relative")
    if not isinstance(relative, str):
        return _UNFIT
    if not isinstance(base, str):
        return relative
    try:
        return urljoin(base, relative)
    except ValueError:
        return base + relative


def _date(fields: _Fields) -> object:
    seconds = fields.get("NS.time")
    if not isinstance(seconds, int | float):
        return _UNFIT
    try:
        return _COCOA_EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None


def _uuid(fields: _Fields) -> object:
    stored = fields.get("NS.uuidbytes")
    return str(uuid.UUID(bytes=stored)).upper() if isinstance(stored, bytes) and len(stored) == 16 else _UNFIT


def _number(fields: _Fields) -> object:
    for name in ("NS.boolval", "NS.intval", "NS.dblval"):
        if isinstance(fields.get(name), int | float):
            return fields[name]
    return _UNFIT


def _only(kind: type, value: object) -> object:
    return value if isinstance(value, kind) else _UNFIT


_BUILDERS: dict[str, Callable[[_Fields], object]] = {
    "NSDictionary": _dictionary,
    "NSArray": _array,
    "NSSet": _array,
    "NSOrderedSet": _array,
    "NSString": _string,
    "NSAttributedString": lambda fields: _only(str, fields.get("NSString")),
    "NSURL": _url,
    "NSDate": _date,
    "NSData": lambda fields: _only(bytes, fields.get("NS.data", fields.get("NS.bytes"))),
    "NSUUID": _uuid,
    "NSNull": lambda _: None,
    "NSNumber": _number,
}
