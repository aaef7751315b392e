"""Two states of a feed compared by what they say, not by how they say it."""

import msgspec

from scanner.feeds import diff as diffing
from scanner.feeds.diff import diff
from scanner.feeds.model import Indicator
from scanner.finding import Source
from scanner.record import Kind


def one(kind: Kind, value: str, family: str | None = "Example", place: str = "", **said: str) -> Indicator:
    role, threat = said.get("role", "unknown"), said.get("threat", "unknown")
    return Indicator(
        kind=kind, value=value, source=Source(feed="f", family=family, place=place, role=role, threat=threat)
    )


def test_other_ids_and_another_order_are_no_difference() -> None:
    before = [one(Kind.DOMAIN, f"{n}.example", place=f"objects[{n}]") for n in range(50)]
    after = [one(Kind.DOMAIN, f"{n}.example", place=f"objects[{99 - n}]") for n in reversed(range(50))]
    made = diff(before, after)
    assert not made
    assert (made.before, made.after, made.families, made.alarms) == (50, 50, {}, [])


def test_added_removed_changed_near() -> None:
    same = [one(Kind.DOMAIN, f"{n}.example") for n in range(100)]
    before = [
        *same,
        one(Kind.DOMAIN, "gone.example"),
        one(Kind.PATH, "/tmp/l"),
        one(Kind.DOMAIN, "www.shop.example"),
        one(Kind.DOMAIN, "served.example", role="website"),
        one(Kind.PROCESS, "exampled"),
        one(Kind.DOMAIN, "moved.example", family="Old"),
    ]
    after = [
        *same,
        one(Kind.DOMAIN, "come.example", family="Other"),
        one(Kind.PATH, "/tmp/l/"),
        one(Kind.DOMAIN, "shop.example"),
        one(Kind.DOMAIN, "served.example", role="c2", threat="mercenary"),
        one(Kind.FILE_NAME, "exampled"),
        one(Kind.DOMAIN, "moved.example", family="New"),
    ]
    made = diff(before, after)
    assert [each.value for each in made.added] == ["come.example"]
    assert [each.value for each in made.removed] == ["gone.example"]
    assert [(each.before.value, each.what) for each in made.changed] == [
        ("moved.example", ("family",)),
        ("served.example", ("role", "threat")),
        ("exampled", ("kind",)),
    ]
    assert [(each.before.value, each.after.value) for each in made.near] == [
        ("www.shop.example", "shop.example"),
        ("/tmp/l", "/tmp/l/"),
    ]
    assert {name: (t.added, t.removed, t.changed) for name, t in made.families.items()} == {
        "Example": (0, 1, 4),
        "New": (0, 0, 1),
        "Old": (0, 0, 1),
        "Other": (1, 0, 0),
    }
    assert made.alarms == ["no process is left"]
    lines = diffing.text(made)
    assert lines[0] == "106 indicators before, 106 after: 1 added, 1 removed, 3 changed, 2 written otherwise"
    assert "~ domain served.example (Example) -> role c2; threat mercenary" in lines
    assert "≈ path /tmp/l (Example) -> /tmp/l/" in lines
    assert msgspec.json.decode(msgspec.json.encode(made), type=diffing.Diff) == made


def test_case_of_a_family_and_a_second_source_are_no_change() -> None:
    made = diff(
        [one(Kind.APP_ID, "com.example")], [one(Kind.APP_ID, "com.example", "EXAMPLE"), one(Kind.APP_ID, "com.example")]
    )
    assert not made


def test_every_value_is_told_once() -> None:
    """Two old writings of one value: one of them became the new one, the other is gone."""
    made = diff([one(Kind.PATH, "/a/B"), one(Kind.PATH, "/a/b")], [one(Kind.PATH, "/a/b/")])
    assert (len(made.near), len(made.removed), len(made.added)) == (1, 1, 0)


def test_a_feed_that_shrank_is_an_alarm() -> None:
    before = [one(Kind.DOMAIN, f"{n}.example") for n in range(100)]
    assert diff(before, before[5:]).alarms == []
    assert diff(before, before[6:]).alarms == ["6 of 100 indicators are gone (6%)"]
    assert diff(before, []).alarms == ["100 of 100 indicators are gone (100%)", "no domain is left"]
