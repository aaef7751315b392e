"""What matches and, as much, what does not: fixed semantics for each kind."""

import pytest

from scanner.feeds import normalise
from scanner.feeds.model import Indicator
from scanner.finding import Severity, Source
from scanner.matching.index import Index
from scanner.matching.judge import judge
from scanner.record import Email, FileName, Handle, Hash, Kind, Path, Process, ProfileId, Record, Stage, Text, Url


class Everything(Record):
    """A record with a field of each kind."""

    url: Url | None = None
    text: Text | None = None
    process: Process | None = None
    path: Path | None = None
    name: FileName | None = None
    email: Email | None = None
    handle: Handle | None = None
    digest: Hash | None = None
    profile: ProfileId | None = None
    links: tuple[Url, ...] = ()


def index(**values: str | tuple[str, ...]) -> Index:
    """An index of some values by kind."""
    made = []
    for kind, several in values.items():
        for value in (several,) if isinstance(several, str) else several:
            found, normal = normalise.indicator(Kind(kind), value)
            made.append(Indicator(kind=found, value=normal, source=Source(feed="test", family="Test")))
    return Index(made)


def hits(found: Index, **fields: object) -> list[str]:
    """The values of the indicators that a record meets."""
    return [sighting.known.value for _, sighting in found.hits(Everything(**fields))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/", "http://EVIL.example", "https://a.b.evil.example/x?y=z#f", "https://evil.example:8443/",
        "https://user:word@evil.example/", "https://evil.example./", "https:\\\\evil.example\\x", "//evil.example/x",
        "evil.example/x", "https://www.evil.example", "HTTPS://Evil.Example?x",
    ],
)  # fmt: skip
def test_a_host_at_any_depth(url: str) -> None:
    assert hits(index(domain="evil.example"), url=url) == ["evil.example"]


@pytest.mark.parametrize(
    "url",
    [
        "https://notevil.example/", "https://evil.example.org/", "https://evil.examples/", "https://example/",
        "https://evil-example/", "https://good.example/?u=evil.example", "https://good.example/evil.example",
        "https://evil.example@good.example/", "https://good.example/#evil.example", "https://my_evil.example/", "",
    ],
)  # fmt: skip
def test_near_misses_of_a_host(url: str) -> None:
    assert hits(index(domain="evil.example"), url=url) == []


def test_a_deeper_indicator_does_not_name_its_parent() -> None:
    deep = index(domain="c2.evil.example")
    assert hits(deep, url="https://x.c2.evil.example/")
    assert not hits(deep, url="https://evil.example/")


def test_www_names_the_site_too_but_weaker() -> None:
    ((_, sighting),) = index(domain="www.evil.example").hits(Everything(url="https://evil.example/"))
    assert sighting.weaker


def test_unicode_names() -> None:
    found = index(domain="bücher-evil.example")
    assert hits(found, url="https://xn--bcher-evil-9db.example/") == hits(found, url="https://BÜCHER-evil.example/x")
    assert hits(found, text="siehe bücher-evil.example!") == ["xn--bcher-evil-9db.example"]


def test_addresses() -> None:
    found = index(ip="1.2.3.4", cidr="198.51.100.0/24")
    assert hits(found, url="http://1.2.3.4:8080/x") == ["1.2.3.4"]
    assert hits(found, url="http://[::ffff:1.2.3.4]/") == ["1.2.3.4"]
    assert hits(found, url="http://198.51.100.77/") == ["198.51.100.0/24"]
    assert hits(found, text="from 198.51.100.9 and 1.2.3.4.") == ["1.2.3.4", "198.51.100.0/24"]
    for near in ("http://11.2.3.45/", "http://11.2.3.4/", "http://1.2.3.45/", "http://1.2.3.4.example/"):
        assert not hits(found, url=near)
        assert not hits(found, text=f"see {near} now")


def test_links() -> None:
    found = index(url=("https://files.example/share?id=1", "http://host.example/dir/"))
    assert hits(found, url="https://files.example/share?id=1") == ["https://files.example/share?id=1"]
    assert hits(found, url="http://FILES.example:80/share?id=1&x=2#y")
    assert hits(found, text="(http://host.example/dir/page.html).")
    for near in ("https://files.example/share?id=12", "https://files.example/share", "http://host.example/directory"):
        assert not hits(found, url=near)
        assert not hits(found, text=f"see {near}")


@pytest.mark.parametrize(
    "text",
    [
        "see https://evil.example/x.", "(evil.example)", "EVIL.EXAMPLE", "go to www.evil.example, now", "evil.example",
        "https://u@evil.example:1/", '<a href="http://evil.example">', "x=evil.example;y", "İ evil.example",
    ],
)  # fmt: skip
def test_text_holds_a_name(text: str) -> None:
    assert hits(index(domain="evil.example"), text=text) == ["evil.example"]


@pytest.mark.parametrize(
    "text", ["notevil.example", "evil.example.org", "evil.examples", "devil.example-x", "evil example"]
)
def test_near_misses_in_text(text: str) -> None:
    assert hits(index(domain="evil.example"), text=f"see {text} there") == []


def test_one_name_does_not_hide_another() -> None:
    found = index(domain=("shop.com", "evil.example", "com.evil.example"))
    assert set(hits(found, text="shop.com.evil.example")) == {"evil.example", "com.evil.example"}


def test_accounts() -> None:
    found = index(email="bad@mail.example", phone="+1 555 010 0177", domain="evil.example")
    assert hits(found, email="BAD@mail.example") == ["bad@mail.example"]
    assert hits(found, handle="mailto:bad@mail.example")
    assert hits(found, text="write to bad@mail.example.") == ["bad@mail.example"]
    assert (
        hits(found, handle="15550100177@s.whatsapp.net") == hits(found, handle="+1 (555) 010-0177") == ["+15550100177"]
    )
    assert hits(found, handle="x@evil.example") == ["evil.example"]
    for near in ("xbad@mail.example", "bad@mail.example.org", "bad@amail.example"):
        assert not hits(found, email=near)
        assert not hits(found, text=f"write to {near}!")
    assert not hits(found, handle="+15550100178")


def test_processes() -> None:
    found = index(process=("roleaboutd", "averylongprocessname"))
    assert hits(found, process="roleaboutd") == hits(found, process="/private/var/db/x/roleaboutd") == ["roleaboutd"]
    for near in ("roleaboutd2", "Roleaboutd", "xroleaboutd", "roleabout", "averylongproces_"):
        assert not hits(found, process=near)
    for cut in ("averylongproces", "averylongprocess"):
        ((_, sighting),) = found.hits(Everything(process=cut))
        assert sighting.weaker
    assert not hits(found, process="averylongproce")


def test_paths() -> None:
    found = index(
        path=("/private/var/tmp/stop", "/private/var/db/staging/", "Library/Preferences/com.evil.plist"),
        file_name="implant.bin",
    )
    for path in (
        "/private/var/tmp/stop", "/var/tmp/stop", "/var//tmp/stop", "/private/var/tmp/stop/x", "/var/db/staging/a/b",
        "/var/db/staging", "/private/var/mobile/Library/Preferences/com.evil.plist", "/x/implant.bin",
    ):  # fmt: skip
        assert hits(found, path=path), path
    for path in (
        "/private/var/tmp/stopwatch.log", "/private/var/db/staging2/x", "/x/private/var/tmp/stop", "/implant.bin.txt",
        "/private/var/mobile/MyLibrary/Preferences/com.evil.plist", "/x/ximplant.bin", "/var/tmp",
    ):  # fmt: skip
        assert not hits(found, path=path), path
    assert hits(found, name="implant.bin")


def test_hashes_and_profiles() -> None:
    digest = "ab" * 32
    found = index(sha256=digest, profile="0D0C5EED-0000-4000-8000-00000000AAAA")
    assert hits(found, digest=digest.upper()) == [digest]
    assert hits(found, text=f"sha256 {digest}, seen") == [digest]
    assert not hits(found, text=f"sha256 a{digest}")
    assert not hits(found, digest=digest[:40])
    assert hits(found, profile="0d0c5eed-0000-4000-8000-00000000aaaa")
    assert not hits(found, profile="0D0C5EED")


def test_all_sources_of_a_value_are_kept() -> None:
    one, two = (
        Indicator(kind=Kind.DOMAIN, value="evil.example", source=Source(feed=feed, family=feed)) for feed in ("a", "b")
    )
    ((_, sighting),) = Index([one, two, one]).hits(Everything(links=("https://good.example/", "https://evil.example/")))
    assert [source.feed for source in sighting.known.sources] == ["a", "b"]


@pytest.mark.parametrize(
    ("threat", "role", "stage", "severity"),
    [
        ("mercenary", "unknown", Stage.VISIT, Severity.CRITICAL),
        ("mercenary", "unknown", Stage.DELIVERY, Severity.HIGH),
        ("stalkerware", "website", Stage.VISIT, Severity.LOW),
        ("stalkerware", "c2", Stage.VISIT, Severity.HIGH),
        ("watchware", "unknown", Stage.VISIT, Severity.INFO),
    ],
)
def test_what_a_host_means(threat: str, role: str, stage: Stage, severity: Severity) -> None:
    source = Source(feed="test", threat=threat, role=role)
    found = Index([Indicator(kind=Kind.DOMAIN, value="evil.example", source=source)])
    ((_, sighting),) = found.hits(Everything(url="https://evil.example/"))
    assert judge(sighting, stage).severity is severity


def test_a_weak_value_counts_less() -> None:
    source = Source(feed="test", threat="mercenary", weak="a short name")
    ((_, sighting),) = Index([Indicator(kind=Kind.PROCESS, value="bh", source=source)]).hits(Everything(process="bh"))
    assert judge(sighting, Stage.EXECUTION).severity is Severity.MEDIUM


def test_a_certificates_organisation_counts_less() -> None:
    made = index(cert_organisation="Example  SRL")
    (found,) = list(made.cert_organisation("EXAMPLE srl"))
    assert found.weaker
    assert not made.cert_organisation("Example SRL & Sons")
    with pytest.raises(ValueError, match="anybody"):
        index(cert_organisation="Android")
