"""The allow-list: what it names, what it does not, and that every entry is sound."""

import pytest

from scanner.data import document
from scanner.feeds.allowlist import allowed, reason
from scanner.record import Kind


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.DOMAIN, "life360.com"), (Kind.DOMAIN, "api.life360.com"), (Kind.DOMAIN, "www.bark.us"),
        (Kind.DOMAIN, "com"), (Kind.DOMAIN, "appspot.com"), (Kind.DOMAIN, "wondershare.com"),
        (Kind.URL, "https://google.com"), (Kind.URL, "https://google.com/"), (Kind.URL, "google.com"),
        (Kind.IP, "192.168.1.7"), (Kind.IP, "8.8.8.8"), (Kind.IP, "::1"), (Kind.CIDR, "8.8.0.0/16"),
        (Kind.CIDR, "10.1.0.0/16"), (Kind.APP_ID, "com.whatsapp"), (Kind.PROCESS, "diagnosticd"),
        (Kind.PATH, "/var/tmp/"),
    ],
)  # fmt: skip
def test_names_that_everybody_meets(kind: Kind, value: str) -> None:
    assert reason(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.DOMAIN, "notlife360.com"), (Kind.DOMAIN, "life360.com.evil.example"), (Kind.DOMAIN, "evil.example"),
        (Kind.DOMAIN, "evil.appspot.com"), (Kind.DOMAIN, "evil.sites.google.com"), (Kind.DOMAIN, "life360.example"),
        (Kind.URL, "https://google.com/x"), (Kind.URL, "https://google.com?x"), (Kind.URL, "https://evil.example/"),
        (Kind.IP, "192.0.2.1"), (Kind.CIDR, "192.0.2.0/24"), (Kind.CIDR, "8.8.8.8/30"), (Kind.IP, "2001:db8::1"),
        (Kind.APP_ID, "com.whatsapp.evil"), (Kind.PROCESS, "Diagnosticd"), (Kind.PATH, "/var/tmp/evil"),
        (Kind.PATH, "/tmp"), (Kind.EMAIL, "joe@google.com"), (Kind.SHA256, "ab" * 32),
    ],
)  # fmt: skip
def test_near_misses(kind: Kind, value: str) -> None:
    assert reason(kind, value) is None


def test_every_entry_stands_once_and_has_its_reason() -> None:
    assert len(allowed().domains) > 20
    for name, entries in document("allowlist.yaml").items():
        values = [one["value"] for one in entries]
        assert len(set(values)) == len(values), name
        assert all(set(one) == {"value", "why"} and one["why"] for one in entries), name
