"""The synthetic phone: real databases, real backups, and a truth that is exact."""

import json
import plistlib
import re
import sqlite3
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from iOSbackup import iOSbackup

from scanner.evidence.domains import device_path
from scanner.formats.keybag import derive, parse, unlock
from scanner.formats.mbdb import records
from scanner.synthetic import SMALL, Phone, bundle, make, write_backup, write_tree
from scanner.synthetic.backup import file_id, listed, placed
from scanner.synthetic.indicators import PATTERNS, PROCESS

PASSWORD = "correct horse"
SQLITE = b"SQLite format 3\0"
SEARCHED = {"domain", "email", "phone", "app_id", "profile", "process", "path", "file_name", "url", "ip"}
VALUES = {value: kind for kind, _, value in PATTERNS if kind in SEARCHED}


@pytest.fixture(scope="module")
def phone() -> Phone:
    return make()


@pytest.fixture(scope="module")
def encrypted(phone: Phone, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backups") / phone.facts.udid
    write_backup(phone, folder, password=PASSWORD, double_iterations=100)
    return folder


def database(image: bytes, log: bytes, folder: Path) -> sqlite3.Connection:
    """The store as a phone would see it, its write-ahead log replayed."""
    path = folder / "store.db"
    path.write_bytes(image)
    if log:
        (folder / "store.db-wal").write_bytes(log)
    return sqlite3.connect(path)


def stores(phone: Phone, folder: Path) -> Iterator[tuple[str, sqlite3.Connection]]:
    for number, item in enumerate(phone.files()):
        if item.read().startswith(SQLITE):
            place = folder / str(number)
            place.mkdir()
            log = phone.items.get(item.path + "-wal")
            yield item.path, database(item.read(), log.read() if log else b"", place)


def occurs(value: str, text: str) -> bool:
    """Whether a value stands in a text as a whole: near misses do not count."""
    after = r"" if value.endswith("/") else r"(?![\w-]|\.\w)"
    domain = value in VALUES and VALUES[value] == "domain"
    # A domain may be followed by a dot and something that is not a label.
    return (
        re.search((r"(?<![\w-])" if domain else r"(?<![\w.-])") + re.escape(value) + after, text, re.IGNORECASE)
        is not None
    )


def cells(path: str, connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Every cell of a store as `table:rowid` and text."""
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in names:
        for row, *values in connection.execute(f"SELECT rowid, * FROM [{name}]"):  # noqa: S608
            for value in values:
                yield f"{name}:{row}", value.decode("latin-1") if isinstance(value, bytes) else str(value)


def leaves(value: object, at: str = "") -> Iterator[tuple[str, str]]:
    """Every key and leaf of a property list as key path and text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{at}/{key}".lstrip("/"), str(key)
            yield from leaves(inner, f"{at}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{at}/{number}")
    else:
        yield at.lstrip("/"), value.decode("latin-1") if isinstance(value, bytes) else str(value)


def found(phone: Phone, folder: Path) -> set[tuple[str, str, str]]:
    """Path, place and value of every indicator anywhere in the phone, by brute force."""
    texts = [(path, where, text) for path, store in stores(phone, folder) for where, text in cells(path, store)]
    for item in phone.files():
        content = item.read()
        texts.append((item.path, "", item.path))
        if content.startswith(b"bplist"):
            texts += [(item.path, where, text) for where, text in leaves(plistlib.loads(content))]
        elif item.path.endswith(".json"):
            texts += [(item.path, where, text) for where, text in leaves(json.loads(content))]
    texts += [("Info.plist", f"Applications/{name}", name) for name in phone.applications]
    return {(path, where, value) for path, where, text in texts for value in VALUES if occurs(value, text)}


KNOWN = {
    "Library/SMS/sms.db": "3d0d7e5fb2ce288813306e4d4636395e047a3d28",
    "Library/TCC/TCC.db": "64d0019cb3d46bfc8cce545a8ba54b93e7ea9347",
    "Library/Databases/DataUsage.sqlite": "0d609c54856a9bb2d56729df1d68f2958a88426b",
    "Library/CoreDuet/People/interactionC.db": "1f5a521220a3ad80ebfdc196978df8e7a2e49dee",
    "Library/Calendar/Calendar.sqlitedb": "2041457d5fe04d39d0ab481178355df6781e6858",
    "Library/Preferences/.GlobalPreferences.plist": "0dc926a1810f7aee4e8f38793ed788701f93bf9d",
    "ChatStorage.sqlite": "7c7fba66680ef796b916b067077cc246adacf01d",
    "ContactsV2.sqlite": "b8548dc30aa1030df0ce18ef08b882cf7ab5212f",
    "LID.sqlite": "e794f6ffcc3c222535f47684a63d5178da3c4500",
}
"""File identifiers that published lists of iOS artifacts name."""
RELATED = {
    "handle": "message", "chat": "message", "history_items": "history_visits", "tab_sessions": "tabs",
    "ZWAMEDIAITEM": "ZWAMESSAGE", "ZWAMESSAGEDATAITEM": "ZWAMESSAGE", "urls": "visits", "favicons": "icon_mapping",
    "history": "visits", "ZATTACHMENT": "ZINTERACTIONS", "ZCONTACTS": "ZINTERACTIONS", "Participant": "CalendarItem",
    "Identity": "CalendarItem", "ZSHORTCUTACTIONS": "ZSHORTCUT", "ZPROCESS": "ZLIVEUSAGE",
}  # fmt: skip
"""Tables that hold the values of another table's rows: there the truth names the row of the record."""


def known(phone: Phone, path: str, where: str, value: str) -> bool:
    """Whether the truth has what was found, at its place, in the entry around it, or in the record it belongs to."""
    traces = [trace for trace in phone.truth if trace.path == path and trace.value == value]
    table = where.partition(":")[0]
    return any(
        trace.where == where
        or where.startswith(trace.where + "/")
        or not trace.where
        or RELATED.get(table, "") == trace.where.partition(":")[0]
        for trace in traces
    )


def opened_classes(keybag: bytes) -> dict[int, bytes]:
    """The class keys that the password opens."""
    bag = parse(keybag)
    return unlock(bag, derive(bag, PASSWORD))


def test_truth_names_everything_planted(phone: Phone, tmp_path: Path) -> None:
    places = found(phone, tmp_path)
    assert [place for place in sorted(places) if not known(phone, *place)] == []
    assert {value for _, _, value in places} == set(VALUES)


def test_everything_in_the_truth_is_there(phone: Phone, tmp_path: Path) -> None:
    seen = {(path, value) for path, _, value in found(phone, tmp_path)}
    traces = [trace for trace in phone.truth if trace.kind in SEARCHED]
    assert [trace for trace in traces if (trace.path, trace.value) not in seen] == []
    assert len({(t.path, t.where, t.value, t.rule) for t in phone.truth}) == len(phone.truth)


def test_rows_of_the_truth_exist(phone: Phone, tmp_path: Path) -> None:
    open_stores = dict(stores(phone, tmp_path))
    rows = [t for t in phone.truth if t.path in open_stores and t.rule != "datausage_gap"]
    for trace in rows:
        table, row = trace.where.split(":")
        sql = f"SELECT count(*) FROM [{table}] WHERE rowid = ?"  # noqa: S608
        assert open_stores[trace.path].execute(sql, (row,)).fetchone() == (1,), trace
    assert len(rows) > 50


def test_a_harmless_phone_holds_no_indicator(tmp_path: Path) -> None:
    harmless = make(planted=False)
    assert harmless.truth == []
    assert found(harmless, tmp_path) == set()


def test_stores_are_sound(phone: Phone, tmp_path: Path) -> None:
    checked = [store.execute("PRAGMA integrity_check").fetchone()[0] for _, store in stores(phone, tmp_path)]
    assert checked == ["ok"] * 22


def test_the_last_message_is_only_in_the_log(phone: Phone, tmp_path: Path) -> None:
    path = "/private/var/mobile/Library/SMS/sms.db"
    sql = "SELECT count(*) FROM message"
    main, log = phone.items[path].read(), phone.items[path + "-wal"].read()
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    without = database(main, b"", tmp_path / "a").execute(sql).fetchone()[0]
    assert database(main, log, tmp_path / "b").execute(sql).fetchone()[0] == without + 1


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_backup(make(seed), tmp_path / name, password=PASSWORD, double_iterations=10)
    one, same, other = ({p.name: p.read_bytes() for p in (tmp_path / n).rglob("*") if p.is_file()} for n in "abc")
    assert one == same
    assert one != other


def test_plain_backup_and_tree_hold_the_same_files(phone: Phone, tmp_path: Path) -> None:
    write_backup(phone, tmp_path / "backup")
    write_tree(phone, tmp_path / "tree")
    with sqlite3.connect(tmp_path / "backup/Manifest.db") as manifest:
        rows = manifest.execute("SELECT fileID, domain, relativePath FROM Files WHERE flags = 1").fetchall()
    for name, domain, relative in rows:
        assert name == sha1(f"{domain}-{relative}".encode()).hexdigest()  # noqa: S324
        kept = tmp_path / "backup" / name[:2] / name
        assert kept.read_bytes() == (tmp_path / "tree" / device_path(domain, relative).lstrip("/")).read_bytes()
    assert len(rows) == len(list(phone.files()))
    assert sum(p.stat().st_size for p in (tmp_path / "backup").rglob("*")) < 5_000_000


def test_paths_go_there_and_back(phone: Phone) -> None:
    assert [path for path, item in phone.items.items() if device_path(*placed(item)) != path] == []


def test_stores_have_the_names_that_they_have_in_every_backup(phone: Phone) -> None:
    names = {relative: file_id(domain, relative) for domain, relative, item in listed(phone) if item.kind == "file"}
    assert {relative: names[relative] for relative in KNOWN} == KNOWN


def test_manifest_lists_folders_links_and_missing_files(phone: Phone, tmp_path: Path) -> None:
    absent = "/private/var/mobile/Library/TCC/TCC.db"
    write_backup(phone, tmp_path, missing=[absent], finished=False)
    with sqlite3.connect(tmp_path / "Manifest.db") as manifest:
        flags = dict(manifest.execute("SELECT flags, count(*) FROM Files GROUP BY flags"))
        (noted,) = manifest.execute("SELECT count(*) FROM Files WHERE relativePath = 'Library/TCC/TCC.db'").fetchone()
    assert flags[1] == len(list(phone.files()))
    assert flags[2] > 50
    assert flags[4] == noted == 1
    name = KNOWN["Library/TCC/TCC.db"]
    assert not (tmp_path / name[:2] / name).exists()
    assert plistlib.loads((tmp_path / "Status.plist").read_bytes())["SnapshotState"] == "uploading"


def test_ios_backup_opens_the_encrypted_backup(phone: Phone, encrypted: Path, tmp_path: Path) -> None:
    """The size in the manifest is stale for SQLite, as in life, and this package cuts files to it; so others only."""
    backup = iOSbackup(udid=encrypted.name, cleartextpassword=PASSWORD, backuproot=str(encrypted.parent))
    whole = 0
    for domain, relative, item in listed(phone):
        if item.kind != "file" or item.read().startswith(SQLITE) or not item.read():
            continue
        entry = backup.getFileManifestDBEntry(relativePath=relative)
        assert entry["fileID"] == file_id(domain, relative)
        copy = backup.getFileDecryptedCopy(manifestEntry=entry, targetFolder=str(tmp_path), targetName=f"copy{whole}")
        assert Path(copy["decryptedFilePath"]).read_bytes() == item.read()
        whole += 1
    assert whole > 40


def test_stores_are_whole_below_the_stale_size(phone: Phone, encrypted: Path) -> None:
    backup = iOSbackup(udid=encrypted.name, cleartextpassword=PASSWORD, backuproot=str(encrypted.parent))
    rows = sqlite3.connect(backup.manifestDB).execute(
        "SELECT fileID, domain, relativePath, file FROM Files WHERE flags = 1"
    )
    classes, stale = set(), 0
    for name, domain, relative, blob in rows:
        content = phone.items[device_path(domain, relative)].read()
        archive = plistlib.loads(blob)["$objects"]
        record = archive[1]
        stale += record["Size"] < len(content)
        if not content:
            continue
        key = archive[archive[1]["EncryptionKey"].data]["NS.data"]
        number = int.from_bytes(key[:4], "little")
        classes.add(number)
        opened = aes_key_unwrap(backup.classKeys[number][b"KEY"], key[4:])
        stored = (encrypted / name[:2] / name).read_bytes()
        decryptor = Cipher(algorithms.AES(opened), modes.CBC(bytes(16))).decryptor()
        plain = decryptor.update(stored) + decryptor.finalize()
        assert plain[: -plain[-1]] == content
    assert classes == {2, 3, 4}
    assert stale > 20


def test_a_device_only_file_cannot_be_opened(phone: Phone, tmp_path: Path) -> None:
    path = "/private/var/mobile/Library/Notes/draft.txt"
    write_backup(phone, tmp_path, password=PASSWORD, double_iterations=10, device_only=[path])
    manifest = plistlib.loads((tmp_path / "Manifest.plist").read_bytes())
    assert 11 not in opened_classes(manifest["BackupKeyBag"])


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_backups_of_old_phones_are_flat(phone: Phone, tmp_path: Path, password: str | None) -> None:
    write_backup(phone, tmp_path, password=password, style="mbdb")
    rows = [row for row in records((tmp_path / "Manifest.mbdb").read_bytes()) if row.kind == "file"]
    manifest = plistlib.loads((tmp_path / "Manifest.plist").read_bytes())
    keys = opened_classes(manifest["BackupKeyBag"]) if password else {}
    for row in rows:
        stored = (tmp_path / row.file_id).read_bytes()
        if row.encryption_key:
            opened = aes_key_unwrap(keys[row.encryption_key[0]], row.encryption_key[4:])
            decryptor = Cipher(algorithms.AES(opened), modes.CBC(bytes(16))).decryptor()
            plain = decryptor.update(stored) + decryptor.finalize()
            stored = plain[: -plain[-1]]
        assert stored == phone.items[device_path(row.domain, row.path)].read()
    assert len(rows) == len(list(phone.files()))


def test_the_bundle_has_every_indicator_once() -> None:
    objects = json.loads(json.dumps(bundle()))["objects"]
    patterns = [entry["pattern"] for entry in objects if entry["type"] == "indicator"]
    assert len(patterns) == len(set(patterns)) == len(PATTERNS)
    assert f"[process:name='{PROCESS}']" in patterns
    assert {entry["relationship_type"] for entry in objects if entry["type"] == "relationship"} == {"indicates"}


def test_amounts_are_kept(phone: Phone) -> None:
    photos = [item for item in phone.files() if "/DCIM/" in item.path]
    assert len(photos) == SMALL.files
    assert 0.5 < sum(len(item.read()) for item in photos) / SMALL.bytes < 1.1
