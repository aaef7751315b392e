"""Compound patterns over records: what one record meets, what several meet together, and the whole way of a scan."""

import itertools
import json
import pickle
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import artifact, rule
from scanner.context import Context
from scanner.engine import scan
from scanner.feeds import compound as patterns
from scanner.feeds import load
from scanner.feeds.compound import Joined, Qualified, Seen
from scanner.finding import Finding
from scanner.matching.compound import Watcher
from scanner.matching.index import Index
from scanner.matching.join import join
from scanner.record import AppId, Client, Domain, Handle, Hash, Process, Record, Text, Time, Url
from scanner.record import Path as DevicePath
from scanner.synthetic import make, write_backup
from tests.backups import LITTLE
from tests.conftest import Opened

BEGIN = datetime(2024, 6, 11, 3, 12, tzinfo=UTC)
HASH = "ab" * 32


class Page(Record):
    """A record of links, texts and programs."""

    time: Time | None = None
    url: Url | None = None
    hosts: tuple[Domain, ...] = ()
    text: Text | None = None
    sender: Handle | None = None
    process: Process | None = None
    client: Client | None = None
    app: AppId | None = None
    path: DevicePath | None = None
    hash: Hash | None = None


class Number(Record):
    """A record that no pattern can speak of."""

    number: int = 0


@pytest.mark.parametrize(
    ("test", "record", "met"),
    [
        ("domain-name:value='evil.example'", Page(url="https://www.EVIL.example/x"), True),
        ("domain-name:value='evil.example'", Page(url="https://notevil.example/x"), False),
        ("domain-name:value='evil.example'", Page(text="look (at https://evil.example.)"), True),
        ("domain-name:value='evil.example'", Page(hosts=("good.example", "evil.example")), True),
        ("domain-name:value LIKE 'EVIL.%'", Page(url="https://evil.example/x"), True),
        (
            "domain-name:value='a.example' AND domain-name:value='b.example'",
            Page(hosts=("a.example", "b.example")),
            True,
        ),
        ("domain-name:value='a.example' AND domain-name:value='b.example'", Page(hosts=("a.example",)), False),
        ("domain-name:value LIKE 'a%' AND domain-name:value != 'a.example'", Page(hosts=("a.example",)), False),
        ("domain-name:value LIKE 'a%' AND domain-name:value != 'a.example'", Page(hosts=("ab.example",)), True),
        ("url:value LIKE 'https://%/get?id=_'", Page(url="https://x.example/get?id=1"), True),
        ("url:value LIKE 'https://%/get?id=_'", Page(url="https://x.example/get?id=12"), False),
        (r"url:value MATCHES '/[0-9]{4}\\.php$'", Page(text="go to http://x.example/1234.php now"), True),
        (r"url:value MATCHES '/[0-9]{4}\\.php$'", Page(url="http://x.example/123.php"), False),
        ("ipv4-addr:value ISSUBSET '192.0.2.0/24' AND EXISTS ipv4-addr:value", Page(url="http://192.0.2.9/"), True),
        ("ipv4-addr:value ISSUBSET '192.0.2.0/24' AND EXISTS ipv4-addr:value", Page(url="http://192.0.3.9/"), False),
        ("ipv4-addr:value ISSUPERSET '192.0.2.9'", Page(url="http://192.0.2.9/"), True),
        ("email-addr:value='joe@evil.example'", Page(sender="Joe@Evil.example"), True),
        ("process:name='evild'", Page(process="/usr/libexec/evild"), True),
        ("process:name='evild'", Page(client="/usr/libexec/evild"), True),
        ("process:name='evild'", Page(process="evild2"), False),
        ("process:name > 'evil'", Page(process="evild"), True),
        ("app:id='com.evil' AND app:id NOT IN ('com.other')", Page(client="com.Evil"), True),
        ("file:path='/private/var/tmp/x'", Page(path="/var/tmp/x"), True),
        ("file:path MATCHES '^/private/var/[a-z]+/x$'", Page(path="/private/var/tmp/x"), True),
        ("directory:path='/private/var/evil'", Page(path="/var/evil/deep/x"), True),
        (f"file:name='x.bin' AND file:hashes.'SHA-256'='{HASH}'", Page(path="/a/x.bin", hash=HASH), True),
        (f"file:name='x.bin' AND file:hashes.'SHA-256'='{HASH}'", Page(path="/a/y.bin", hash=HASH), False),
    ],
)
def test_one_record(test: str, record: Page, met: bool) -> None:
    watcher = Watcher((patterns.compile(f"[{test}]"),))
    assert watcher(record) == ([(0, 0)] if met else [])
    assert watcher(Number(number=5)) == []
    assert pickle.loads(pickle.dumps(watcher))(record) == watcher(record)  # noqa: S301 - our own


def test_only_likely_patterns_are_asked() -> None:
    texts = [
        f"[domain-name:value IN ('a{at}.example', 'b{at}.example') AND domain-name:value LIKE '%e']"
        for at in range(300)
    ]
    watcher = Watcher(tuple(map(patterns.compile, [*texts, "[app:id='x'] OR [url:value LIKE '%/7']"])))
    assert watcher(Page(url="https://www.b7.example/")) == [(7, 0)]
    assert watcher(Page(url="https://a9.example/7", app="X")) == [(9, 0), (300, 0), (300, 1)]
    (asked,) = watcher.asked.values()
    assert len(asked.always) == 1


def test_a_file_that_a_record_describes() -> None:
    watcher = Watcher((patterns.compile(f"[file:name='x.bin' AND file:hashes.'SHA-256'='{HASH}']"),))
    assert watcher(Page(hash=HASH), "/var/x.bin") == [(0, 0)]
    assert watcher(Page(hash=HASH)) == []


def test_a_pattern_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.matching.compound.SECONDS", 1e-9)
    watcher = Watcher((patterns.compile("[url:value MATCHES '(a+)+$']"),))
    watcher(Page(url="http://x.example/aaa"))
    assert watcher(Page(url="http://x.example/aaa")) == []
    assert "given up" in watcher.given_up[0]


def seconds(*offsets: float | None) -> list[datetime | None]:
    return [None if one is None else BEGIN + timedelta(seconds=one) for one in offsets]


@pytest.mark.parametrize(
    ("pattern", "times", "want"),
    [
        ("{} AND {}", [(0,), (9,)], (0, 1)),
        ("{} AND {}", [(0,), ()], None),
        ("{} AND {}", [(None,), (9,)], (0, 1)),
        ("{} OR {}", [(), (9,)], (0,)),
        ("{} FOLLOWEDBY {}", [(5,), (5,)], (0, 1)),
        ("{} FOLLOWEDBY {}", [(6,), (5,)], None),
        ("{} FOLLOWEDBY {}", [(None,), (5,)], None),
        ("({} FOLLOWEDBY {}) WITHIN 10 SECONDS", [(0, 50), (11, 59)], (1, 3)),
        ("({} FOLLOWEDBY {}) WITHIN 10 SECONDS", [(0, 50), (11, 61)], None),
        ("({} AND {}) WITHIN 10 SECONDS", [(0,), (10,)], (0, 1)),
        ("({} AND {}) WITHIN 10 SECONDS", [(None,), (10,)], None),
        ("{} REPEATS 3 TIMES WITHIN 10 SECONDS", [(0, 20, 24, 30)], (1, 2, 3)),
        ("{} REPEATS 3 TIMES WITHIN 10 SECONDS", [(0, 20, 24, 31)], None),
        ("{} REPEATS 2 TIMES", [(None, 3)], (0, 1)),
        ("{} START t'2024-06-11T03:12:00Z' STOP t'2024-06-11T03:12:10Z'", [(-1, 0)], (1,)),
        ("{} START t'2024-06-11T03:12:00Z' STOP t'2024-06-11T03:12:10Z'", [(-1, 10, None)], None),
        ("{} FOLLOWEDBY {} FOLLOWEDBY {}", [(0, 8), (5,), (6,)], (0, 2, 3)),
        ("({} OR {}) FOLLOWEDBY {}", [(9,), (1,), (4,)], (1, 2)),
    ],
)
def test_joined(pattern: str, times: Sequence[Sequence[float | None]], want: tuple[int, ...] | None) -> None:
    compound = patterns.compile(pattern.format(*(f"[app:id='a.{at}']" for at in range(len(times)))))
    number = itertools.count()
    found = join(compound, [[(moment, next(number)) for moment in seconds(*one)] for one in times])
    assert (None if found is None else tuple(sorted(found))) == want


def test_one_record_does_not_stand_for_two() -> None:
    compound = patterns.compile("[app:id='a.b'] AND [process:name='c']")
    moment = seconds(0)[0]
    assert join(compound, [[(moment, 1)], [(moment, 1)]]) is None
    assert join(compound, [[(moment, 1), (moment, 2)], [(moment, 1)]]) in {(1, 2), (2, 1)}


TIMES = st.lists(st.integers(0, 30), max_size=4)


@given(
    TIMES,
    TIMES,
    TIMES,
    st.sampled_from(["AND", "FOLLOWEDBY"]),
    st.sampled_from(["AND", "FOLLOWEDBY"]),
    st.integers(0, 12),
)
def test_equal_to_trying_all(  # noqa: PLR0917
    first: list[int], second: list[int], third: list[int], inner: str, outer: str, within: int
) -> None:
    """The spans that are left out never change the answer."""
    compound = patterns.compile(
        f"(([app:id='a'] {inner} [app:id='b']) {outer} [app:id='c']) WITHIN {within} SECONDS".replace(" 0 S", " 1 S")
    )
    limit = within or 1
    wanted = any(
        max(a, b, c) - min(a, b, c) <= limit and (inner == "AND" or a <= b) and (outer == "AND" or max(a, b) <= c)
        for a, b, c in itertools.product(first, second, third)
    )
    number = itertools.count()
    points = [[(moment, next(number)) for moment in seconds(*one)] for one in (first, second, third)]
    assert (join(compound, points) is not None) is wanted
    assert isinstance(compound.tree, Qualified)
    assert isinstance(compound.tree.operand, Joined)
    assert compound.tree.operand.operands[-1] == Seen(2)


MESSAGE = "[url:value LIKE 'https://parcel-lantern.example/%']"
RAN = "[process:name = 'chimerad']"


def scanned(folder: Path, opened: Opened, pattern: str, jobs: int = 1) -> list[Finding]:
    """The findings of one pattern on the synthetic phone."""
    backup, feed = folder / "backup", folder / "feed.stix2"
    if not backup.exists():
        backup.mkdir()
        write_backup(make(amount=LITTLE), backup)
    family = {"type": "malware", "id": "malware--1", "name": "Chimera"}
    one = {"type": "indicator", "id": "indicator--1", "pattern": pattern}
    link = {
        "type": "relationship",
        "relationship_type": "indicates",
        "source_ref": one["id"],
        "target_ref": family["id"],
    }
    feed.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": [family, one, link]}), encoding="utf-8")
    (loaded,) = load.load([feed])
    assert loaded.facts.indicators == len(loaded.compounds) == 1
    context = Context(
        evidence=opened(backup), index=Index(), rules=rule.chosen(("IOC",)), compounds=tuple(loaded.compounds)
    )
    outcomes = scan(context, artifact.load(), None, jobs, lambda _done, _total: None)
    found = list(outcomes)
    assert not [one.problems for one in found if one.artifact == "correlations" and one.problems]
    return [finding for one in found for finding in one.findings]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_pattern_over_two_artifacts_fires(tmp_path: Path, opened: Opened, jobs: int) -> None:
    (found,) = scanned(tmp_path, opened, f"({MESSAGE} FOLLOWEDBY {RAN}) WITHIN 3600 SECONDS", jobs)
    assert (found.rule, found.severity, found.locator.artifact) == ("IOC009", "critical", "ios.profiles.events")
    assert found.indicator is not None
    assert (found.indicator.kind, found.indicator.sources[0].family) == ("pattern", "Chimera")
    assert found.message.startswith("2 records together meet a pattern known of Chimera: ChromeVisit in /private/var")
    assert "visits row 3 at 2024-06-11 03:18:40 UTC; then ProfileEvent in /private/var" in found.message
    assert "; then " in found.message
    assert found.time is not None


def test_its_near_misses_do_not(tmp_path: Path, opened: Opened) -> None:
    assert not scanned(tmp_path, opened, f"({MESSAGE} FOLLOWEDBY {RAN}) WITHIN 19 SECONDS")
    assert scanned(tmp_path, opened, f"({MESSAGE} FOLLOWEDBY {RAN}) WITHIN 20 SECONDS")
    late = "START t'2024-07-01T00:00:00Z' STOP t'2025-01-01T00:00:00Z'"
    assert not scanned(tmp_path, opened, f"({MESSAGE} FOLLOWEDBY {RAN}) {late}")
    assert not scanned(tmp_path, opened, f"{MESSAGE} FOLLOWEDBY [process:name = 'chimera']")
