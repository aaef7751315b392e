"""Feeds as one file: what goes out comes in, and nothing comes in from a file that was changed. And the commands."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import typer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from typer.testing import CliRunner, Result

from scanner.cli import feeds_store
from scanner.feeds import bundle, catalogue, load, update
from scanner.feeds.bundle import BundleError
from scanner.feeds.catalogue import Entry
from scanner.feeds.fetch import Fetched
from scanner.feeds.store import Store
from scanner.feeds.update import Became
from tests import feed_server
from tests.feed_server import Server, serving, stix

ENTRIES = {name: Entry(id=name, url=f"https://feeds.example/{name}.stix2") for name in ("chimera", "griffin")}
PEM, RAW = serialization.Encoding.PEM, serialization.Encoding.OpenSSH


@pytest.fixture
def full(tmp_path: Path) -> Store:
    """A store with two feeds."""
    store = Store(tmp_path / "here" / "feeds")
    answers = {"chimera": stix(40), "griffin": stix(30, family="Griffin")}
    with store.lock():
        list(update.update(store, [*ENTRIES.values()], lambda all_: [(one, Fetched(answers[one.id])) for one in all_]))
    return store


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """A key to sign with, and the one to check with."""
    key = ed25519.Ed25519PrivateKey.generate()
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    secret = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, secret))
    public.write_bytes(key.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    return private, public


def take_in(folder: Path, file: Path, key: Path | None = None) -> dict[str, Became]:
    store = Store(folder / "feeds")
    with store.lock():
        return {one.id: one.became for one in bundle.take_in(store, file, key)}


def rewritten(file: Path, changes: Mapping[str, bytes | None]) -> Path:
    """A bundle with other members; None leaves one out."""
    with zipfile.ZipFile(file) as archive:
        members: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    made = file.with_name("changed.zip")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**members, **changes}.items():
            if data is not None:
                archive.writestr(name, data)
    return made


def refused(tmp_path: Path, file: Path, key: Path | None = None) -> str:
    """Why a file is refused; nothing of it is taken then."""
    with pytest.raises(BundleError) as error:
        take_in(tmp_path / "there", file, key)
    assert not Store(tmp_path / "there" / "feeds").ids()
    assert not (tmp_path / "there" / "feeds.yaml").exists()
    return str(error.value)


def test_what_goes_out_comes_in(full: Store, tmp_path: Path) -> None:
    file, there = tmp_path / "feeds.zip", tmp_path / "there"
    made = bundle.export(full, file, ENTRIES)
    assert [one.entry.id for one in made.feeds] == ["chimera", "griffin"]
    assert take_in(there, file) == dict.fromkeys(ENTRIES, Became.NEW)
    assert [one.indicators for one in load.load([there / "feeds"])] == [
        one.indicators for one in load.load([full.folder])
    ]
    assert take_in(there, file) == dict.fromkeys(ENTRIES, Became.UNCHANGED)
    assert catalogue.entries(there / "feeds.yaml")["griffin"] == ENTRIES["griffin"]
    assert list(tmp_path.glob(".*")) == []


def test_an_older_version_replaces_no_newer_one(full: Store, tmp_path: Path) -> None:
    file = tmp_path / "feeds.zip"
    bundle.export(full, file, ENTRIES)
    state = full.state("chimera")
    assert state.fetched
    state.fetched += timedelta(days=1)
    state.sha256 = "0" * 64
    full.note("chimera", state)
    with full.lock():
        first = next(iter(bundle.take_in(full, file)))
    assert (first.became, "is newer" in first.why[0]) == (Became.UNCHANGED, True)


def test_what_comes_in_is_as_old_as_it_was(full: Store, tmp_path: Path) -> None:
    state, old = full.state("chimera"), datetime.now(UTC) - timedelta(days=40)
    state.fetched = state.checked = old
    full.note("chimera", state)
    bundle.export(full, tmp_path / "feeds.zip", ENTRIES)
    for _ in range(2):
        take_in(tmp_path / "there", tmp_path / "feeds.zip")
        ages = {one.facts.id: one.facts.age_days for one in load.load([tmp_path / "there" / "feeds"])}
        assert ages == {"chimera": 40, "griffin": 0}


def test_a_bundle_that_lacks_much_is_held_back(full: Store, tmp_path: Path) -> None:
    file = tmp_path / "feeds.zip"
    bundle.export(full, file, ENTRIES)
    there = Store(tmp_path / "there" / "feeds")
    with there.lock():
        list(update.update(there, [ENTRIES["chimera"]], lambda all_: [(all_[0], Fetched(stix(400)))]))
        state = there.state("chimera")
        state.fetched = datetime(2020, 1, 1, tzinfo=UTC)
        there.note("chimera", state)
    assert take_in(tmp_path / "there", file)["chimera"] is Became.HELD


def test_signed(full: Store, tmp_path: Path, keys: tuple[Path, Path]) -> None:
    file = tmp_path / "feeds.zip"
    bundle.export(full, file, ENTRIES, keys[0])
    manifest = json.loads(zipfile.ZipFile(file).read("manifest.json"))
    manifest["feeds"][0]["entry"]["title"] = "other"
    changed = rewritten(file, {"manifest.json": json.dumps(manifest).encode()})
    assert "changed afterwards" in refused(tmp_path, changed, keys[1])
    assert "is not signed" in refused(tmp_path, rewritten(file, {"manifest.sig": None}), keys[1])
    assert "size" in refused(tmp_path, rewritten(file, {"manifest.sig": b"short"}), keys[1])
    assert "changed" in refused(tmp_path, rewritten(file, {"feeds/chimera.stix2": stix(40)}), keys[1])
    assert take_in(tmp_path / "there", file, keys[1]) == dict.fromkeys(ENTRIES, Became.NEW)


def test_keys(full: Store, tmp_path: Path, keys: tuple[Path, Path]) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    private, public, other = tmp_path / "id", tmp_path / "id.pub", tmp_path / "other.pem"
    secret = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.OpenSSH, secret))
    public.write_bytes(key.public_key().public_bytes(RAW, serialization.PublicFormat.OpenSSH))
    curve = ec.generate_private_key(ec.SECP256R1())
    other.write_bytes(curve.private_bytes(PEM, serialization.PrivateFormat.PKCS8, secret))
    file = tmp_path / "feeds.zip"
    bundle.export(full, file, ENTRIES, private)
    assert "not signed with this key" in refused(tmp_path, file, keys[1])
    for bad in (other, file, tmp_path / "none", public):
        with pytest.raises(BundleError, match="key"):
            bundle.export(full, tmp_path / "second.zip", ENTRIES, bad)
        assert not (tmp_path / "second.zip").exists()
    assert take_in(tmp_path / "there", file, public)


def test_hostile(full: Store, tmp_path: Path) -> None:
    file = tmp_path / "feeds.zip"
    made = bundle.export(full, file, ENTRIES)

    def manifest(**changes: object) -> bytes:
        first = msgspec.to_builtins(made.feeds[0]) | changes
        return json.dumps(msgspec.to_builtins(made) | {"feeds": [first]}).encode()

    only = {"feeds/griffin.stix2": None}
    for name in ("../evil.stix2", "/etc/evil", "feeds/../evil.txt", "feeds/.state/x.json", "feeds\\evil.txt", "C:evil"):
        assert "does not belong" in refused(tmp_path, rewritten(file, {name: b"x"})), name
    assert "size" in refused(tmp_path, rewritten(file, only | {"manifest.json": manifest(size=3)}))
    assert "changed" in refused(tmp_path, rewritten(file, only | {"manifest.json": manifest(sha256="0" * 64)}))
    assert "is not the file of" in refused(
        tmp_path, rewritten(file, only | {"manifest.json": manifest(file="feeds/a.b")})
    )
    odd = {"id": "../x"}
    assert "manifest" in refused(tmp_path, rewritten(file, only | {"manifest.json": manifest(entry=odd)}))
    assert "not those of its manifest" in refused(tmp_path, rewritten(file, {"manifest.json": manifest()}))
    assert "not those of its manifest" in refused(tmp_path, rewritten(file, only))
    for text in (b"", b"[]", b'{"schema": 1}', b"\xff", b"[" * 100_000):
        assert "manifest cannot be read" in refused(tmp_path, rewritten(file, {"manifest.json": text}))
    assert "form" in refused(tmp_path, rewritten(file, {"manifest.json": manifest().replace(b"feeds/1", b"feeds/9")}))
    for data in (b"", b"PK", b"no zip at all", file.read_bytes()[:-30], file.read_bytes()[:400]):
        (tmp_path / "bad.zip").write_bytes(data)
        assert "bad.zip" in refused(tmp_path, tmp_path / "bad.zip")
    assert "cannot be read" in refused(tmp_path, tmp_path / "nothing.zip")


def test_bombs(full: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "feeds.zip"
    bundle.export(full, file, ENTRIES)
    monkeypatch.setattr(bundle, "MAX_BYTES", 100_000)
    assert "too large" in refused(tmp_path, rewritten(file, {"feeds/griffin.stix2": b" " * 200_000}))
    monkeypatch.setattr(bundle, "MAX_TOTAL", 1000)
    assert "GB" in refused(tmp_path, file)


def test_every_damaged_byte_is_noticed(full: Store, tmp_path: Path) -> None:
    """Of a bundle in which one byte is another, nothing is taken, or all of it as it was."""
    full.remove("griffin")
    file = tmp_path / "feeds.zip"
    bundle.export(full, file, ENTRIES)
    data, bad = file.read_bytes(), tmp_path / "bad.zip"
    for at in range(0, len(data), max(1, len(data) // 150)):
        bad.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        store = Store(tmp_path / str(at) / "feeds")
        with store.lock():
            try:
                list(bundle.take_in(store, bad))
            except BundleError:
                assert not store.ids()
            else:
                assert [one.indicators for one in load.load([store.folder])] == [
                    one.indicators for one in load.load([full.folder])
                ]


app = typer.Typer()
app.command()(feeds_store.update)
app.command()(feeds_store.add)
app.command()(feeds_store.remove)
app.command()(feeds_store.export)
app.command("import")(feeds_store.import_)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own."""
    monkeypatch.setattr("scanner.feeds.store.folder", lambda: tmp_path / "data" / "feeds")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "data" / "feeds"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


def run(code: int, *arguments: object) -> Result:
    ended = CliRunner().invoke(app, [str(one) for one in arguments])
    assert ended.exit_code == code, ended.output
    return ended


def test_the_same_folder_as_a_scan_takes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from scanner.feeds.store import folder
    from scanner.scan import kept

    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path)
    folder().mkdir()
    assert list(kept()) == [folder()]


def test_the_life_of_a_feed(server: Server, data: Path, tmp_path: Path) -> None:
    server.pages["/mine.stix2"] = stix(40)
    assert "mine  new, 41 values" in run(0, "add", "mine", f"{server.url}/mine.stix2", "--family", "Chimera").stdout
    assert "mine  unchanged" in run(0, "update", "mine").stdout
    server.pages["/mine.stix2"] = stix(41)
    shown = run(0, "update", "mine").stdout
    assert "    Chimera: 1 added" in shown
    assert "    + domain d40.parcel.example" in shown
    server.pages["/mine.stix2"] = stix(4)
    held = run(1, "update", "mine").stdout
    assert "37 of 42 values are missing" in held
    assert "bridle feeds update --accept mine" in held
    assert "mine  accepted, 5 values" in run(0, "update", "--accept", "mine").stdout
    (told,) = json.loads(run(0, "update", "mine", "--format", "json").stdout)
    assert told["became"] == "unchanged"
    assert "1 feeds, not signed" in run(0, "export", tmp_path / "out.zip").stdout
    assert "already there" in run(2, "export", tmp_path / "out.zip").stderr
    assert "removed" in run(0, "remove", "mine").stdout
    assert Store(data).ids() == []
    assert "mine  new" in run(0, "import", tmp_path / "out.zip").stdout
    assert "no key" in run(2, "import", tmp_path / "out.zip", "--verify", tmp_path / "out.zip").stderr.replace(
        "no public key", "no key"
    )


def test_offline_is_a_sentence(server: Server, data: Path) -> None:
    server.pages["/mine.stix2"] = stix(40)
    run(0, "add", "mine", f"{server.url}/mine.stix2")
    run(2, "add", "other", "http://127.0.0.1:9/other.stix2")
    own = data.parent / "feeds.yaml"
    own.write_text(own.read_text(encoding="utf-8").replace(server.url, "http://127.0.0.1:9"), encoding="utf-8")
    ended = run(2, "update", "mine", "other")
    assert "no server could be reached" in ended.stderr
    assert "the 1 feeds that are kept stay as they are" in ended.stderr
    assert len(load.load([data])[0].indicators) == 41


def test_a_file_of_ones_own(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "Own Feed.stix2"
    file.write_bytes(stix(3))
    assert "own  new, 4 values" in run(0, "add", "own", file, "--private").stdout
    assert Store(data).current("own") == data / "own.stix2"
    assert catalogue.entries(data.parent / "feeds.yaml")["own"].private
    assert "has no address" in run(2, "update", "own").stderr
    assert "cannot be added" in run(2, "add", "none", tmp_path / "none").stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["add", "../x", "https://feeds.example/a"], "is no id"), (["add", "x", "ftp://feeds.example/a"], "http"),
        (["add", "x", "https://feeds.example/a", "--class", "odd"], "is no class"), (["update", "nothing"], "no feed"),
        (["remove", "nothing"], "no feed"), (["import", "nothing.zip"], "cannot be read"),
        (["export", "x.zip"], "no feeds"),
        (["update", "--catalogue", "nothing.yaml"], "no catalogue"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("data")
def test_what_cannot_be_done_is_a_sentence(arguments: list[str], why: str) -> None:
    assert why in run(2, *arguments).stderr


@pytest.mark.usefixtures("data")
def test_a_feed_of_ours_that_was_removed_is_off() -> None:
    run(0, "remove", "mvt-predator")
    assert "mvt-predator" not in {one.id for one in feeds_store.chosen(Store(), [], None)}
    assert [one.id for one in feeds_store.chosen(Store(), ["mvt-predator"], None)] == ["mvt-predator"]


def test_a_catalogue_in_place_of_ours(server: Server, data: Path, tmp_path: Path) -> None:
    server.pages |= {"/a.stix2": stix(3), "/b.stix2": feed_server.status(404), "/c.stix2": b"<html>"}
    entries = [Entry(id=name, url=f"{server.url}/{name}.stix2") for name in "abc"]
    nc = Entry(id="d", url=f"{server.url}/a.stix2", licence="CC BY-NC 4.0")
    catalogue.write(tmp_path / "other.yaml", catalogue.Document(feeds=[*entries, nc]))
    ended = run(1, "update", "--catalogue", tmp_path / "other.yaml")
    assert Store(data).ids() == ["a"]
    assert "3 feeds: 4 added, 0 removed, 0 changed; 1 new, 2 failed" in ended.stdout


def test_export_of_nothing_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no feeds"):
        bundle.export(Store(tmp_path / "feeds"), tmp_path / "out.zip", {})
    assert not list(tmp_path.glob("*.zip*"))
