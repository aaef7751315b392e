"""The family that a feed's file is about, by what the file is called."""

import re
from functools import cache

from scanner.data import document
from scanner.feeds.families import family, form
from scanner.feeds.model import Threat

AMBIGUOUS = frozenset({"alien", "cerberus", "reign"})
"""Names of families that banking trojans and ordinary files bear too."""
WORD = re.compile(r"[a-z]+[0-9]*|[0-9]+")
VERSION = re.compile(r"(?:\A|[_ .-])(v[0-9]{1,3})(?=\Z|[_ .-])", re.IGNORECASE)
NEUTRAL = re.compile(
    r"(?:v?[0-9]+|apt|ios|ioc|iocs|indicators?|spyware|malware|maltrail|feed|list|operation|domains?|hosts?|hostnames|ips?"
    r"|addresses|urls?|e?mails?|process|processes|files?|names?|paths?|hashes|md5|sha1|sha256|packages?|certs?|c2|network|apks?|ipas?|droppers?|samples?)\Z"
)
"""Words of a file's name that say nothing about whose values it holds."""

Named = tuple[str, Threat]
"""A family and the class of its software."""


@cache
def files() -> dict[str, Named | None]:
    """The files of the catalogue by name; None for a name that feeds of several families share."""
    found: dict[str, Named | None] = {}
    for one in document("feeds.yaml")["feeds"]:
        stem = form(str(one["url"]).rpartition("/")[2].rpartition(".")[0])
        names = [str(name) for name in one["families"]]
        of = (names[0], Threat(one["class"])) if len(names) == 1 and names != ["*"] else None
        found[stem] = of if found.get(stem, of) == of else None
    return found


def of_file(stem: str) -> Named | None:
    """The family that a file is about, by its name without the suffix: `apt_pegasus` and `pegasus_domains` are Pegasus.

    The rest of the name must say nothing else: `android_pegasus_fake` names no family, nor does `domains`.
    """
    words = [word for word in WORD.findall(stem.lower()) if not NEUTRAL.match(word)]
    name = "".join(words)
    if name not in AMBIGUOUS and (found := family(name)) is not None:
        return found.name, found.threat
    return files().get(form(stem)) if words or VERSION.search(stem) else None


def campaign_of(stem: str, name: str) -> str | None:
    """The version of a family that a file's name tells: `v2_domains` of Pegasus is `Pegasus v2`."""
    found = VERSION.search(stem)
    return f"{name} {found[1].lower()}" if found else None
