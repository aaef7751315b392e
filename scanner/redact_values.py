"""Values of the evidence and what is shown for them, by what they are: an address, a text, a path, a link."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.pseudonyms import MADE, Pseudonyms
from scanner.redact_words import WORD, components, vocabulary
from scanner.stories import address, host

MAX_DEPTH = 12
LEAST_NAME = 3
FEW = 2
"""Words that say nothing of anybody if they are all in the scanner's own sentences."""
NUMBERED_SORTS = frozenset({"id", "contact", "name", "person"})
LEAST_NUMBER = 100_000
"""From here on a number of an account, a person or an item is one."""
UUID = r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])"
SHAPES = re.compile(
    r"(?P<contact>(?<![\w.+%-])(?<!//)[\w.+%-]+@[\w-]+(?:\.[\w-]+)+|\+\d[\d ().-]{5,}\d)"
    rf"|(?P<id>{UUID})"
    r"|(?P<mac>(?<![0-9A-Fa-f:-])[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}(?![0-9A-Fa-f:-]))"
    r"|(?P<place>(?<![\d.])-?\d{1,3}\.\d{3,}\s*[,;]\s*-?\d{1,3}\.\d{3,})"
    r"|(?P<number>(?<![\w.])\d{7,}(?![\w.]| bytes))"
)
"""What is personal wherever it stands, known by its shape."""
SHORT_NUMBER = re.compile(r"[-+]?\d{0,5}(?:\.\d{1,3}){0,3}")
CODED = re.compile(
    r"[A-Za-z_][\w$-]*(?:[./:~]{1,2}[\w$*-]+){2,}/?|(?:com|org|net|io|android)\.[\w.$/-]+"
    r"|k[A-Z]\w+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[0-9a-fA-F]{32,128}"
)
"""How code names things: `com.apple.mdm`, `org.example.app/.Watcher`, `kTCCServiceCamera`, hashes."""
NUMBERED = re.compile(r"\d{6}")
PERSONAL_FOLDERS = frozenset(
    {
        "dcim", "documents", "download", "downloads", "attachments", "mobile documents", "websitedata", "sdcard",
        "emulated", "pictures", "movies", "music", "recordings", "photodata", "message", "media",
    }
)  # fmt: skip
"""Below these, names are given by persons, or to what persons get."""
PROGRAMS = frozenset({"apk", "apks", "xapk", "dex", "jar", "so", "sh", "dylib", "ipa"})
SWITCHES = frozenset({"true", "false", "yes", "no", "on", "off"})
LINK = re.compile(r"https?://\S+")
UNPLACED = ("data:", "blob:", "javascript:", "about:")
SPOKEN = ("mailto:", "tel:", "sms:", "facetime:", "facetime-audio:", "imessage:")


class Values:
    """Replaces values, and notes what stood for what, so that other texts can be swept."""

    def __init__(self, names: Pseudonyms, public: frozenset[str]) -> None:
        """Take what makes pseudonyms, and the indicators' values: they are known to everybody, and stay."""
        self.names, self.public = names, public
        self.addresses = {address(one) for one in public}
        parts = {part.casefold() for one in public for part in one.strip("/").split("/")}
        self.parts = frozenset(part for part in parts if len(part) > LEAST_NAME)
        self.links = tuple(one for one in public if "://" in one)
        self.found: dict[str, str] = {}
        """What was replaced, in lower case, and by what."""
        self.spelt: dict[str, str] = {}
        """Single words that were replaced: they may be a part of anything, and are looked for in sentences only."""

    def __call__(self, sort: str, value: Any, depth: int = 0) -> Any:
        """A value of any depth, by what its field holds."""
        if isinstance(value, str):
            made: str = getattr(self, f"of_{sort}")(value)
            return made if made == value else self.note(value, made)
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float):
            personal = sort in NUMBERED_SORTS and (abs(value) >= LEAST_NUMBER or isinstance(value, float))
            return self.note(str(value), self.names("number", str(value))) if personal else value
        if isinstance(value, list | tuple) and depth < MAX_DEPTH:
            return [self(sort, one, depth + 1) for one in value]
        if isinstance(value, dict) and depth < MAX_DEPTH:
            return {self.of_shape(str(name)): self(sort, one, depth + 1) for name, one in value.items()}
        return self.names("text", repr(value))

    def note(self, value: str, made: str, *, person: bool = False) -> str:
        """Remember what stands for a value, unless it is a word that anybody may say."""
        if SHORT_NUMBER.fullmatch(value) or MADE.fullmatch(value):
            return made
        if not person and spoken(value) and len(WORD.findall(value)) <= FEW and not NUMBERED.search(value):
            return made
        if person or not WORD.fullmatch(value):
            if value not in vocabulary():
                self.found.setdefault(value.lower(), made)
                self.found.setdefault(repr(value)[1:-1].lower(), made)
        elif vocabulary().isdisjoint({value, value.lower()}):
            self.spelt.setdefault(value, made)
        return made

    def known(self, value: str) -> bool:
        """Whether a value is nothing, an indicator's, or a pseudonym already."""
        return not value.strip() or value in self.public or MADE.fullmatch(value) is not None

    def of_text(self, value: str) -> str:
        """What somebody wrote."""
        if self.known(value) or value.lower() in SWITCHES or (coded(value) and "/" not in value):
            return self.shapes(value)
        return self.of_url(value) if LINK.fullmatch(value) else self.names("text", value)

    def of_name(self, value: str) -> str:
        """How something is called by somebody."""
        if self.known(value) or coded(value):
            return self.shapes(value)
        return self.names("name", value.casefold())

    def of_person(self, value: str) -> str:
        """How somebody is called; each word of it is noted too."""
        if "@" in value:
            return self.of_contact(value)
        made = self.of_name(value)
        if made != value:
            self.note(value, made, person=True)
            for word in filter(lambda one: len(one) >= LEAST_NAME, WORD.findall(value)):
                self.note(word, self.names("name", word.casefold()), person=True)
        return made

    def of_contact(self, value: str) -> str:
        """Whom a number, an address or an account name reaches; its other spellings are noted too."""
        plain = address(value)
        if self.known(value) or plain in self.addresses or SHORT_NUMBER.fullmatch(value):
            return value
        made = self.names.contact(value)
        for spelling in spellings(plain):
            self.note(spelling, made)
        return made

    def of_id(self, value: str) -> str:
        """A device, an account or a thing of theirs."""
        return value if self.known(value) or SHORT_NUMBER.fullmatch(value) else self.names("id", value.upper())

    def of_mac(self, value: str) -> str:
        """A radio's address."""
        return value if self.known(value) else self.names("mac", value.lower())

    def of_app(self, value: str) -> str:
        """An app's or a profile's name for itself, which is the same on every phone."""
        return value if value in self.public else self.shapes(value)

    def of_public(self, value: str) -> str:
        """What is the same on every phone."""
        return value

    def of_program(self, value: str) -> str:
        """What runs: its name, or its path."""
        return self.of_path(value) if "/" in value else self.of_app(value)

    def of_host(self, value: str) -> str:
        """A server."""
        return self.of_app(value)

    def of_shape(self, value: str) -> str:
        """Of a field of which nothing is known: it stays if it looks like what code calls things."""
        if self.known(value) or coded(value) or (spoken(value) and not NUMBERED.search(value)):
            return self.shapes(value)
        return self.names("text", value)

    def of_url(self, value: str) -> str:
        """A link: its host stays, its path where the host is an indicator's, what it asks for never."""
        scheme = value.partition(":")[0].lower() + ":"
        if self.known(value):
            return value
        if scheme in SPOKEN:
            return scheme + self.of_contact(value[len(scheme) :].lstrip("/").partition("?")[0])
        if "://" not in value and scheme in UNPLACED:
            return scheme + self.names("text", value)
        base, mark, asked = cut(value, "?#")
        before, slashes, rest = base.rpartition("://")
        server, slash, path = rest.partition("/")
        user, at, server = server.rpartition("@")
        if path and not (self.indicated(server) or any(value.startswith(one) for one in self.links)):
            path = self.names("text", path)
        start = before + slashes + (self.names("account", user) + at if at else "") + self.of_app(server) + slash
        return start + self.shapes(path) + mark + (self.names("text", asked) if asked else "")

    def indicated(self, server: str) -> bool:
        """Whether a server, or a domain that it is in, is an indicator's."""
        labels = host(server).split(".")
        return any(".".join(labels[at:]) in self.public for at in range(len(labels)))

    def of_file(self, value: str) -> str:
        """A file's name."""
        if self.known(value) or self.given(value) or value.rpartition(".")[2].lower() in PROGRAMS:
            return self.shapes(value)
        return self.names.file(value)

    def of_path(self, value: str) -> str:
        """A path: names below folders of persons are replaced, and what is personal by its shape everywhere."""
        if self.known(value):
            return value
        parts, personal = value.split("/"), False
        for number, part in enumerate(parts):
            parts[number] = self.shapes(part)
            if personal and part and parts[number] == part and not (self.given(part) or coded(part)):
                parts[number] = self.of_file(part)
            personal = personal or part.casefold() in PERSONAL_FOLDERS
        return "/".join(parts)

    def given(self, name: str) -> bool:
        """Whether a file's or folder's name is the same on every phone, or an indicator's."""
        low = name.casefold()
        same = name in components() or low in PERSONAL_FOLDERS or len(name) <= 1
        return same or any(one in low for one in self.parts)

    def shapes(self, value: str) -> str:
        """A text without what is personal by its shape."""
        return SHAPES.sub(self.shaped, value)

    def shaped(self, found: re.Match[str]) -> str:
        """What stands for one such thing."""
        sort, value = found.lastgroup or "text", found[0]
        if value in self.public or address(value) in self.addresses:
            return value
        if sort in {"contact", "id", "mac"}:
            made: str = getattr(self, f"of_{sort}")(value)
            return self.note(value, made)
        return self.names(sort, value)


def spoken(value: str) -> bool:
    """Whether the scanner's own sentences have every word of a value."""
    return vocabulary().issuperset(WORD.findall(value))


def coded(value: str) -> bool:
    """Whether a value is a number that names nobody, or what code calls something."""
    code = CODED.fullmatch(value) or ("_" in value and spoken(value))
    return bool(SHORT_NUMBER.fullmatch(value) or (code and "@" not in value))


def cut(value: str, marks: str) -> tuple[str, str, str]:
    """What stands before the first of some marks, the mark, and what follows it."""
    at = min((where for mark in marks if (where := value.find(mark)) >= 0), default=-1)
    return (value, "", "") if at < 0 else (value[:at], value[at], value[at + 1 :])


def spellings(plain: str) -> Iterator[str]:
    """Other ways to write an address: a number's digits, a mail address's account."""
    yield plain
    digits = plain.lstrip("+")
    if digits.isdigit() and len(digits) > LEAST_NAME:
        yield from (digits, f"+{digits}", f"{digits}@s.whatsapp.net")
    local = plain.partition("@")[0]
    if len(local) > LEAST_NAME and local != plain:
        yield local
