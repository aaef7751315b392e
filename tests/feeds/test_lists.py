"""Plain lists: kinds by form and by the file's name, maltrail's trails, hosts files, prose that is no list, damage."""

import random

import msgspec
import pytest

from scanner.feeds import lists
from scanner.feeds.model import Entry, Indicator, Unsupported
from scanner.finding import Problem
from scanner.record import Kind

TRAIL = """\
# Copyright (c) 2014-2026 Maltrail developers
# Aliases: example

# Reference: https://lab.example/1
# Reference: https://lab.example/2 (archived)

evil.example
192.0.2.7:443 # panel
c2.evil.example:8443

# Reference: https://lab.example/3

evil.example/gate/in.php?id=1
http://192.0.2.8/drop

# Generic

/gate/in.php
^[a-z]{5}\\.evil\\.example$
not a trail at all
"""
HOSTS = """\
# Title: example
127.0.0.1 localhost localhost.localdomain
255.255.255.255 broadcasthost
::1 localhost
fe80::1%lo0 localhost
ff02::1 ip6-allnodes
0.0.0.0 0.0.0.0
0.0.0.0 evil.example # tracker
127.0.0.1\tone.example two.example
:: six.example
bare.example
||blocked.example^
192.0.2.1 redirected.example
"""


def entries(text: str, name: str = "x.txt") -> list[Entry]:
    assert lists.sniff(text.encode(), name)
    return list(lists.read(text.encode(), "list", name))


def values(found: list[Entry]) -> list[tuple[str, str]]:
    return [(one.kind.value, one.value) for one in found if isinstance(one, Indicator)]


def rows(found: list[Entry]) -> list[int | str | None]:
    return [one.row for one in found if isinstance(one, Problem)]


def test_maltrail() -> None:
    found = entries(TRAIL, "apt_pegasus.txt")
    assert values(found) == [
        ("domain", "evil.example"),
        ("ip", "192.0.2.7"),
        ("domain", "c2.evil.example"),
        ("url", "evil.example/gate/in.php?id=1"),
        ("url", "http://192.0.2.8/drop"),
    ]
    first, *_, last = [one.source for one in found if isinstance(one, Indicator)]
    assert (first.family, first.threat, first.place) == ("Pegasus", "mercenary", "line 7")
    assert first.reports == ("https://lab.example/1", "https://lab.example/2")
    assert last.reports == ("https://lab.example/3",)
    assert [one.place for one in found if isinstance(one, Unsupported)] == ["line 18", "line 19"]
    assert rows(found) == ["line 20"]


def test_whose_reports_a_value_has() -> None:
    """A value that was commented out ends nothing; a new section does, so that no value gets a report of others."""
    text = (
        "# Reference: https://lab.example/1\n\na.example\n# gone.example\nb.example\n# Reference: https://lab.example/2\n"
        "c.example\n\n# Generic\n\nd.example\n"
    )
    told = [(one.value, one.source.reports) for one in entries(text) if isinstance(one, Indicator)]
    one, two = ("https://lab.example/1",), ("https://lab.example/2",)
    assert told == [("a.example", one), ("b.example", one), ("c.example", two), ("d.example", ())]


def test_hosts() -> None:
    found = entries(HOSTS, "hosts")
    names = ["evil", "one", "two", "six", "bare", "blocked"]
    assert values(found) == [("domain", f"{name}.example") for name in names]
    assert rows(found) == ["line 13"]


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ("hxxps[:]//evil[.]example/a", Kind.URL, "https://evil.example/a"),
        ("- EVIL[.]example,", Kind.DOMAIN, "evil.example"),
        ("*.evil.example", Kind.DOMAIN, "evil.example"),
        ("a(at)evil.example", Kind.EMAIL, "a@evil.example"),
        ("192.0.2[.]1", Kind.IP, "192.0.2.1"),
        ("192.0.2.0/24", Kind.CIDR, "192.0.2.0/24"),
        ("[2001:db8::1]:80", Kind.IP, "2001:db8::1"),
        ("AB" * 16, Kind.MD5, "ab" * 16),
        ("ab" * 20 + "  *spy.apk", Kind.SHA1, "ab" * 20),
        ("ab" * 32, Kind.SHA256, "ab" * 32),
        ("/private/var/tmp/My Spy/", Kind.PATH, "/var/tmp/My Spy/"),
        ("spy.dylib", Kind.FILE_NAME, "spy.dylib"),
        ("com.example.Spy", Kind.APP_ID, "com.example.spy"),
        ("com.spy.evil.ru", Kind.DOMAIN, "com.spy.evil.ru"),
        ("+1 555 0100 123", Kind.PHONE, "+15550100123"),
    ],
)
def test_kinds_by_form(line: str, kind: Kind, value: str) -> None:
    assert values(entries(line + "\n")) == [(kind.value, value)]


@pytest.mark.parametrize(
    ("name", "line", "kind"),
    [
        ("processes.txt", "com.apple.Mappit.SnapshotService", Kind.PROCESS),
        ("emails.txt", "a@evil.example", Kind.EMAIL),
        ("v2_domains.txt", "spy.app", Kind.DOMAIN),
        ("ip-addresses.txt", "192.0.2.1", Kind.IP),
        ("urls.txt", "evil.example/a", Kind.URL),
        ("file_names.txt", "spy.sh", Kind.FILE_NAME),
        ("file_paths.txt", "Library/Preferences/spy.plist", Kind.PATH),
        ("sha256.txt", "ab" * 32, Kind.SHA256),
        ("package_names.txt", "org.spy.example", Kind.APP_ID),
        ("package_cert_hashes.txt", ":".join(["AB"] * 20), Kind.CERT_SHA1),
        ("package_cert_hashes.txt", "ab" * 32, Kind.CERT_SHA256),
        ("config_profiles.txt", "0A1B2C3D-0000-4000-8000-000000000000", Kind.PROFILE),
        ("android_properties.txt", "sys.brand.spy", Kind.ANDROID_PROPERTY),
    ],
)
def test_kinds_by_the_name_of_the_file(name: str, line: str, kind: Kind) -> None:
    assert [one[0] for one in values(entries(line + "\n", name))] == [kind.value]


def test_what_a_name_rules_out() -> None:
    """A truncated address is no domain, a path of a web server no path of a phone, an icon's hash no file."""
    assert rows(entries("a@evil.example\nb@evil.example\nevil.example\n", "emails.txt")) == ["line 3"]
    assert values(entries("ab" * 32 + "\n", "favicon_hash.txt")) == []
    assert values(entries("evil.example/x\n/x\n", "urls.txt")) == [("url", "evil.example/x")]


def test_family_and_campaign() -> None:
    def source(name: str) -> tuple[str | None, str | None]:
        (found,) = entries("evil.example\n", name)
        assert isinstance(found, Indicator)
        return found.source.family, found.source.campaign

    assert source("v2_domains.txt") == ("Pegasus", "Pegasus v2")
    assert source("apt_paragon.txt") == ("Graphite", None)
    for unknown in ("domains.txt", "android_alien.txt", "android_pegasus_fake.txt", "droppers.txt", "hosts"):
        assert source(unknown) == (None, None)


def test_a_heading_is_no_value() -> None:
    assert values(entries("sha256\n" + "ab" * 32 + "\n")) == [("sha256", "ab" * 32)]
    assert values(entries("Package name\norg.spy.example\n")) == [("app_id", "org.spy.example")]


def test_prose_and_code_are_no_lists() -> None:
    for text in (
        "Notes\n\nThe site evil.example was seen. It resolved to 192.0.2.1,\nand then it went away.\nhttps://lab.example\n",
        "import os\nfrom a.b import c\nprint(os.environ)\n",
        'rule a {\n  strings:\n    $a = "x"\n  condition:\n    $a\n}\n',
        "- name: a.example\n  type: github\n- name: b.example\n",
        "<html>\n<body>\n</body>\n</html>\n",
        '{"a": 1,\n"b": 2}\n',
        "hypothesis>=6\npytest==8.4\n",
        "evil.example\0\n",
        "# only a comment\n",
        "",
    ):
        assert not lists.sniff(text.encode(), "notes.txt"), text
    assert not lists.sniff(
        b"Seen on the phone:\n(none of them is on every phone)\nIt ran twice.\nnotifyd\n", "processes.txt"
    )


def test_other_encodings() -> None:
    assert lists.sniff("evil.example\r\n".encode("utf-16"), "x.txt")
    found = list(lists.read(b"\xef\xbb\xbfevil.example\r\n\xff.example\r\nb.example", "list", "x.txt"))
    assert values(found) == [("domain", "evil.example"), ("domain", "b.example")]
    assert rows(found) == [None, "line 2"]


@pytest.mark.parametrize(("text", "name"), [(TRAIL, "apt_x.txt"), (HOSTS, "hosts"), (TRAIL + HOSTS, "processes.txt")])
def test_damage_gives_entries_or_problems(text: str, name: str) -> None:
    chance = random.Random(name)
    for _ in range(300):
        data = bytearray(text.encode())
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 9)] = chance.choice(
                (chance.randbytes(3), b"\n", b"[", b"://", b"@", b"\xff", b"#", b"\\", b" ", b"\0", b"+")
            )
        lists.sniff(bytes(data), name)
        msgspec.json.encode(list(lists.read(bytes(data), "list", name)))


def test_a_long_line_is_one_problem() -> None:
    text = "evil.example\n" * 3 + "a." * 100_000 + "\n"
    for name in ("x.txt", "processes.txt"):
        assert rows(list(lists.read(text.encode(), "list", name))) == ["line 4"]
