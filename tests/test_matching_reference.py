"""The index against a reference that is slow and obviously right, over names made so that near misses abound."""

import re
from collections.abc import Iterator
from random import Random

import pytest

from scanner.feeds.model import Indicator
from scanner.finding import Source
from scanner.matching.index import Index
from scanner.record import Kind

LABELS = ("evil", "notevil", "evi", "evil-x", "a", "b", "www", "com", "example", "org", "xn--bcher-kva", "co", "uk")
FOLDERS = ("private", "var", "tmp", "stop", "stopwatch", "l", "ll", "db", "x.bin", "y.plist", "Library", "mobile")
CASES = 25_000


def index(kind: Kind, values: set[str]) -> Index:
    return Index(Indicator(kind=kind, value=value, source=Source(feed="test")) for value in values)


def host(random: Random) -> str:
    return ".".join(random.choices(LABELS, k=random.randint(2, 5)))


def path(random: Random) -> str:
    return "/" + "/".join(random.choices(FOLDERS, k=random.randint(1, 6)))


def hosts_above(name: str) -> Iterator[str]:
    labels = name.split(".")
    yield from (".".join(labels[at:]) for at in range(len(labels)))


def wanted_hosts(indicators: set[str], name: str) -> set[str]:
    """By the letter of the rule: it equals the indicator, or ends with a dot and the indicator."""
    found = {one for one in indicators if name == one or name.endswith("." + one)}
    return found or {one for one in indicators if one == "www." + name}


@pytest.mark.parametrize("seed", range(4))
def test_hosts(seed: int) -> None:
    random = Random(seed)
    indicators = {host(random) for _ in range(60)}
    found = index(Kind.DOMAIN, indicators)
    for _ in range(CASES):
        name = host(random)
        url = random.choice(("https://{}/", "http://u@{}:8080/x?y=1", "//{}", "{}/a", "https://{}?q", "HTTPS://{}./#z"))
        assert {one.known.value for one in found.url(url.format(name))} == wanted_hosts(indicators, name), (url, name)
        assert {one.known.value for one in found.domain(name)} == wanted_hosts(indicators, name), name


@pytest.mark.parametrize("seed", range(2))
def test_free_text(seed: int) -> None:
    random = Random(seed)
    indicators = {host(random) for _ in range(40)}
    found = index(Kind.DOMAIN, indicators)
    for _ in range(CASES // 5):
        names = [host(random) for _ in range(random.randint(0, 3))]
        text = " ".join(
            random.choice(("see {}", "({})", "https://{}/x", "{}!", "=> {},")).format(name) for name in names
        )
        tokens = {token.strip(".-").lower() for token in re.findall(r"[\w.-]+", text) if "." in token}
        wanted = set().union(*(wanted_hosts(indicators, token) for token in tokens))
        assert {one.known.value for one in found.text(text)} == wanted, text


def short(value: str) -> str:
    return value.removeprefix("/private") if re.match(r"/private/(var|tmp)(/|$)", value) else value


@pytest.mark.parametrize("seed", range(4))
def test_paths(seed: int) -> None:
    random = Random(seed)
    indicators = {short(path(random)) + random.choice(("", "/")) for _ in range(40)}
    indicators |= {path(random).strip("/") for _ in range(10)}
    found = index(Kind.PATH, indicators)
    for _ in range(CASES):
        value = path(random)
        plain = short(value)
        wanted = {
            one
            for one in indicators
            if (one[0] == "/" and (plain == one.rstrip("/") or plain.startswith(one.rstrip("/") + "/")))
            or (one[0] != "/" and plain.endswith("/" + one))
        }
        got = {one.known.value.rstrip("/") for one in found.path(value)}
        assert got == {one.rstrip("/") for one in wanted}, value


def test_accounts() -> None:
    random = Random(7)
    indicators = {f"{random.choice(('a', 'ab', 'b.a'))}@{host(random)}" for _ in range(40)}
    found = index(Kind.EMAIL, indicators)
    for _ in range(CASES):
        value = f"{random.choice(('a', 'ab', 'b.a', 'xa'))}@{host(random)}"
        dressed = random.choice(("{}", "mailto:{}", "E:{}", "Ada <{}>")).format(
            value.upper() if random.random() < 0.3 else value
        )
        assert {one.known.value for one in found.email(dressed)} == {one for one in indicators if one == value}, dressed
