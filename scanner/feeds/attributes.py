"""What a typed value of a table or of MISP is: its kind, its parts, and what its tags and comments say of it.

References:
    MISP core format, attribute types: https://www.misp-standard.org/rfc/misp-standard-core.html
    MISP taxonomies and galaxies as tags: https://www.misp-standard.org/rfc/misp-standard-taxonomy-format.html
    MISP object templates (`android-app`, `file`, `domain-ip`, `process`): https://www.misp-project.org/objects.html
"""

import re
from collections.abc import Iterable

import msgspec

from scanner.feeds import normalise
from scanner.feeds.families import threat_of
from scanner.feeds.model import Entry, Indicator, Role, Threat, Unsupported
from scanner.finding import Problem, Source
from scanner.record import Kind

MAX_TEXT = 200
MAX_COMMENT = 2000
"""Characters of a comment in which a role is looked for."""

SPELLINGS: dict[Kind, str] = {
    Kind.DOMAIN: "domain hostname domain-name fqdn host dns domains hostnames host-name",
    Kind.URL: "url urls uri-full",
    Kind.IP: "ip ip-src ip-dst ipv4 ipv6 ip4addr ip6addr ipv4-addr ipv6-addr ipaddr ipaddress ip-address ips ip:port"
    " ipv4-address ipv6-address",
    Kind.CIDR: "cidr network subnet ip-range",
    Kind.EMAIL: "email e-mail mail email-src email-dst email-addr email-address email-reply-to emails emailsender"
    " sender email-sender",
    Kind.PHONE: "phone phone-number msisdn",
    Kind.PROCESS: "process process-name",
    Kind.FILE_NAME: "filename file-name",
    Kind.PATH: "filepath file-path path fullpath",
    Kind.MD5: "md5 filehash-md5 hash-md5 md5-hash file-md5 filemd5 md5sum",
    Kind.SHA1: "sha1 sha-1 filehash-sha1 hash-sha1 sha1-hash file-sha1 filesha1 sha1sum",
    Kind.SHA256: "sha256 sha-256 filehash-sha256 hash-sha256 sha256-hash file-sha256 filesha256 sha256sum",
    Kind.SHA512: "sha512 sha-512 filehash-sha512 hash-sha512 sha512-hash",
    Kind.HASH: "hash file-hash filehash hashes",
    Kind.APP_ID: "mobile-application-id app-id appid application-id package package-name packagename packages"
    " bundle-id bundleid bundle-identifier ios-bundle android-package",
    Kind.PROFILE: "configuration-profile profile-id",
    Kind.ANDROID_PROPERTY: "android-property",
    Kind.CERT_HASH: "certificate cert cert-hash certificate-hash certificate-fingerprint package-cert-hash",
    Kind.CERT_MD5: "x509-fingerprint-md5 certificate-md5 cert-md5",
    Kind.CERT_SHA1: "x509-fingerprint-sha1 certificate-sha1 cert-sha1",
    Kind.CERT_SHA256: "x509-fingerprint-sha256 certificate-sha256 cert-sha256",
}
TYPES = {spelling: kind for kind, spellings in SPELLINGS.items() for spelling in spellings.split()}
"""Kind by type word: MISP's, OTX's, STIX's and those of common tables."""
COMPOSITES = {"malware-sample": "filename|md5"}
DETAILS = frozenset({"port", "sigma", "mime-type"})
"""Parts of composites that narrow the other part and are no value of their own."""
DIGESTS = frozenset({Kind.MD5, Kind.SHA1, Kind.SHA256, Kind.SHA512, Kind.HASH})
SIGNED = {
    Kind.MD5: Kind.CERT_MD5,
    Kind.SHA1: Kind.CERT_SHA1,
    Kind.SHA256: Kind.CERT_SHA256,
    Kind.HASH: Kind.CERT_SHA1,
}
PLAIN = frozenset({"text", "other", ""})
BESIDE_HASH = "a file name that is given beside a hash"
POINTED = "an address that a name pointed to for a time"

WORD = re.compile(r"[\s_/-]+")
GALAXY = re.compile(r'misp-galaxy:([a-z0-9-]{1,80})="([^"]{1,200})"')
NUMBERED = re.compile(r"\s+-\s+[SGCT]\d{4}\Z|\s*\((?:Android|iOS|Windows|MacOS|ELF)\)\Z", re.IGNORECASE)
FAMILY_GALAXIES = {
    "stalkerware": Threat.STALKERWARE,
    "surveillance-vendor": Threat.MERCENARY,
    "mitre-malware": None,
    "mitre-mobile-attack-malware": None,
    "mitre-enterprise-attack-malware": None,
    "malpedia": None,
    "android": None,
    "rat": None,
    "banker": None,
    "backdoor": None,
    "tool": None,
    "mitre-tool": None,
    "mitre-mobile-attack-tool": None,
    "threat-actor": None,
    "mitre-intrusion-set": None,
    "360net-threat-actor": None,
}
"""Galaxies that name who or what is behind a value, the most telling first, and the class that some of them are of."""
SAID = (
    (re.compile(r"\bc(?:2|&c|nc)\b|command.{1,5}control|\bcallback\b", re.IGNORECASE), Role.C2),
    (re.compile(r"\bwebsites?\b|\bvendor page", re.IGNORECASE), Role.WEBSITE),
    (re.compile(r"\bdistribut|\bdownload (?:page|site|server)", re.IGNORECASE), Role.DISTRIBUTION),
    (re.compile(r"\bexploit|\binfection|\bphish|\bdelivered by\b", re.IGNORECASE), Role.INFECTION),
    (re.compile(r"\battacker.{1,20}account|\boperator.{1,20}account", re.IGNORECASE), Role.ATTACKER_ACCOUNT),
)

Part = tuple[Kind, str, str | None]
"""Kind, value as given, and why it is weak."""


def kind_of(said: str) -> Kind | None:
    """The kind that a type word names, whatever its case and its separators; None if it names none."""
    word = WORD.sub("-", said.strip().lower())
    return TYPES.get(word) or TYPES.get(word.replace("-", ""))


def parts(said: str, raw: str, relation: str = "", owner: str = "") -> list[Part]:
    """The values in an attribute: of `filename|sha256` two; none if its type is not one that a phone can show.

    Args:
        said: The type that the feed names.
        raw: The value; of a composite both, with a `|` between.
        relation: What the attribute is to its MISP object: `appid`, `certificate`.
        owner: The template of that object: `android-app`.

    Raises:
        ValueError: A composite type with a value that is none.
    """
    said = COMPOSITES.get(said.strip().lower(), said.strip().lower())
    if "|" in said:
        return _composite(said, raw)
    kind = related(said, relation, owner)
    return [] if kind is None else [(kind, raw, None)]


def related(said: str, relation: str, owner: str) -> Kind | None:
    """The kind of an attribute, whose object may tell more than its type."""
    kind, named = kind_of(said), kind_of(relation)
    if named is Kind.CERT_HASH:
        return SIGNED.get(kind, kind) if kind else Kind.CERT_SHA1 if said in PLAIN else None
    if owner == "process" and relation == "name":
        return Kind.PROCESS
    if kind is Kind.FILE_NAME and named is Kind.PATH:
        return named
    return named if kind is None and said in PLAIN and named in {Kind.APP_ID, Kind.PATH} else kind


def _composite(said: str, raw: str) -> list[Part]:
    first, _, second = said.partition("|")
    cut = str.rpartition if kind_of(first) is Kind.FILE_NAME else str.partition
    left, bar, right = cut(raw, "|")
    if not bar:
        raise ValueError(f"{said} without a |: {raw[:80]!r}")
    found: list[Part] = []
    hashed = kind_of(second) in DIGESTS
    for word, value, weak in (
        (first, left, BESIDE_HASH if hashed else None),
        (second, right, POINTED if kind_of(first) is Kind.DOMAIN else None),
    ):
        if (kind := kind_of(word)) is not None and value:
            found.append((kind, value, weak))
    return found


def entry(kind: Kind, raw: str, source: Source) -> Entry:
    """A value as an indicator, or a Problem at the source's place that says why it is none."""
    try:
        kind, value = normalise.indicator(kind, raw)
    except ValueError as error:
        return Problem(where="feed", message=str(error), path=source.feed, row=source.place)
    common = None if source.weak else normalise.weakness(kind, value)
    return Indicator(kind=kind, value=value, source=msgspec.structs.replace(source, weak=common) if common else source)


def entries(said: str, raw: str, source: Source, relation: str = "", owner: str = "") -> Iterable[Entry]:
    """The entries of an attribute: its values, a Problem, or Unsupported if its type is not one of a phone's."""
    try:
        found = parts(said, raw, relation, owner)
    except ValueError as error:
        return [Problem(where="feed", message=str(error), path=source.feed, row=source.place)]
    if not found:
        return [Unsupported(what=said[:40], place=source.place or "")]
    return [
        entry(kind, value, msgspec.structs.replace(source, weak=weak) if weak and not source.weak else source)
        for kind, value, weak in found
    ]


def family_of(tags: Iterable[str]) -> tuple[str | None, Threat]:
    """The family that galaxy tags name, the most telling one, and its class."""
    found: dict[str, str] = {}
    for tag in tags:
        if (one := GALAXY.search(tag)) and one[1] in FAMILY_GALAXIES:
            found.setdefault(one[1], NUMBERED.sub("", one[2]))
    for galaxy, threat in FAMILY_GALAXIES.items():
        if galaxy in found:
            return found[galaxy], threat or threat_of(found[galaxy])
    return None, Threat.UNKNOWN


def role_of(*said: str) -> Role:
    """The part a value plays, if a comment, a tag or a column says it."""
    text = " ".join(said)[:MAX_COMMENT]
    return next((role for pattern, role in SAID if pattern.search(text)), Role.UNKNOWN)
