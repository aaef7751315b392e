"""The catalogue of public feeds: what there is, where, under which licence, and what is fetched unasked.

Ours is `indicators/feeds.yaml`; what a user adds or switches off stands in a file of the same form in the data folder.
"""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from scanner.data import root as data_root
from scanner.feeds.model import Threat

ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
"""Names that Windows gives to no file."""
NON_COMMERCIAL = re.compile(r"\bNC\b|non[- ]?commercial", re.IGNORECASE)
MAX_BYTES = 4 << 20
MAX_ENTRIES = 5000


class Entry(msgspec.Struct, kw_only=True, rename={"threat": "class"}, forbid_unknown_fields=True):
    """One feed of the catalogue."""

    id: str
    url: str = ""
    """Where it is fetched; empty for a file that the user added once."""
    title: str = ""
    format: str = ""
    """For the reader of the catalogue: what a file is, is seen by its content."""
    licence: str = "none stated"
    publisher: str = ""
    families: list[str] = []
    threat: Threat = Threat.UNKNOWN
    reports: list[str] = []
    default: bool = True
    note: str = ""
    private: bool = False
    """Not to be named in reports that are shared."""

    @property
    def non_commercial(self) -> bool:
        """Whether its licence forbids commercial use."""
        return bool(NON_COMMERCIAL.search(self.licence))

    @property
    def on(self) -> bool:
        """Whether it is fetched without being asked for; never where the licence would forbid that to some."""
        return self.default and bool(self.url) and not self.non_commercial

    @property
    def off_because(self) -> str:
        """Why it is not fetched without being asked for; empty if it is."""
        if self.on:
            return ""
        if self.note or not self.non_commercial:
            return self.note or ("" if self.url else "a file, added once")
        return f"its licence ({self.licence}) forbids commercial use"


class Document(msgspec.Struct, kw_only=True):
    """A catalogue as a file: entries, and the ids of entries of another catalogue that are switched off."""

    feeds: list[Entry] = []
    off: list[str] = []


def entries(own: Path | None = None) -> dict[str, Entry]:
    """Every feed by its id: ours, then the user's, which replace ours of the same id.

    Raises:
        ValueError: a catalogue cannot be read.
    """
    mine = read(own) if own else Document()
    found = {entry.id: entry for entry in [*read(data_root() / "feeds.yaml").feeds, *mine.feeds]}
    for one in mine.off:
        if one in found:
            found[one].default = False
            found[one].note = "switched off with `bridle feeds remove`"
    return found


def read(path: Path) -> Document:
    """One catalogue; an empty one if there is no file.

    Raises:
        ValueError: it is not a catalogue, an id is no id or occurs twice.
    """
    if not path.exists():
        return Document()
    import yaml

    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES >> 20} MB")
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        found = yaml.load(data, loader) or {}  # noqa: S506 - a safe loader
        made = msgspec.convert(found, Document)
        if len(made.feeds) > MAX_ENTRIES:
            raise ValueError(f"more than {MAX_ENTRIES} feeds")
        seen: set[str] = set()
        for entry in made.feeds:
            if checked(entry.id) in seen:
                raise ValueError(f"the id {entry.id} occurs twice")
            seen.add(entry.id)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise ValueError(f"the catalogue {path} cannot be read: {one_line(error)}") from None
    return made


def write(path: Path, document: Document) -> None:
    """Write a user's catalogue; what was there stays whole until the new one is."""
    import yaml

    from scanner.feeds.store import write as write_whole

    plain: dict[str, Any] = msgspec.to_builtins(document)
    text = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)
    write_whole(path, text.encode(), path.with_name(f".{path.name}.part"))


def checked(name: str) -> str:
    """A feed's id, which is also the name of its file.

    Raises:
        ValueError: it is none.
    """
    if not ID.fullmatch(name) or RESERVED.fullmatch(name):
        shown = name[:80].encode("unicode_escape").decode()
        raise ValueError(f"{shown!r} is no id: small letters, digits and hyphens, at most 64, and no device of Windows")
    return name


def shown_url(url: str) -> str:
    """An address without what may be secret in it: user, password and query."""
    with suppress(ValueError):
        bare = re.sub(r"(?<=://)[^/@]*@", "", url)
        return re.sub(r"[?#].*", "", bare, flags=re.DOTALL)
    return "an address"


def one_line(error: Exception) -> str:
    """An error's message on one line."""
    return " ".join((getattr(error, "strerror", None) or str(error) or type(error).__name__).split())[:300]
