"""The library that reads ZIP directories and binary manifests even where they were tampered with, kept on a leash.

On import it makes itself the program's logger, and it logs each oddity as an error; it may raise anything. Here it is
imported without that, is silent, and whatever it raises is an `ApkError`. What it may read is bounded by its callers.

References:
    apkInspector: https://github.com/erev0s/apkInspector
"""

import io
import logging
from collections.abc import Callable
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import TypeVar

from scanner.formats.apk_reader import ApkError

T = TypeVar("T")
LEVELS = ("debug", "info", "warning", "error", "exception")


@cache
def library() -> tuple[ModuleType, ModuleType, ModuleType]:
    """The library's readers of ZIP and of binary XML, and its reader that tolerates damaged XML."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    from apkInspector import axml, headers, indicators

    root.handlers[:] = handlers
    root.setLevel(level)
    silent = SimpleNamespace(**dict.fromkeys(LEVELS, lambda *_: None))
    for module in (axml, headers, indicators):
        module.logging = silent
    return headers, axml, indicators


def kept(read: Callable[[], T], what: str) -> T:
    """What a call of the library gives.

    Raises:
        ApkError: it failed, in whatever way.
    """
    try:
        return read()
    except ApkError:
        raise
    except Exception as error:  # noqa: BLE001 - struct.error, KeyError, IndexError and more, for damaged input
        raise ApkError(f"{what}: {type(error).__name__}: {str(error)[:200]}") from None


class Metered(io.BytesIO):
    """Bytes of which only so many may be read, again and again included: what a loop on damaged input runs against."""

    def __init__(self, data: bytes, budget: int) -> None:
        """Take the bytes, and how many reads and bytes together are allowed."""
        super().__init__(data)
        self.budget = budget

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to `size` bytes.

        Raises:
            ApkError: the budget is spent.
        """
        data = super().read(size)
        self.budget -= len(data) + 1
        if self.budget < 0:
            raise ApkError("it refers to more data than any real one does")
        return data
