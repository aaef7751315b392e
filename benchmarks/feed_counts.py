"""The indicators of STIX files, counted without Bridle: json and one regular expression."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from scanner.feeds.load import load

COMPARISON = re.compile(r"([\w-]+:[\w.'-]+)\s*=\s*'((?:[^'\\]|\\.)*)'")
HOSTS = "domain, ip or url"
"""One group: feeds write addresses and links where domains belong, and Bridle puts them right."""
GROUPS = {
    "domain-name:value": HOSTS, "ipv4-addr:value": HOSTS, "ipv6-addr:value": HOSTS, "url:value": HOSTS,
    "email-addr:value": "email", "process:name": "process", "file:name": "file_name", "file:path": "path",
    "file:hashes.md5": "md5", "file:hashes.sha1": "sha1", "file:hashes.sha256": "sha256", "app:id": "app_id",
    "app:cert.md5": "cert_md5", "app:cert.sha1": "cert_sha1", "app:cert.sha256": "cert_sha256",
    "configuration-profile:id": "profile", "android-property:name": "android_property",
}  # fmt: skip
OURS = dict.fromkeys(("domain", "ip", "cidr", "url"), HOSTS)


def independent(file: Path) -> Counter[str]:
    """Different values of a STIX file by kind."""
    patterns = (str(one.get("pattern", "")) for one in json.loads(file.read_bytes())["objects"])
    found = {(name(path), value.strip().lower()) for one in patterns for path, value in COMPARISON.findall(one)}
    return Counter(group for group, _ in found)


def name(path: str) -> str:
    """The kind that an object path of a pattern speaks of; the path itself where it is not known here."""
    plain = path.lower().replace("'", "").replace("sha-", "sha")
    return GROUPS.get(plain, plain)


def ours(file: Path) -> tuple[Counter[str], int]:
    """The same by Bridle, and how many entries it refused with a word."""
    feeds = load([file])
    found = {(one.kind, one.value) for feed in feeds for one in feed.indicators}
    refused = sum(feed.facts.unsupported + len(feed.facts.problems) for feed in feeds)
    return Counter(OURS.get(kind.value, kind.value) for kind, _ in found), refused


def compared(feeds: Path) -> Iterator[tuple[str, object, object]]:
    """For every STIX file: what it is, the independent counts, ours; refused entries are the difference, if told."""
    for file in sorted(feeds.rglob("*.stix2")):
        wanted, (found, refused) = independent(file), ours(file)
        if wanted.total() - found.total() == refused:
            wanted -= wanted - found
        yield f"feed {file.name}, {refused} refused", dict(sorted(wanted.items())), dict(sorted(found.items()))
    for file in sorted([*feeds.rglob("*.yar"), *feeds.rglob("*.yara")]):
        yield f"feed {file.name}", 1, sum(len(feed.yara) for feed in load([file]))
