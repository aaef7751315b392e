"""The table of severities in docs/indicators.md, line by line."""

import pytest

from scanner.finding import Severity, Source, word
from scanner.matching.index import Known, Sighting
from scanner.matching.judge import Judgement, judge
from scanner.record import Kind, Stage

VALUES = {
    Kind.DOMAIN: "evil.example", Kind.URL: "https://evil.example/x", Kind.IP: "192.0.2.7",
    Kind.EMAIL: "joe@evil.example", Kind.PROCESS: "evilprocess", Kind.PATH: "/var/evil", Kind.APP_ID: "com.evil.app",
    Kind.SHA256: "ab" * 32, Kind.CERT_SHA1: "ab" * 20, Kind.PROFILE: "AB-CD", Kind.ANDROID_PROPERTY: "sys.evil",
}  # fmt: skip
PRESENT = [kind for kind in VALUES if kind not in {Kind.DOMAIN, Kind.URL, Kind.IP, Kind.EMAIL}]


def judged(
    kind: Kind, stage: Stage, *sources: dict[str, str], value: str | None = None, weaker: str | None = None
) -> Judgement:
    known = Known(kind, value or VALUES[kind], tuple(Source(feed="lab", **one) for one in sources))  # type: ignore[arg-type]
    return judge(Sighting(known, known.value, weaker), stage)


def severity(kind: Kind, stage: Stage, **source: str) -> str:
    return word(judged(kind, stage, source).severity)


@pytest.mark.parametrize("kind", PRESENT)
def test_what_was_on_the_phone_is_critical(kind: Kind) -> None:
    for threat in ("mercenary", "stalkerware", "unknown"):
        found = judged(kind, Stage.NONE, {"threat": threat, "role": "website"})
        assert (found.severity, found.stage, found.confidence) == (Severity.CRITICAL, Stage.PRESENCE, "high")


@pytest.mark.parametrize("kind", list(VALUES))
@pytest.mark.parametrize("threat", ["watchware", "dual-use"])
def test_what_people_install_on_purpose_is_information(kind: Kind, threat: str) -> None:
    assert severity(kind, Stage.EXECUTION, threat=threat, role="c2") == "info"


@pytest.mark.parametrize(
    ("threat", "role", "reached", "visited"),
    [
        ("mercenary", "unknown", "high", "critical"),
        ("mercenary", "c2", "high", "critical"),
        ("mercenary", "website", "high", "critical"),
        ("unknown", "unknown", "high", "critical"),
        ("stalkerware", "c2", "high", "high"),
        ("stalkerware", "distribution", "medium", "medium"),
        ("stalkerware", "website", "low", "low"),
        ("stalkerware", "unknown", "low", "medium"),
    ],
)
def test_addresses_count_by_class_role_and_stage(threat: str, role: str, reached: str, visited: str) -> None:
    for kind in (Kind.DOMAIN, Kind.URL, Kind.IP, Kind.EMAIL):
        assert severity(kind, Stage.DELIVERY, threat=threat, role=role) == reached
        assert severity(kind, Stage.VISIT, threat=threat, role=role) == visited


@pytest.mark.parametrize(
    ("weak", "weaker", "want"),
    [
        (None, "the observed name is cut at 15 characters", "high"),
        ("expired on 2020-01-01", None, "high"),
        ("low confidence of its feed: 10 of 100", None, "high"),
        ("revoked", None, "medium"),
        ("withdrawn on 2020-01-01", None, "medium"),
        ("a name of 2 characters", None, "medium"),
        ("it is a common name; its maker says so", None, "medium"),
        ("expired on 2020-01-01; a name of 2 characters", None, "low"),
        ("revoked; expired on 2020-01-01", None, "low"),
        ("revoked", "cut", "low"),
        ("revoked; expired on 2020-01-01; a name of 2 characters", "cut", "low"),
    ],
)
def test_doubts_take_steps_and_are_all_said(weak: str | None, weaker: str | None, want: str) -> None:
    source = {"weak": weak} if weak else {}
    found = judged(Kind.PROCESS, Stage.EXECUTION, source, weaker=weaker)
    assert (word(found.severity), found.confidence) == (want, "low")
    for said in (*(weak or "").split("; "), weaker or ""):
        assert said in found.reason


def test_a_name_that_everybody_meets_is_low_and_says_why() -> None:
    found = judged(Kind.DOMAIN, Stage.VISIT, {"threat": "mercenary"}, value="appspot.com")
    assert (found.severity, found.confidence) == (Severity.LOW, "low")
    assert "everybody" in found.reason
    assert "shared hosting" in found.reason
    assert judged(Kind.DOMAIN, Stage.VISIT, {}, value="evil.appspot.com").severity == Severity.CRITICAL


def test_the_source_that_gives_most_reason_decides() -> None:
    """A feed that withdrew a value does not silence another that stands by it."""
    assert judged(Kind.DOMAIN, Stage.VISIT, {"weak": "revoked"}, {"threat": "mercenary"}).severity == Severity.CRITICAL


def test_information_stays_information() -> None:
    found = judged(Kind.DOMAIN, Stage.VISIT, {"threat": "watchware"}, value="life360.com")
    assert found.severity == Severity.INFO
