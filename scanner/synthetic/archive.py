"""Writing NSKeyedArchiver archives: the manifest's file records, rich links, and others.

References:
    Apple, NSKeyedArchiver: https://developer.apple.com/documentation/foundation/nskeyedarchiver
"""

import plistlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Keyed:
    """An object to archive: class, superclasses, and fields (numbers and bytes inline, others referred to)."""

    name: str
    fields: Mapping[str, object] = field(default_factory=dict)
    bases: tuple[str, ...] = ("NSObject",)


def data(raw: bytes, name: str = "NSMutableData") -> Keyed:
    """An NSData object."""
    return Keyed(name, {"NS.data": raw}, ("NSData", "NSObject"))


def url(address: str) -> Keyed:
    """An NSURL object without a base."""
    return Keyed("NSURL", {"NS.base": None, "NS.relative": address})


def archive(root: object) -> bytes:
    """The binary plist of an archive whose `$top` names `root`."""
    objects: list[object] = ["$null"]
    classes: dict[str, plistlib.UID] = {}

    def put(value: object) -> plistlib.UID:
        if value is None:
            return plistlib.UID(0)
        at = plistlib.UID(len(objects))
        objects.append(value)
        if isinstance(value, Keyed):
            fields = {key: inline(inner) for key, inner in value.fields.items()}
            objects[at.data] = {**fields, "$class": class_of(value)}
        return at

    def inline(value: object) -> object:
        return value if isinstance(value, bool | int | float | bytes) else put(value)

    def class_of(value: Keyed) -> plistlib.UID:
        if value.name not in classes:
            classes[value.name] = plistlib.UID(len(objects))
            objects.append({"$classname": value.name, "$classes": [value.name, *value.bases]})
        return classes[value.name]

    top = put(root)
    body = {"$version": 100_000, "$archiver": "NSKeyedArchiver", "$top": {"root": top}, "$objects": objects}
    return plistlib.dumps(body, fmt=plistlib.FMT_BINARY, sort_keys=False)
