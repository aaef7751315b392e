"""YARA rules over the contents of files: compiled from text, each source by itself, never from a saved form.

References:
    Writing YARA rules, and YARA from Python: https://yara.readthedocs.io/en/v4.5.4/
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import msgspec

from scanner.feeds.model import YaraSource
from scanner.finding import Problem, Source

MAX_SIZE = 64 << 20
"""Bytes of the largest content that rules are run on."""
MAX_SOURCE = 16 << 20
MAX_STRINGS = 20
"""Occurrences of strings that a match lists."""
SHOWN = 64
"""Bytes of an occurrence that a match keeps."""
EXTERNALS = dict.fromkeys(("filename", "filepath", "extension", "filetype", "owner", "md5"), "")
"""Variables that published rules expect their engine to define."""
LINE = re.compile(r"line (\d+)")

MEDIA = frozenset(
    {
        "3g2",
        "3gp",
        "aac",
        "aif",
        "aiff",
        "amr",
        "apng",
        "arw",
        "astc",
        "avi",
        "avif",
        "bmp",
        "caf",
        "cr2",
        "dng",
        "flac",
        "gif",
        "heic",
        "heics",
        "heif",
        "ithmb",
        "jpe",
        "jpeg",
        "jpg",
        "ktx",
        "m4a",
        "m4b",
        "m4r",
        "m4v",
        "mkv",
        "mov",
        "mp3",
        "mp4",
        "mpeg",
        "mpg",
        "nef",
        "oga",
        "ogg",
        "opus",
        "png",
        "thm",
        "tif",
        "tiff",
        "wav",
        "webm",
        "webp",
    }
)
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"ID3", b"OggS", b"caff", b"#!AMR", b"fLaC")
SQLITE = b"SQLite format 3\0"


class YaraMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that matched a content."""

    rule: str
    namespace: str
    source: Source
    tags: tuple[str, ...] = ()
    meta: dict[str, str | int | bool] = {}
    strings: tuple[tuple[int, str, bytes], ...] = ()
    """Offset, identifier and the first 64 bytes of at most 20 occurrences."""


class Yara:
    """Compiled rules, each source in a namespace of its own; can be sent to another process, which compiles again."""

    def __init__(self, rules: Any, sources: dict[str, YaraSource]) -> None:
        """Made by `compile`."""
        self.rules = rules
        self.sources = sources

    def __reduce__(self) -> tuple[Callable[..., "Yara"], tuple[tuple[YaraSource, ...]]]:
        """The sources are what is sent: a compiled form is not safe to read."""
        return compiled, (tuple(self.sources.values()),)

    def __bool__(self) -> bool:
        """Whether there are any rules."""
        return bool(self.sources)

    @classmethod
    def compile(cls, sources: Sequence[YaraSource]) -> tuple["Yara", list[Problem]]:
        """All rules that compile, and a Problem, with its line, for every source that does not."""
        problems: list[Problem] = []
        named = {name: one for name, one in namespaces(sources).items() if sound(one, problems)}
        if not named:
            return cls(None, {}), problems
        try:
            return cls(build(sources={name: one.text for name, one in named.items()}), named), problems
        except ValueError:
            named = {name: one for name, one in named.items() if alone(one, problems)}
        try:
            rules = build(sources={name: one.text for name, one in named.items()}) if named else None
        except ValueError as error:
            problems.append(Problem(where="yara", message=f"rules do not compile together: {error}"))
            rules, named = None, {}
        return cls(rules, named), problems

    def scan(self, data: bytes | memoryview, path: str, timeout: int = 60) -> list[YaraMatch]:
        """The rules that match a content.

        Args:
            data: All of the content.
            path: Its path on the device, which rules may ask for.
            timeout: Seconds.

        Raises:
            TimeoutError: It took longer.
            ValueError: The engine gave up.
        """
        if self.rules is None:
            return []
        engine = import_module("yara")
        try:
            found = self.rules.match(
                data=data,
                timeout=timeout,
                externals=about(path),
                warnings_callback=lambda *_: engine.CALLBACK_CONTINUE,
            )
        except engine.TimeoutError:
            raise TimeoutError(f"YARA took longer than {timeout} s") from None
        except engine.Error as error:
            raise ValueError(f"YARA: {error}") from None
        return [self.match(one) for one in found]

    def match(self, found: Any) -> YaraMatch:
        """A match of the engine as ours."""
        strings = [
            (each.offset, string.identifier, bytes(each.matched_data[:SHOWN]))
            for string in found.strings[:MAX_STRINGS]
            for each in string.instances[:MAX_STRINGS]
        ]
        return YaraMatch(
            rule=found.rule,
            namespace=found.namespace,
            source=self.sources[found.namespace].source,
            tags=tuple(found.tags),
            meta=dict(found.meta),
            strings=tuple(sorted(strings)[:MAX_STRINGS]),
        )


def compiled(sources: Sequence[YaraSource]) -> Yara:
    """The rules of sources that are known to compile."""
    return Yara.compile(sources)[0]


def namespaces(sources: Sequence[YaraSource]) -> dict[str, YaraSource]:
    """Sources by namespace: their name, with a number where two have the same."""
    seen: Counter[str] = Counter()
    named: dict[str, YaraSource] = {}
    for one in sources:
        name = one.name.encode("ascii", "backslashreplace").decode().replace("\0", "")
        seen[name] += 1
        while name in named:
            name = f"{name}#{seen[name]}"
        named[name] = one
    return named


def sound(one: YaraSource, problems: list[Problem]) -> bool:
    """Whether a source may be given to the compiler, which stops at a NUL without a word."""
    message = None
    if len(one.text) > MAX_SOURCE:
        message = f"larger than {MAX_SOURCE >> 20} MB"
    elif "\0" in one.text:
        message = "holds a NUL character"
    if message:
        problems.append(Problem(where="yara", message=message, path=one.name))
    return message is None


def alone(one: YaraSource, problems: list[Problem]) -> bool:
    """Whether a source compiles by itself."""
    try:
        build(source=one.text)
    except ValueError as error:
        line = LINE.search(str(error))
        problems.append(
            Problem(where="yara", message=str(error)[:300], path=one.name, row=int(line[1]) if line else None)
        )
        return False
    return True


def build(**sources: Any) -> Any:
    """Rules from text; `include` would read files of this computer and is refused.

    Raises:
        ValueError: They do not compile.
    """
    engine = import_module("yara")
    engine.set_config(max_match_data=SHOWN)
    try:
        return engine.compile(**sources, externals=EXTERNALS, includes=False, error_on_warning=False)
    except (engine.Error, TypeError) as error:  # TypeError: text that is not valid Unicode
        raise ValueError(str(error)) from None


def about(path: str) -> dict[str, str]:
    """The variables of a content; `extension` begins with its dot, as rules expect."""
    path = path.encode("utf-8", "backslashreplace").decode().replace("\0", "")
    name = path.rpartition("/")[2]
    _, dot, extension = name.rpartition(".")
    return {"filename": name, "filepath": path, "extension": dot + extension if dot else ""}


def media(path: str) -> bool:
    """Whether a path is named as a picture, film or sound, so that it need not be opened."""
    return path.rpartition(".")[2].lower() in MEDIA


def concerns(path: str, head: bytes, size: int) -> bool:
    """Whether rules can concern a content: anything but media, databases and what is too large.

    Databases are read record by record elsewhere. Unknown content is of concern: an executable may be called anything,
    except that what is called a picture, film or sound is not opened.

    Args:
        path: The content's path.
        head: Its first 16 bytes or more; empty if it was not opened, when only name and size decide.
        size: Its length in bytes.
    """
    if not 0 < size <= MAX_SIZE or media(path):
        return False
    if head[:4] == b"RIFF":
        return head[8:12] not in {b"WAVE", b"WEBP", b"AVI "}
    return not head.startswith((SQLITE, *SIGNATURES)) and head[4:8] != b"ftyp"
