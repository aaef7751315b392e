"""Atoms: what the matcher finds in a record, they point at; many of them lose nothing."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.atom_store import AtomStore, build
from scanner.atoms import Atoms
from scanner.feeds import normalise
from scanner.feeds.model import Indicator
from scanner.finding import Source
from scanner.matching.index import Index
from scanner.record import (
    AppId,
    CertHash,
    CertOrganisation,
    Client,
    Domain,
    Email,
    FileName,
    Handle,
    Hash,
    Kind,
    Phone,
    Process,
    ProfileId,
    Record,
    Text,
    Url,
)  # fmt: skip
from scanner.record import Path as DevicePath
from scanner.store import atoms, unpack, write_run


class Seen(Record):
    """A record with every kind of field."""

    url: Url | None = None
    domain: Domain | None = None
    email: Email | None = None
    phone: Phone | None = None
    handle: Handle | None = None
    process: Process | None = None
    path: DevicePath | None = None
    name: FileName | None = None
    app: AppId | None = None
    client: Client | None = None
    profile: ProfileId | None = None
    digest: Hash | None = None
    certificate: CertHash | None = None
    organisation: CertOrganisation | None = None
    text: Text | None = None
    links: tuple[Url, ...] = ()


PIECES = (
    "evil.example", "EVIL.example", "www.evil.example", "ｅvil.example", "bücher.example", "xn--bcher-kva.example",
    "/", "//", "http://", "https://", "user@", ":8080", "?q=", "#", ".", " ", "\n", "(", ").", "mail", "@", "p:",
    "tel:", "+15550100123", "192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "[", "]", "/private/var/", "/var/mobile/",
    "x/", "./", "implant", "implant-with-long-name", "com.Evil.App", "a" * 64, "A" * 32, "ab:" * 20, "Evil  Corp", "~",
    "sdcard/", "Σ",
)  # fmt: skip
VALUES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)
WHAT = [
    (Kind.DOMAIN, "evil.example"), (Kind.DOMAIN, "www.evil.example"), (Kind.DOMAIN, "bücher.example"),
    (Kind.URL, "http://evil.example/x/"), (Kind.IP, "192.0.2.7"), (Kind.CIDR, "2001:db8::/64"),
    (Kind.CIDR, "192.0.2.0/24"), (Kind.EMAIL, "mail@evil.example"), (Kind.PHONE, "+15550100123"),
    (Kind.PROCESS, "implant"), (Kind.PROCESS, "implant-with-long-name"), (Kind.PATH, "/private/var/mobile/"),
    (Kind.PATH, "/var/x/implant"), (Kind.PATH, "x/implant"), (Kind.PATH, "/sdcard/x"), (Kind.FILE_NAME, "implant"),
    (Kind.FILE_NAME, ".implant"), (Kind.APP_ID, "com.evil.app"), (Kind.PROFILE, "implant"), (Kind.SHA256, "a" * 64),
    (Kind.MD5, "a" * 32), (Kind.CERT_SHA1, "ab" * 20), (Kind.CERT_ORGANISATION, "evil corp"),
]  # fmt: skip
INDEX = Index(
    Indicator(kind=kind, value=value, source=Source(feed="x"))
    for kind, value in (normalise.indicator(*one) for one in WHAT)
)


FIELDS = [name for name in Seen.__struct_fields__ if name != "place"]


@settings(max_examples=250, deadline=None)
@given(
    st.dictionaries(st.sampled_from([name for name in Seen.__struct_fields__ if name != "place"]), VALUES, min_size=1)
)
def test_no_hit_is_without_its_atom(tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]) -> None:
    """Atoms may be too many, never too few: what the matcher finds in a record, the atoms of the case point at."""
    links = tuple(filter(None, [values.pop("links", None)]))
    record = msgspec.convert(values | {"links": links}, Seen)
    made, root = Atoms(), tmp_path_factory.getbasetemp()
    made.add(Seen, [record])
    write_run(root / "run", made.run())
    build(root / "atoms.sqlite", [("shard", root / "run")])
    store = AtomStore(root / "atoms.sqlite")
    found = store.within(INDEX)
    store.close()
    if INDEX.hits(record):
        assert found == {"shard"}


def test_many_different_values_are_packed_and_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.atoms.MOST", 50_000)
    made = Atoms()
    for start in range(0, 60_000, 256):
        ips = [f"{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}.9" for n in range(start + 1, start + 257)]
        made.add(Seen, [Seen(url=f"https://h{ip}.example/a", path=f"/var/{ip}/x", text=f"see {ip}") for ip in ips])
    run = made.run()
    assert len(run.atoms) > 1, "more than are held at once"
    counts: Counter[tuple[str, str]] = Counter()
    for packed in run.atoms:
        counts.update({(kind, value): count for kind, value, count in atoms(packed)})
    assert counts[Kind.FILE_NAME, "x"] == counts[Kind.DOMAIN, "9.example"] == 60_160
    assert sum(unpack(part).count(b"\n") + 1 for part in run.words) == 60_160
    write_run(tmp_path / "run", run)
    build(tmp_path / "atoms.sqlite", [("shard", tmp_path / "run")])
