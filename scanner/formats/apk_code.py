"""The code in an Android package: its DEX files' texts, native libraries, and programs hidden among its data.

References:
    https://developer.android.com/build/multidex (classes.dex, classes2.dex, …)
    https://developer.android.com/ndk/guides/abis#native-code-in-app-packages (lib/<abi>/*.so)
"""

import re
from collections.abc import Iterator

from scanner.formats import dex
from scanner.formats.apk_archive import Archive
from scanner.formats.apk_reader import ApkError

CODE = re.compile(r"classes(?:[2-9]|[1-9]\d{1,3})?\.dex")
LIBRARY = re.compile(r"lib/([^/]+)/([^/]+\.so)")
DATA = ("assets/", "res/raw/")
MAX_DEX = 64 << 20
MAX_LOOKED_INTO = 5000
MAX_NAMED = 100
HEAD = 4
KINDS = {b"dex\n": "DEX", b"cdex": "DEX", b"\x7fELF": "ELF", b"PK\x03\x04": "ZIP"}
PACKAGES = (".apk", ".dex", ".jar", ".apks", ".xapk")


def dex_strings(archive: Archive) -> Iterator[tuple[str, str]]:
    """The texts of all classes*.dex, each with the file's name: for when an indicator asks for them.

    Raises:
        ApkError: a DEX file is damaged or larger than 64 MB.
    """
    for name in filter(CODE.fullmatch, archive.members):
        try:
            for found in dex.strings(archive.read(name, MAX_DEX)):
                yield name, found
        except dex.DexError as error:
            raise ApkError(f"{name}: {error}") from None


def libraries(archive: Archive) -> tuple[str, ...]:
    """The names of the native libraries, without their architectures, at most `MAX_NAMED`."""
    found = {match[2] for name in archive.members if (match := LIBRARY.fullmatch(name))}
    return tuple(sorted(found)[:MAX_NAMED])


def embedded(archive: Archive) -> tuple[str, ...]:
    """Programs among an app's data, `ELF assets/x`: by their first bytes, ZIP archives only with a package's name."""
    found: list[str] = []
    for count, name in enumerate(name for name in archive.members if name.startswith(DATA)):
        if count >= MAX_LOOKED_INTO or len(found) >= MAX_NAMED:
            break
        try:
            kind = KINDS.get(archive.head(name, HEAD))
        except ApkError:
            continue
        if kind and (kind != "ZIP" or name.lower().endswith(PACKAGES)):
            found.append(f"{kind} {name}")
    return tuple(found)
