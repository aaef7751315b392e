"""Android packages that never were: a manifest, some files, and real signatures of keys made of a seed.

The same arguments give the same bytes: keys are derived, and ECDSA signs without chance (RFC 6979).
"""

import hashlib
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scanner.synthetic.android_axml import Element, Value, binary_xml
from scanner.synthetic.android_signature import Key, key, signing_block, v1_files

LAUNCHER_FILTER = Element(
    "intent-filter",
    {},
    [
        Element("action", {"name": "android.intent.action.MAIN"}),
        Element("category", {"name": "android.intent.category.LAUNCHER"}),
    ],
)
DATE = 0x0021 | 4 << 5 | 44 << 9
"""1 June 2024 or so; packages have no real dates either."""
LOCAL, CENTRAL, END = struct.Struct("<4sHHHHHIIIHH"), struct.Struct("<4sHHHHHHIIIHHHHHII"), struct.Struct("<4sHHHHIIH")


@dataclass(frozen=True)
class Service:
    """A service, or with `tag` another component, that only the system may use by its permission."""

    name: str
    permission: str = "android.permission.BIND_ACCESSIBILITY_SERVICE"
    tag: str = "service"
    action: str | None = None


def manifest(
    package: str,
    *,
    version: str = "1.0",
    code: int = 1,
    permissions: Sequence[str] = (),
    services: Sequence[Service] = (),
    launcher: bool = True,
    application: Mapping[str, Value] | None = None,
) -> Element:
    """The elements of a manifest."""
    parts: list[Element] = []
    if launcher:
        parts.append(Element("activity", {"name": ".MainActivity", "exported": True}, [LAUNCHER_FILTER]))
    for one in services:
        inner = [Element("intent-filter", {}, [Element("action", {"name": one.action})])] if one.action else []
        parts.append(Element(one.tag, {"name": one.name, "permission": one.permission, "exported": True}, inner))
    return Element(
        "manifest",
        {"versionCode": code, "versionName": version, "package": package},
        [
            Element("uses-sdk", {"minSdkVersion": 24, "targetSdkVersion": 34}),
            *(Element("uses-permission", {"name": name}) for name in permissions),
            Element("application", {"label": package.rpartition(".")[2].title(), **(application or {})}, parts),
        ],
    )


@dataclass(frozen=True)
class Entry:
    """A file of the archive as its headers tell of it; `method` and `flags` may be made up."""

    name: str
    data: bytes
    method: int = 8
    flags: int = 0

    @property
    def stored(self) -> bytes:
        """Its bytes in the archive."""
        if self.method == 0:
            return self.data
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        return packer.compress(self.data) + packer.flush()


def zipped(entries: Sequence[Entry], key_of: Key | None = None, schemes: Sequence[str] = (), **more: bytes) -> bytes:
    """A ZIP archive of some files, with a signing block where there is a key."""
    body, directory = bytearray(), bytearray()
    for one in entries:
        stored, name, crc = one.stored, one.name.encode(), zlib.crc32(one.data)
        sizes = crc, len(stored), len(one.data), len(name), 0
        directory += (
            CENTRAL.pack(b"PK\x01\x02", 20, 20, one.flags, one.method, 0, DATE, *sizes, 0, 0, 0, 0, len(body)) + name
        )
        body += LOCAL.pack(b"PK\x03\x04", 20, one.flags, one.method, 0, DATE, *sizes) + name + stored
    end = END.pack(b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    block = signing_block(key_of, schemes, (bytes(body), bytes(directory), end), **more) if key_of else b""
    end = END.pack(b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), len(body) + len(block), 0)
    return bytes(body + block + directory + end)


def make_apk(
    package: str = "org.example.notes",
    *,
    version: str = "1.0",
    code: int = 1,
    permissions: Sequence[str] = (),
    services: Sequence[Service] = (),
    launcher: bool = True,
    application: Mapping[str, Value] | None = None,
    certificate_seed: str = "example",
    organisation: str = "Example",
    common_name: str = "Example",
    schemes: Sequence[str] = ("v1", "v2", "v3"),
    files: Mapping[str, bytes] | None = None,
    frosting: bool = False,
    utf8: bool = False,
) -> bytes:
    """A package.

    Args:
        package: its name, which is that of the app.
        version: the version's name.
        code: the version's number.
        permissions: what it asks for.
        services: components that need a permission to be used.
        launcher: whether it stands in the list of apps.
        application: further attributes of the application (`debuggable`, `testOnly`).
        certificate_seed: another seed, another key.
        organisation: O of the certificate.
        common_name: CN of the certificate.
        schemes: how it is signed: some of v1, v2, v3; none: not at all.
        files: further files of it; `classes.dex` is there in any case.
        frosting: whether to put Google Play's block into it.
        utf8: whether the manifest's texts are UTF-8.
    """
    root = manifest(
        package,
        version=version,
        code=code,
        permissions=permissions,
        services=services,
        launcher=launcher,
        application=application,
    )
    entries = [
        Entry("AndroidManifest.xml", binary_xml(root, utf8=utf8)),
        Entry("classes.dex", make_dex(package.encode(), b"hello")),
        *(Entry(name, data) for name, data in (files or {}).items()),
    ]
    signer = key(certificate_seed, organisation, common_name) if schemes else None
    if signer and "v1" in schemes:
        others = [one for one in schemes if one != "v1"]
        entries += [Entry(name, data) for name, data in v1_files({e.name: e.data for e in entries}, signer, others)]
    newer = [one for one in schemes if one != "v1"]
    return zipped(entries, signer if newer else None, newer, **({"frosting": b"\1"} if frosting else {}))


def make_dex(*texts: bytes) -> bytes:
    """A DEX file with nothing in it but texts, as bytes of modified UTF-8 with fewer than 128 characters."""
    at, data, offsets = 0x70 + 4 * len(texts), bytearray(), []
    for text in texts:
        offsets.append(at + len(data))
        data += bytes([len(text)]) + text + b"\0"
    table = struct.pack(f"<{len(offsets)}I", *offsets)
    rest = table + bytes(data)
    head = struct.pack("<III", 0x70 + len(rest), 0x70, 0x12345678) + bytes(12)
    head += struct.pack("<II", len(texts), 0x70) + bytes(0x70 - 0x40)
    signed = hashlib.sha1(head + rest, usedforsecurity=False).digest()
    return b"dex\n035\0" + struct.pack("<I", zlib.adler32(signed + head + rest)) + signed + head + rest
