"""Every rule of lint fires on what it is about, and is silent on its near miss."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from scanner.feeds import lint, lint_sarif, warninglists
from scanner.feeds.lint import Lint, Options, Remark
from scanner.feeds.lint_model import Subject
from scanner.feeds.model import Feed as Loaded
from scanner.feeds.model import Indicator
from scanner.finding import FeedFacts, Source
from scanner.record import Kind

MALWARE = "malware--00000000-0000-4000-8000-000000000000"
Feed = Callable[..., Path]


def uuid(at: int) -> str:
    return str(UUID(int=at, version=4))


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    """A STIX file whose indicators all belong to one family, and what else is given."""

    def write(*patterns: str, more: tuple[dict[str, Any], ...] = (), **bundle: str) -> Path:
        objects: list[dict[str, Any]] = [{"type": "malware", "id": MALWARE, "name": "Chimera"}]
        for at, pattern in enumerate(patterns, 1):
            name = f"indicator--{uuid(at)}"
            objects.append({"type": "indicator", "id": name, "pattern": pattern})
            link = {"relationship_type": "indicates", "source_ref": name, "target_ref": MALWARE}
            objects.append({"type": "relationship", "id": f"relationship--{uuid(at)}", **link})
        path = tmp_path / "chimera.stix2"
        made = {"type": "bundle", "id": f"bundle--{uuid(0)}"} | bundle | {"objects": [*objects, *more]}
        path.write_text(json.dumps(made, indent=1), encoding="utf-8")
        return path

    return write


def said(made: Lint, *rules: str) -> list[tuple[str, str, str | None]]:
    return [(one.rule, one.level.value, one.value) for one in made.remarks if not rules or one.rule in rules]


def domain(*names: str) -> list[str]:
    return [f"[domain-name:value='{name}']" for name in names]


def test_a_sound_feed_has_nothing_to_say_about(feed: Feed) -> None:
    made = lint.lint([feed(*domain("evil.example", "xevil.example"), "[process:name='chimerad']")])
    assert (made.files, made.indicators, made.remarks) == (1, 3, [])
    assert made.counts == {"error": 0, "warning": 0, "note": 0}
    assert lint.exit_code(made) == 0


@pytest.mark.parametrize(
    ("pattern", "rule", "level", "near"),
    [
        ("[domain-name:value='nodot']", "FEED002", "error", "[domain-name:value='dot.example']"),
        ("[file:hashes.md5='abc']", "FEED002", "error", f"[file:hashes.md5='{'ab' * 16}']"),
        ("[domain-name:value='198.51.100.7']", "FEED003", "error", "[ipv4-addr:value='198.51.100.7']"),
        ("[domain-name:value='evil.example/x']", "FEED003", "error", "[url:value='http://evil.example/x']"),
        ("[file:name='/opt/evil/x']", "FEED003", "error", "[file:path='/opt/evil/x']"),
        ("[domain-name:value='evil[.]example']", "FEED004", "warning", "[domain-name:value='evil.example']"),
        ("[domain-name:value='*.evil.example']", "FEED004", "warning", "[domain-name:value='evil.example']"),
        ("[domain-name:value='evil.comv']", "FEED005", "note", "[domain-name:value='evil.com']"),
        ("[domain-name:value='www.evil.example']", "FEED006", "note", "[domain-name:value='www2.evil.example']"),
        ("[process:name='bh']", "FEED007", "warning", "[process:name='chimerad']"),
        ("[process:name='chimra']", "FEED007", "note", "[process:name='chimera']"),
        ("[file:path='/private/var/tmp/stop']", "FEED007", "note", "[file:path='/private/var/tmp/st-op.1']"),
        ("[file:path='/private/var/wireless/']", "FEED008", "error", "[file:path='/private/var/wireless/evil/']"),
        ("[file:path='Library/evil.plist']", "FEED009", "note", "[file:path='/Library/evil.plist']"),
    ],
)
def test_values(feed: Feed, pattern: str, rule: str, level: str, near: str) -> None:
    made = lint.lint([feed("[app:id='org.example.a']", pattern)])
    (one,) = made.remarks
    assert (one.rule, one.level) == (rule, level)
    assert one.place == f"objects[3] indicator--{uuid(2)}"
    assert one.line is not None
    assert uuid(2) in Path(one.path).read_text(encoding="utf-8").splitlines()[one.line - 1]
    assert lint.exit_code(made) == (1 if level == "error" else 0)
    assert not lint.lint([feed("[app:id='org.example.a']", near)]).remarks


def test_duplicates_and_what_a_parent_covers(feed: Feed) -> None:
    made = lint.lint([feed(*domain("evil.example", "a.evil.example", "EVIL.example", "notevil.example"))])
    assert said(made) == [("FEED020", "warning", "evil.example"), ("FEED021", "note", "a.evil.example")]


def test_a_value_that_entries_repeat_is_one_remark(tmp_path: Path) -> None:
    """Each row of samples names its app again beside its hash; the last row has nothing new in it."""
    rows = [("a1" * 32, "org.example.app"), ("b2" * 32, "org.example.app"), ("b2" * 32, "org.example.app")]
    made = Loaded(facts=FeedFacts(id="f", name="f", path="f", sha256=""))
    made.indicators = [
        Indicator(kind=kind, value=value, source=Source(feed="f", family="Chimera", place=f"line {line}"))
        for line, row in enumerate(rows, 1)
        for kind, value in zip((Kind.SHA256, Kind.APP_ID), row, strict=True)
    ]
    assert [(one.message, one.line) for one in lint.remarks(Subject(tmp_path / "f.csv", made, b""))] == [
        (f"sha256 {'b2' * 32} is listed 2 times, first at line 2", 3),
        ("app_id org.example.app is listed 2 times, first at line 1", 3),
    ]


def test_one_entry_for_two_families_is_no_duplicate(feed: Feed) -> None:
    other = "malware--00000000-0000-4000-8000-000000000001"
    link = {"relationship_type": "indicates", "source_ref": f"indicator--{uuid(1)}", "target_ref": other}
    more = (
        {"type": "malware", "id": other, "name": "Other"},
        {"type": "relationship", "id": f"relationship--{uuid(9)}", **link},
    )
    assert not lint.lint([feed("[app:id='org.example.a']", more=more)]).remarks


def test_the_allow_list(feed: Feed) -> None:
    made = lint.lint([feed(*domain("apple.com", "push.apple.com", "notapple.com"))])
    assert said(made, "FEED022") == [("FEED022", "error", "apple.com"), ("FEED022", "note", "push.apple.com")]


def test_warning_lists(feed: Feed, tmp_path: Path) -> None:
    about = ["domain", "hostname", "url"]
    for name, form, listed, attributes in (
        ("string", "string", ["exact.example"], about),
        ("hostname", "hostname", ["mail.big.example", ".shared.example"], about),
        ("cidr", "cidr", ["198.51.100.0/24"], ["ip-dst"]),
        ("substring", "substring", ["tracker"], about),
        ("regex", "regex", [r"/^cdn[0-9]+\./i", "^(a+)+$", "("], about),
    ):
        folder = tmp_path / "warninglists" / "lists" / name
        folder.mkdir(parents=True)
        document = {"name": name, "type": form, "list": listed, "matching_attributes": attributes}
        (folder / "list.json").write_text(json.dumps(document), encoding="utf-8")
    names = ("exact.example", "x.exact.example", "big.example", "a.shared.example", "mytrackers.example")
    path = feed(
        *domain(*names, "cdn7.example", "cdn.example", "a" * 60 + ".example"), "[ipv4-addr:value='198.51.100.9']"
    )
    made = lint.lint([path], Options(warninglists=tmp_path / "warninglists"))
    assert sorted(said(made, "FEED023")) == [
        ("FEED023", "note", "a.shared.example"),
        ("FEED023", "warning", "198.51.100.9"),
        ("FEED023", "warning", "big.example"),
        ("FEED023", "warning", "cdn7.example"),
        ("FEED023", "warning", "exact.example"),
        ("FEED023", "warning", "mytrackers.example"),
    ]
    with pytest.raises(ValueError, match="holds no warning lists"):
        lint.lint([path], Options(warninglists=tmp_path / "nowhere"))


@pytest.mark.parametrize("pattern", ["^(a+)+$", "(a|aa)*b", "(a*)*", r"(a)\1", "(?=a)a", "(", "a" * 400, "[a"])
def test_regular_expressions_that_could_take_long_are_left_out(pattern: str) -> None:
    assert warninglists.bounded(pattern) is None


def test_dead_kinds(feed: Feed) -> None:
    path = feed("[app:id='org.example.a']", "[android-property:name='example.on']")
    assert [one.message for one in lint.lint([path], Options(exposed=frozenset({Kind.APP_ID}))).remarks] == [
        "1 indicators of the kind android_property, which nothing that this version reads can show"
    ]


def test_ids_and_references(feed: Feed) -> None:
    name = f"indicator--{uuid(1)}"
    link = {"type": "relationship", "relationship_type": "indicates"}
    more = (
        {"type": "indicator", "id": "indicator--7", "pattern": "[app:id='org.example.b']"},
        {"type": "indicator", "id": name, "pattern": "[app:id='org.example.c']"},
        {**link, "id": f"relationship--{uuid(7)}", "source_ref": name, "target_ref": f"malware--{uuid(66)}"},
    )
    made = lint.lint([feed("[app:id='org.example.a']", more=more, id="bundle--merged")])
    assert said(made) == [
        ("FEED030", "error", "bundle--merged"),
        ("FEED030", "error", "indicator--7"),
        ("FEED031", "warning", name),
        ("FEED032", "warning", f"malware--{uuid(66)}"),
        ("FEED033", "warning", "indicator--7"),
    ]


def test_the_strict_oracle(feed: Feed) -> None:
    time = "2026-01-01T00:00:00.000Z"
    sound = {"spec_version": "2.1", "created": time, "modified": time, "valid_from": time, "pattern_type": "stix"}
    ends = {"pattern": "[domain-name:value='evil.example']"}, {"pattern": "[domain-name:value=evil.example]"}
    more = tuple(
        {"type": "indicator", "id": f"indicator--{uuid(at)}", **sound, **end} for at, end in enumerate(ends, 7)
    )
    path = feed(more=more)
    refused = [one for one in lint.lint([path], Options(strict=True)).remarks if one.rule == "FEED034"]
    assert [(one.place or "").partition(" ")[0] for one in refused] == ["objects[0]", "objects[2]"], (
        "no created; quotes"
    )
    assert not said(lint.lint([path]), "FEED034")


def test_a_damaged_file_and_one_of_no_format(tmp_path: Path) -> None:
    (tmp_path / "cut.json").write_text('{"type": "bundle", "objects": [{"type": "indicator", "patt', encoding="utf-8")
    (tmp_path / "other.json").write_text('{"hello": 1}', encoding="utf-8")
    made = lint.lint([tmp_path])
    assert {(Path(one.path).name, one.rule, one.level.value) for one in made.remarks} == {
        ("cut.json", "FEED001", "error"),
        ("other.json", "FEED001", "note"),
    }


def test_an_index_against_its_files(feed: Feed, tmp_path: Path) -> None:
    bundle = feed("[app:id='org.example.a']").read_bytes()
    (tmp_path / "forgotten").mkdir()
    (tmp_path / "forgotten" / "forgotten.stix2").write_bytes(bundle)
    entry = "  - {{type: github, name: n, github: {{owner: {}, repo: r, branch: main, path: {}}}}}\n"
    listed = (("us", "chimera.stix2"), ("us", "gone.stix2"), ("them", "theirs.stix2"))
    (tmp_path / "indicators.yaml").write_text("indicators:\n" + "".join(entry.format(*one) for one in listed))
    found = [one for one in lint.lint([tmp_path]).remarks if one.rule == "FEED040"]
    assert [(one.message, one.line) for one in found] == [
        ("indicators.yaml does not name forgotten/forgotten.stix2", None),
        ("the index names gone.stix2, which is not there", 3),
    ]
    (tmp_path / "indicators.yaml").write_text("indicators:\n" + entry.format("us", "../../etc/x.stix2"))
    assert (
        "leads out of the folder" in next(one for one in lint.lint([tmp_path]).remarks if one.rule == "FEED040").message
    )


def test_curated_files_are_seen_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "chimera.yaml"
    entries = "- {kind: domain, value: 'evil[.]example'}\n- {kind: process, value: bh, weak: 'two letters'}\n"
    path.write_text(f"family: Chimera\nclass: mercenary\nindicators:\n{entries}", encoding="utf-8")
    assert [(one.rule, one.line) for one in lint.lint([path]).remarks] == [("FEED004", 4)]


def test_text_shows_the_first_twenty_of_a_rule(feed: Feed) -> None:
    made = lint.lint([feed(*domain(*(f"d{n}.comv" for n in range(25))))])
    assert len(lint.text(made)) == 20 + 1 + 1
    assert lint.text(made)[20].endswith("FEED005: 5 more")
    assert lint.text(made)[-1] == "1 files, 25 indicators: 0 errors, 0 warnings, 25 notes"
    assert len(lint.text(made, every=True)) == 25 + 1


def test_sarif_has_what_the_standard_requires(feed: Feed) -> None:
    """Required by SARIF 2.1.0: version, runs, tool.driver.name, message.text; indexes point at the rule of the id."""
    made = lint.lint([feed("[domain-name:value='nodot']", "[process:name='bh']")])
    made.remarks.append(Remark(rule="FEED001", level=lint.Level.NOTE, message="m", path="a folder/ü.json"))
    document = json.loads(json.dumps(lint_sarif.document(made)))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    described = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"]
    assert len({one["id"] for one in described}) == len(described) == len(lint.rules())
    assert all(one["shortDescription"]["text"] for one in described)
    for one in run["results"]:
        assert described[one["ruleIndex"]]["id"] == one["ruleId"]
        assert one["level"] in {"error", "warning", "note"}
        assert one["message"]["text"]
    first, second, last = (one["locations"][0] for one in run["results"])
    assert first["physicalLocation"]["artifactLocation"]["uri"].startswith("file:///")
    assert 1 < first["physicalLocation"]["region"]["startLine"] < second["physicalLocation"]["region"]["startLine"]
    assert first["logicalLocations"][0]["fullyQualifiedName"].startswith("objects[1]")
    assert last == {"physicalLocation": {"artifactLocation": {"uri": "a%20folder/%C3%BC.json"}}}


def test_every_rule_is_documented() -> None:
    assert all(one.title.endswith((".", ":")) or len(one.doc) > 20 for one in lint.rules().values())
    assert list(lint.rules()) == sorted(lint.rules())
