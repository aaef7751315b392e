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
from scanner.feeds.load import load
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
            place.mkdir(parents=True)
            log = phone.items.get(item.path + "-wal")
            yield item.path, database(item.read(), log.read() if log else b"", place)


def occurs(value: str, text: str) -> bool:
    """Whether a value stands in a text as a whole: near misses do not count. A folder also stands without its slash."""
    before = r"(?<![a-z0-9-])" if VALUES[value] == "domain" else r"(?<![\w.-])"
    after = "(/|$)" if value.endswith("/") else r"(?![a-z0-9-]|\.[a-z0-9])"
    return re.search(before + re.escape(value.rstrip("/")) + after, text, re.IGNORECASE) is not None


def cells(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Every cell of a store as `table:rowid` and text."""
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in names:
        for row, *values in connection.execute(f"SELECT rowid, * FROM [{name}]"):
            for value in values:
                yield f"{name}:{row}", value.decode("latin-1") if isinstance(value, bytes) else str(value)


def leaves(value: object, at: str = "") -> Iterator[tuple[str, str]]:
    """Every key and leaf of a property list as key path and text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{at}.{key}".lstrip("."), str(key)
            yield from leaves(inner, f"{at}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{at}.{number}")
    else:
        yield at.lstrip("."), value.decode("latin-1") if isinstance(value, bytes) else str(value)


def found(phone: Phone, folder: Path) -> set[tuple[str, str, str]]:
    """Path, place and value of every indicator anywhere in the phone, by brute force."""
    texts = [(path, where, text) for path, store in stores(phone, folder) for where, text in cells(store)]
    for item in phone.files():
        content = item.read()
        if content.startswith(b"bplist"):
            texts += [(item.path, where, text) for where, text in leaves(plistlib.loads(content))]
        elif item.path.endswith(".json"):
            texts += [(item.path, where, text) for where, text in leaves(json.loads(content))]
    texts += [(path, "", path) for path in phone.items]
    texts += [("backup:/Info.plist", f"Applications.{name}", name) for name in phone.applications]
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
RECORDS = {
    "handle": "SELECT 'message', ROWID FROM message WHERE handle_id = ?",
    "chat": "SELECT 'message', message_id FROM chat_message_join WHERE chat_id = ?",
    "history_items": "SELECT 'history_visits', id FROM history_visits WHERE history_item = ?",
    "tab_sessions": "SELECT 'tabs', t.id FROM tabs t JOIN tab_sessions s ON s.tab_uuid = t.uuid WHERE s.id = ?",
    "ZWAMEDIAITEM": "SELECT 'ZWAMESSAGE', ZMESSAGE FROM ZWAMEDIAITEM WHERE Z_PK = ?",
    "ZWAMESSAGEDATAITEM": "SELECT 'ZWAMESSAGE', ZMESSAGE FROM ZWAMESSAGEDATAITEM WHERE Z_PK = ?",
    "urls": "SELECT 'visits', id FROM visits WHERE url = ?",
    "history": "SELECT 'visits', id FROM visits WHERE siteID = ?",
    "favicons": "SELECT 'icon_mapping', id FROM icon_mapping WHERE icon_id = ?",
    "ZATTACHMENT": "SELECT 'ZINTERACTIONS', Z_3INTERACTIONS FROM Z_1INTERACTIONS WHERE Z_1ATTACHMENTS = ?",
    "ZCONTACTS": "SELECT 'ZINTERACTIONS', Z_PK FROM ZINTERACTIONS WHERE ZSENDER = ?",
    "Participant": "SELECT 'CalendarItem', owner_id FROM Participant WHERE ROWID = ?",
    "Identity": "SELECT 'CalendarItem', owner_id FROM Participant WHERE identity_id = ?",
    "ZSHORTCUTACTIONS": "SELECT 'ZSHORTCUT', ZSHORTCUT FROM ZSHORTCUTACTIONS WHERE Z_PK = ?",
    "ZPROCESS": "SELECT 'ZLIVEUSAGE', Z_PK FROM ZLIVEUSAGE WHERE ZHASPROCESS = ?",
}
"""Where a table holds the values of another table's rows: those rows. There the truth names the row of the record."""


def expected(phone: Phone, folder: Path) -> set[tuple[str, str, str]]:
    """What is found by brute force, each at the record that a scan would report."""
    places = found(phone, folder / "found")
    opened = dict(stores(phone, folder / "opened"))
    known = {(trace.path, trace.where, trace.value) for trace in phone.truth}
    reported = set()
    for path, where, value in places:
        table, _, row = where.partition(":")
        if (path, where, value) in known or table not in RECORDS:
            reported.add((path, where, value))
            continue
        rows = opened[path].execute(RECORDS[table], (row,)).fetchall()
        reported |= {(path, f"{name}:{record}", value) for name, record in rows}
    return reported


def entry(phone: Phone, path: str, where: str, value: str) -> tuple[str, str, str]:
    """A leaf of a property list stands for the entry that the truth names."""
    for trace in phone.truth:
        if (trace.path, trace.value) == (path, value) and (not trace.where or where.startswith(trace.where + ".")):
            return path, trace.where, value
    return path, where, value


def opened_classes(keybag: bytes) -> dict[int, bytes]:
    """The class keys that the password opens."""
    bag = parse(keybag)
    return unlock(bag, derive(bag, PASSWORD))


def test_the_truth_is_what_brute_force_finds(phone: Phone, tmp_path: Path) -> None:
    truth = {(trace.path, trace.where, trace.value) for trace in phone.truth if trace.kind in SEARCHED}
    reported = {entry(phone, *place) for place in expected(phone, tmp_path)}
    # A page that was redirected into the family: its row has no value of the family, but the record has the target.
    redirected = {place for place in truth - reported if place[0].endswith("Safari/History.db")}
    assert reported == truth - redirected
    assert len(redirected) == 1
    assert {trace.value for trace in phone.truth if trace.kind in SEARCHED} == set(VALUES)
    assert len({(t.path, t.where, t.value, t.rule) for t in phone.truth}) == len(phone.truth)


def test_rows_of_the_truth_exist(phone: Phone, tmp_path: Path) -> None:
    open_stores = dict(stores(phone, tmp_path))
    rows = [t for t in phone.truth if t.path in open_stores and t.rule != "IOS006"]
    for trace in rows:
        table, row = trace.where.split(":")
        sql = f"SELECT count(*) FROM [{table}] WHERE rowid = ?"
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
        assert name == sha1(f"{domain}-{relative}".encode(), usedforsecurity=False).hexdigest()
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
    assert classes == {1, 2, 3, 4}
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
    photos = [item for item in phone.files() if "/DCIM/" in item.path or "/example.app" in item.path]
    assert len(photos) == SMALL.files
    assert 0.5 < sum(len(item.read()) for item in photos) / SMALL.bytes < 1.1


def test_the_feed_reader_understands_the_bundle(tmp_path: Path) -> None:
    path = tmp_path / "chimera.stix2"
    path.write_text(json.dumps(bundle()))
    (feed,) = load([path])
    read = {(str(one.kind), one.value.lower().rstrip("/")) for one in feed.indicators}
    wanted = {(kind, value.lower().rstrip("/").removeprefix("/private")) for kind, _, value in PATTERNS}
    assert {(kind, value.removeprefix("/private")) for kind, value in read} == wanted
    assert feed.facts.problems == []
