"""What the doctor says can fire is what the index really compares, on what the evidence really holds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner import doctor
from scanner.evidence import Evidence
from scanner.feeds import compound
from scanner.feeds.model import Feed, Indicator
from scanner.finding import FeedFacts, Source
from scanner.matching.index import Index
from scanner.record import Kind
from scanner.synthetic import make, write_backup
from tests.backups import LITTLE, TCC

DIGESTS = {Kind.MD5: "a1" * 16, Kind.SHA1: "b2" * 20, Kind.SHA256: "c3" * 32, Kind.SHA512: "d4" * 64}
CERTIFICATES = {Kind.CERT_MD5: "a5" * 16, Kind.CERT_SHA1: "b6" * 20, Kind.CERT_SHA256: "c7" * 32}
VALUES = {
    Kind.DOMAIN: "evil.example",
    Kind.URL: "https://shop.example/evil",
    Kind.IP: "203.0.113.9",
    Kind.CIDR: "198.51.100.0/24",
    Kind.EMAIL: "evil@mail.example",
    Kind.PHONE: "+15550100123",
    Kind.PROCESS: "chimerad",
    Kind.PATH: "/opt/chimera/",
    Kind.FILE_NAME: "chimera.bin",
    Kind.APP_ID: "org.example.chimera",
    Kind.PROFILE: "ORG.EXAMPLE.PROFILE",
    Kind.CERT_ORGANISATION: "example srl",
    Kind.ANDROID_PROPERTY: "example.property",
    **DIGESTS,
    **CERTIFICATES,
}
"""One indicator of every kind."""
OBSERVED = [
    *VALUES.values(),
    "http://evil.example/x",
    "http://203.0.113.9/x",
    "http://198.51.100.7/",
    "198.51.100.7",
    "a@evil.example",
    "a@[203.0.113.9]",
    "a@203.0.113.9",
    "a@198.51.100.7",
    "/usr/bin/chimerad",
    "/opt/chimera/x",
    "/x/chimera.bin",
]
"""What fields of some kind may hold."""


def feed(*kinds: Kind) -> Feed:
    source = Source(feed="f", place="p")
    made = Feed(facts=FeedFacts(id="f", name="f", path="f", sha256=""))
    made.indicators = [Indicator(kind=kind, value=VALUES[kind], source=source) for kind in kinds]
    return made


@pytest.mark.parametrize("field", list(doctor.REACHES), ids=str)
def test_a_field_reaches_what_the_index_compares_it_with(field: Kind) -> None:
    index = Index(feed(*VALUES).indicators)
    met = {one.known.kind for value in OBSERVED for one in index.looks[field](value)}
    assert met == set(doctor.REACHES[field])


def test_every_kind_of_field_is_known() -> None:
    assert set(doctor.REACHES) == set(Index().looks)


def test_without_evidence_over_all_artifacts() -> None:
    made = doctor.diagnose([feed(Kind.DOMAIN, Kind.ANDROID_PROPERTY)])
    domain, android = sorted(made.kinds, key=lambda one: one.kind is Kind.ANDROID_PROPERTY)
    assert {"ios.safari.history", "android.chrome.history"} <= set(domain.artifacts)
    assert (domain.indicators, domain.never) == (1, None)
    assert "android.properties.listed" in android.artifacts
    assert (made.can, made.never) == (2, 0)


@pytest.fixture
def bare(tmp_path: Path, opened: Callable[[Path], Evidence]) -> Evidence:
    """A backup with one database and nothing else of the phone."""
    phone = make(amount=LITTLE, planted=False)
    phone.items = {TCC: phone.items[TCC]}
    write_backup(phone, tmp_path / "bare")
    return opened(tmp_path / "bare")


def test_only_artifacts_whose_files_are_there(bare: Evidence) -> None:
    made = {one.kind: one for one in doctor.diagnose([feed(*VALUES)], bare).kinds}
    assert "ios.tcc.access" in made[Kind.APP_ID].artifacts
    assert "ios.safari.history" not in made[Kind.DOMAIN].artifacts
    assert made[Kind.SHA512].artifacts[0] == "contents"
    gone = made[Kind.CERT_SHA1]
    assert (gone.artifacts, gone.never) == ([], doctor.NOT_THERE + "ios.profiles.installed")
    lines = doctor.text(doctor.diagnose([feed(*VALUES)], bare))
    assert f"! cert_sha1: 1 indicators can never fire: {gone.never}" in lines


def test_compound_patterns() -> None:
    some = feed()
    some.compounds = [
        compound.compile("[process:name = 'x' AND process:name != 'y']"),
        compound.compile("[android-property:name = 'x'] AND [app:id = 'y']"),
        compound.compile("[android-property:name = 'x'] OR [app:id = 'y']"),
    ]
    shown = frozenset({Kind.PROCESS, Kind.FILE_NAME, Kind.APP_ID})
    assert [doctor.met(one.tree, one, shown) for one in some.compounds] == [True, False, True]
    made = doctor.diagnose([some])
    assert made.compounds + len(made.compounds_never) == len(some.compounds)
