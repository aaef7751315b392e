"""Android's acquisitions are recognised by content, whatever they are called and packed in, and give the same files."""

import gzip
import io
import json
import pickle
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.evidence import Evidence, EvidenceError
from scanner.evidence.open import recognise
from scanner.evidence.secret import Secret
from scanner.formats import dumpstate
from scanner.scan import Request, scan
from scanner.synthetic.android_backup import adb_backup, tar
from scanner.synthetic.android_whatsapp_backup import encrypt, key_file, root_key

NOTHING = Secret()
RULE = "-" * 79
PROPERTIES = (
    "[ro.product.model]: [Pixel 9]\n[persist.sys.timezone]: [Europe/Berlin]\n[ro.build.version.release]: [15]\n"
)
REPORT = f"""========================================================
== dumpstate: 2024-06-15 14:00:00
========================================================

Build fingerprint: 'google/tokay/tokay:15/AP3A/1:user/release-keys'
Dumpstate info: id=1 pid=1 dry_run=0 parallel_run=1 args=/system/bin/dumpstate -S bugreport_mode=

------ SYSTEM PROPERTIES (getprop) ------
{PROPERTIES}------ 0.1s was the duration of 'DUMPSYS' ------
------ DUMPSYS CRITICAL (/system/bin/dumpsys) ------
{RULE}
DUMP OF SERVICE CRITICAL activity:
critical
--------- 0.1s was the duration of dumpsys activity, ending at: 2024-06-15 14:00:01
------ DUMPSYS NORMAL (/system/bin/dumpsys) ------
{RULE}
DUMP OF SERVICE package:
Packages:
--------- 0.1s was the duration of dumpsys package, ending at: 2024-06-15 14:00:02
{RULE}
DUMP OF SERVICE activity:
normal
--------- 0.1s was the duration of dumpsys activity, ending at: 2024-06-15 14:00:03
{RULE}
DUMP OF SERVICE media.camera:
half a
*** SERVICE 'media.camera' DUMP TIMEOUT (10000ms) EXPIRED ***

--------- 10.0s was the duration of dumpsys media.camera, ending at: 2024-06-15 14:00:13
""".encode()
MEMBERS = {"FS/data/tombstones/tombstone_00": b"*** ***", "version.txt": b"2.0"}
WANTED = {
    "dumpsys:/activity": b"critical\nnormal\n",
    "dumpsys:/package": b"Packages:\n",
    "section:/SYSTEM PROPERTIES": PROPERTIES.encode(),
}


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def named(name: str) -> dict[str, bytes]:
    """A bug report's members, its text under a name."""
    return {name: REPORT, **MEMBERS}


SHAPES: dict[str, dict[str, bytes]] = {
    "powershell": {"a.txt": REPORT.decode().encode("utf-16")},
    "flat text": {"anything.txt": REPORT},
    "no extension": {"report": REPORT},
    "noise before it": {"a.txt": b"adbd: noise\n" + REPORT},
    "gzip": {"bugreport.txt.gz": gzip.compress(REPORT)},
    "zip": {"renamed.bin": zipped({"main_entry.txt": b"bugreport-x.txt", **named("bugreport-x.txt")})},
    "zip without main_entry": {"x.zip": zipped(named("bugreport-x.txt"))},
    "stored zip": {"x.zip": zipped(named("bugreport-x.txt"), zipfile.ZIP_STORED)},
    "rare compression": {"x.zip": zipped(named("bugreport-x.txt"), zipfile.ZIP_LZMA)},
    "wrapper": {"MIUI-log.zip": zipped({"info.txt": b"x", "bugreport.zip": zipped(named("b.txt"))})},
    "wrapper in a wrapper": {"o.zip": zipped({"i.zip": zipped({"b.tar": tar(named("b.txt"))})})},
    "samsung": {"dumpState_S901.zip": zipped({"log/dumpState_S901_1.log": REPORT})},
    "one top folder": {"x.zip": zipped({f"top/{name}": data for name, data in named("b.txt").items()})},
    "tar.gz": {"x.tar.gz": gzip.compress(tar(named("b.txt")))},
    "unpacked": named("bugreport-x.txt"),
    "folder above": {f"case/phone/{name}": data for name, data in named("b.txt").items()},
}


def written(members: dict[str, bytes], root: Path) -> Path:
    """Files in a folder; a single one is the path itself."""
    for name, data in members.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root / next(iter(members)) if len(members) == 1 else root


def contents(evidence: Evidence) -> dict[str, bytes]:
    """Every file's content by its path."""
    found = {}
    for entry in evidence.entries():
        reader = evidence.reader(entry)
        found[entry.path] = reader.read(0, reader.size)
        reader.close()
    evidence.close()
    return found


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Evidence]]:
    """What opens members, written to a folder."""
    with ExitStack() as stack:
        yield lambda members, secret=NOTHING: stack.enter_context(
            closing(recognise(written(members, tmp_path / "e")).open(secret))
        )


def problem(evidence: Evidence, path: str) -> str:
    """What is wrong with one file."""
    (entry,) = [entry for entry in evidence.entries() if entry.path == path]
    with closing(evidence.reader(entry)) as reader:
        return str(getattr(reader, "problem", ""))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_bug_report_is_the_same_in_any_container(shape: str, opened: Callable[..., Evidence]) -> None:
    evidence = opened(SHAPES[shape])
    found = contents(evidence)
    assert {path: found[path] for path in WANTED} == WANTED
    if b"tombstone" in b"".join(SHAPES[shape].values()) or "unpacked" in shape:
        assert found.get("/data/tombstones/tombstone_00", b"*** ***") == b"*** ***"
    device = evidence.facts.device
    assert (device.os, device.model, device.version, device.timezone) == ("Android", "Pixel 9", "15", "Europe/Berlin")
    assert str(evidence.facts.acquired) == "2024-06-15 12:00:00+00:00"
    again = pickle.loads(pickle.dumps(evidence))  # noqa: S301 - how it reaches a worker
    assert contents(again) == found


def test_a_service_that_timed_out_says_so(opened: Callable[..., Evidence]) -> None:
    evidence = opened(SHAPES["zip"])
    assert "did not finish its dump within 10000ms" in problem(evidence, "dumpsys:/media.camera")


def test_an_old_report_without_ends_is_not_called_cut(opened: Callable[..., Evidence]) -> None:
    old = b"\n".join(line for line in REPORT.split(b"\n") if b"duration" not in line)
    evidence = opened({"x.txt": old})
    assert {path: problem(evidence, path) for path in WANTED} == dict.fromkeys(WANTED, "None")


def test_a_report_cut_short_says_which_service(opened: Callable[..., Evidence]) -> None:
    evidence = opened({"x.txt": REPORT[: REPORT.index(b"normal")]})
    assert "cut off" in problem(evidence, "dumpsys:/activity")


def test_a_limited_report_is_no_complete_one(opened: Callable[..., Evidence]) -> None:
    evidence = opened({"x.txt": REPORT.replace(b"bugreport_mode=", b"BUGREPORT_REMOTE")})
    assert not evidence.facts.complete
    assert "limited bug report" in evidence.problems[0].message


ACQUISITION = json.dumps({"uuid": "1", "started": "2024-06-15T11:00:00Z", "completed": "2024-06-15T11:30:00Z"}).encode()
QF = {
    "acquisition.json": ACQUISITION, "getprop.txt": PROPERTIES.encode(), "packages.json": b"[]",
    "dumpsys.txt": REPORT[REPORT.index(RULE.encode()) :], "tmp/wd/pred.so": b"\x7fELF",
    "logs/data/anr/anr_1": b"anr", "intrusion_logs/2026-05-01.txt": b'{"dns_event":{}}',
    "bugreport.zip": zipped(named("bugreport-x.txt")), "backup.ab": adb_backup({"apps/org.example/f/a": b"x"}),
}  # fmt: skip
QF_SHAPES: dict[str, dict[str, bytes]] = {
    "folder": QF,
    "folder above": {f"uuid/{name}": data for name, data in QF.items()},
    "zip": {"renamed": zipped(QF)},
    "zip with a folder": {"x.zip": zipped({f"uuid/{name}": data for name, data in QF.items()})},
    "tar.gz": {"x.tgz": gzip.compress(tar(QF))},
}


@pytest.mark.parametrize("shape", QF_SHAPES)
def test_androidqf_is_the_same_in_any_container(shape: str, opened: Callable[..., Evidence]) -> None:
    evidence = opened(QF_SHAPES[shape])
    paths = {entry.path for entry in evidence.entries()}
    assert paths >= {
        "androidqf:/packages.json", "androidqf:/getprop.txt", "dumpsys:/package", "/data/local/tmp/wd/pred.so",
        "/data/anr/anr_1", "intrusion:/2026-05-01.txt", "/data/tombstones/tombstone_00",
        "/data/data/org.example/files/a",
    }  # fmt: skip
    assert not evidence.problems
    assert evidence.facts.device.timezone == "Europe/Berlin"
    assert str(evidence.facts.acquired) == "2024-06-15 11:00:00+00:00"


def test_what_changed_since_it_was_collected_is_found(tmp_path: Path) -> None:
    lines = [f"/cases/uuid/{name},{sha256(data).hexdigest()}" for name, data in QF.items()]
    hashes = {"hashes.csv": "\n".join(lines).encode()}
    whole = written(QF | hashes, tmp_path / "whole")
    made = scan(Request((whole,), default_feeds=False, jobs=1))
    row = next(row for row in made.coverage if row.artifact == "integrity")
    assert (row.state, row.records) == ("checked", len(QF))
    assert "INT001" not in {one.rule for one in made.findings}
    changed = written(
        {f"uuid/{name}": data for name, data in (QF | hashes | {"packages.json": b"null"}).items()}, tmp_path / "c"
    )
    made = scan(Request((changed,), default_feeds=False, jobs=1))
    (found,) = [one for one in made.findings if one.rule == "INT001"]
    assert (found.locator.path, found.locator.line) == ("androidqf:/packages.json", 3)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_both_read(opened: Callable[..., Evidence]) -> None:
    target = io.BytesIO(zipped(QF))
    with zipfile.ZipFile(target, "a") as archive:
        for content in (b"first", b"second", b"third"):
            archive.writestr("apks/org.example_split.apk", content)
    found = contents(opened({"x.zip": target.getvalue()}))
    apks = {path: data for path, data in found.items() if path.startswith("androidqf:/apks/")}
    assert apks == {
        "androidqf:/apks/org.example_split.apk": b"first",
        "androidqf:/apks/org.example_split (2).apk": b"second",
        "androidqf:/apks/org.example_split (3).apk": b"third",
    }


@pytest.mark.parametrize(
    ("backup", "note"), [(b"", "is empty: the phone or its owner refused it"), (adb_backup({}), "")]
)
def test_a_backup_that_was_refused_or_is_empty_is_no_gap(
    backup: bytes, note: str, opened: Callable[..., Evidence]
) -> None:
    evidence = opened(QF | {"backup.ab": backup})
    assert not next(iter(evidence.entries())).path.startswith("/data/data/")
    assert not evidence.problems
    assert any(note in one for one in evidence.facts.notes) or not note


def test_a_report_that_was_never_finished_is_said(opened: Callable[..., Evidence]) -> None:
    evidence = opened(QF | {"bugreport.zip": b"PK\5\6 and nothing"})
    assert [one.path for one in evidence.problems] == ["bugreport.zip"]


def test_lines_of_old_phones_end_with_two_characters(opened: Callable[..., Evidence]) -> None:
    evidence = opened({"getprop.txt": PROPERTIES.replace("\n", "\r\n").encode(), "packages.json": b"null"})
    assert evidence.facts.device.model == "Pixel 9"


def test_two_acquisitions_are_not_taken_for_one(opened: Callable[..., Evidence]) -> None:
    with pytest.raises(EvidenceError, match="2 AndroidQF acquisitions"):
        opened({f"{name}/{member}": data for name in "ab" for member, data in QF.items()})


def age(data: bytes) -> tuple[bytes, Secret]:
    """An archive as AndroidQF streams it, and what opens it."""
    identity = pyrage.x25519.Identity.generate()
    return pyrage.encrypt(data, [identity.to_public()]), Secret(file=f"# a comment\n{identity}\n".encode())


def test_an_age_archive_opens_with_its_identity_or_passphrase(opened: Callable[..., Evidence]) -> None:
    data, secret = age(zipped(QF))
    assert "androidqf:/packages.json" in contents(opened({"x.zip.age": data}, secret))
    data = pyrage.passphrase.encrypt(zipped(QF), "bridle")
    assert "androidqf:/packages.json" in contents(opened({"x.zip.age": data}, Secret("bridle")))


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (Secret(), "give the file with the identity"),
        (Secret(file=str(pyrage.x25519.Identity.generate()).encode()), "the identity does not open"),
        (Secret(file=b"AGE-SECRET-KEY-1QQ"), "holds no identity"),
        (Secret("wrong"), "the passphrase does not open"),
    ],
)
def test_an_age_archive_says_what_it_needs(secret: Secret, said: str, opened: Callable[..., Evidence]) -> None:
    with pytest.raises(EvidenceError, match=said):
        opened({"x.zip.age": age(zipped(QF))[0]}, secret)


def test_a_damaged_age_archive_is_no_wrong_key(opened: Callable[..., Evidence]) -> None:
    data, secret = age(zipped(QF) + bytes(200_000))
    with pytest.raises(EvidenceError, match="damaged or was cut short"):
        opened({"x.zip.age": data[:-100]}, secret)


FILES = {
    "apps/org.example/_manifest": b"1\norg.example\n",
    "apps/org.example/db/a.db": b"db",
    "shared/0/DCIM/a.jpg": b"j" * 5000,
}


@pytest.mark.parametrize("version", range(1, 6))
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("password", [None, "pässword"])
def test_adb_backups_of_every_version(
    version: int, packed: bool, password: str | None, opened: Callable[..., Evidence]
) -> None:
    evidence = opened({"a.bin": adb_backup(FILES, version=version, packed=packed, password=password)}, Secret(password))
    assert evidence.facts.encrypted == (password is not None)
    assert contents(evidence) == {
        "backup:/apps/org.example/_manifest": b"1\norg.example\n",
        "/data/data/org.example/databases/a.db": b"db",
        "/storage/emulated/0/DCIM/a.jpg": b"j" * 5000,
    }


@pytest.mark.parametrize(
    ("secret", "said"), [(Secret(), "is encrypted: give the password"), (Secret("x"), "does not open the adb")]
)
def test_an_encrypted_backup_says_what_it_needs(secret: Secret, said: str, opened: Callable[..., Evidence]) -> None:
    with pytest.raises(EvidenceError, match=said):
        opened({"a.ab": adb_backup(FILES, password="bridle")}, secret)


@pytest.mark.parametrize("password", [None, "bridle"])
def test_a_backup_cut_short_is_partial(password: str | None, opened: Callable[..., Evidence]) -> None:
    data = adb_backup(FILES | {"shared/0/x": bytes(range(256)) * 400}, packed=False, password=password)
    evidence = opened({"a.ab": data[:-60_000]}, Secret(password))
    list(evidence.entries())
    assert any("cut short" in problem.message or "padding" in problem.message for problem in evidence.problems)
    assert contents(evidence)["/data/data/org.example/databases/a.db"] == b"db"


def test_names_that_climb_stay_in_the_backup(opened: Callable[..., Evidence]) -> None:
    evidence = opened({"a.ab": adb_backup({"apps/org.example/f/../../../../etc/x": b""})})
    assert all(entry.path.startswith("backup:/") for entry in evidence.entries())


def dumps() -> Iterator[tuple[str, dict[str, bytes]]]:
    """A file system under the roots that tools give it."""
    files = {
        "data/system/packages.xml": b"<packages/>",
        "data/user/0/org.example/files/a": b"a",
        "data/media/0/b": b"b",
    }
    yield "folder", files
    yield "prefix", {f"Dump/{name}": data for name, data in files.items()}
    yield "zip", {"graykey.zip": zipped(files)}
    yield (
        "ufed",
        {"u.zip": zipped({"x.ufd": b"", "EXTRACTION_FFS.zip": zipped({f"Dump/{n}": d for n, d in files.items()})})},
    )
    yield "tar", {"x.tar": tar({f"./{name}": data for name, data in files.items()})}


@pytest.mark.parametrize(("members"), [members for _, members in dumps()], ids=[name for name, _ in dumps()])
def test_a_file_system_has_its_own_paths(members: dict[str, bytes], opened: Callable[..., Evidence]) -> None:
    found = contents(opened(members))
    assert found == {
        "/data/system/packages.xml": b"<packages/>",
        "/data/data/org.example/files/a": b"a",
        "/storage/emulated/0/b": b"b",
    }


def test_single_files(tmp_path: Path) -> None:
    for number, (name, data, path) in enumerate([
        ("props.txt", PROPERTIES.encode(), "section:/SYSTEM PROPERTIES"),
        ("crash", b"*** *** *** *** *** *** ***\nBuild", "/data/tombstones/crash"),
        ("msgstore.db", b"SQLite format 3\0", "/data/data/com.whatsapp/databases/msgstore.db"),
        ("log.txt", b'{"dns_event":{"hostname":"a.example"}}', "intrusion:/log.txt"),
        ("dumpsys.txt", REPORT[REPORT.index(RULE.encode()) :], "dumpsys:/package"),
    ]):  # fmt: skip
        place = written({name: data}, tmp_path / str(number))
        with closing(recognise(place).open(Secret())) as evidence:
            assert path in {entry.path for entry in evidence.entries()}, name


@pytest.mark.parametrize(
    "data",
    [b"", b"hello\n", zipped({"a.docx": b"x"}), gzip.compress(b"x"), b"PK\3\4broken", b"ANDROID BACKUP\n9\n1\nnone\n"],
)
def test_what_is_no_evidence_is_named(data: bytes, opened: Callable[..., Evidence]) -> None:
    with pytest.raises(EvidenceError, match=r"is no evidence|cannot be read"):
        opened({"x": data})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["gzip", "zip", "wrapper", "tar.gz", "flat text"]),
    st.integers(0),
    st.integers(1, 255),
    st.booleans(),
)
def test_damaged_containers_end_in_evidence_errors(tmp_path: Path, shape: str, at: int, flip: int, cut: bool) -> None:
    data = bytearray(next(iter(SHAPES[shape].values())))
    at %= len(data)
    data[at] ^= flip
    path = tmp_path / "x"
    path.write_bytes(data[:at] if cut else data)
    with ExitStack() as stack, suppress(EvidenceError):
        evidence = stack.enter_context(closing(recognise(path).open(Secret())))
        for entry in evidence.entries():
            try:
                with closing(evidence.reader(entry)) as reader:
                    reader.read(0, 1 << 20)
            except (ValueError, OSError):
                continue


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(REPORT)))
def test_any_text_can_be_indexed(noise: bytes, at: int) -> None:
    data = REPORT[:at] + noise + REPORT[at:]
    index = dumpstate.index(lambda offset, amount: data[offset : offset + amount], len(data))
    assert all(
        offset >= 0 and offset + length <= len(data) for _, part in index.parts() for offset, length in part.ranges
    )


def test_a_whatsapp_backup_opens_with_its_key(opened: Callable[..., Evidence]) -> None:
    evidence = opened(
        {"msgstore.db.crypt15": encrypt(b"SQLite format 3\0", root_key(), "crypt15")},
        Secret(file=root_key().secret.hex().encode()),
    )
    assert contents(evidence) == {"/data/data/com.whatsapp/databases/msgstore.db": b"SQLite format 3\0"}


@pytest.mark.parametrize(
    ("secret", "said"),
    [(NOTHING, "is encrypted: give WhatsApp's key"), (Secret(file=b"01" * 32), "does not open the backup")],
)
def test_a_whatsapp_backup_says_what_it_needs(secret: Secret, said: str, opened: Callable[..., Evidence]) -> None:
    with pytest.raises(EvidenceError, match=said):
        opened({"msgstore.db.crypt15": encrypt(b"SQLite format 3\0", root_key(), "crypt15")}, secret)


def test_a_key_in_the_evidence_opens_the_backups_beside_it(opened: Callable[..., Evidence]) -> None:
    stored = "data/media/0/Android/media/com.whatsapp/WhatsApp/Databases/msgstore.db"
    members = {"data/system/packages.list": b"", f"{stored}.crypt15": encrypt(b"db", root_key(), "crypt15")}
    evidence = opened(members)
    assert "/storage/emulated/0/Android/media/com.whatsapp/WhatsApp/Databases/msgstore.db" not in contents(evidence)
    assert "encrypted WhatsApp backups were not read" in evidence.problems[0].message
    evidence = opened(members | {"data/data/com.whatsapp/files/encrypted_backup.key": key_file(root_key())})
    assert contents(evidence)["/storage/emulated/0/Android/media/com.whatsapp/WhatsApp/Databases/msgstore.db"] == b"db"
    assert not evidence.problems


@pytest.mark.parametrize("folder", ["", "intrusion_logs/"])
def test_packed_intrusion_logs_are_read(folder: str, opened: Callable[..., Evidence]) -> None:
    log = b'{"dns_event":{"hostname":"a.example"}}\n'
    members = {f"{folder}2026-05-01.txt": log, f"{folder}b.zip": zipped({"2026-05-02.txt": log})}
    if folder:
        members = QF | members
    assert contents(opened(members))["intrusion:/2026-05-02.txt"] == log


def test_reports_of_two_phones_are_not_taken_for_one(opened: Callable[..., Evidence]) -> None:
    other = REPORT.replace(b"google/tokay/tokay", b"fernhill/moorland/moorland")
    with pytest.raises(EvidenceError, match="reports of several phones"):
        opened({"a.txt": REPORT, "b.txt": other})


def test_two_reports_of_one_phone_are_said(opened: Callable[..., Evidence]) -> None:
    assert "2 reports of one phone" in " ".join(opened({"a.txt": REPORT, "b.txt": REPORT}).facts.notes)


def test_services_alone_are_dated_by_their_ends(opened: Callable[..., Evidence]) -> None:
    evidence = opened({"dumpsys.txt": REPORT[REPORT.index(RULE.encode()) :]})
    assert str(evidence.facts.acquired) == "2024-06-15 14:00:13+00:00"


OLD = b"""\
== dumpstate: 2014-06-15 14:00:00
------ PROCESSES (ps -P) ------
USER PID
[ps: 0.1s elapsed]

------ DUMPSYS (dumpsys) ------
DUMP OF SERVICE package:
Packages:
-------------------------------------------------------------------------------
DUMP OF SERVICE wifi:
Wi-Fi is on
"""


def test_what_old_reports_print_between_their_parts_is_no_part(opened: Callable[..., Evidence]) -> None:
    found = contents(opened({"a.txt": OLD}))
    assert (found["section:/PROCESSES"].strip(), found["dumpsys:/package"]) == (b"USER PID", b"Packages:\n")


def test_a_folder_of_tombstones_is_evidence(opened: Callable[..., Evidence]) -> None:
    evidence = opened({"data/tombstones/tombstone_00": b"*** ***", "data/tombstones/tombstone_01": b"*** ***"})
    assert {entry.path for entry in evidence.entries()} == {f"/data/tombstones/tombstone_0{n}" for n in (0, 1)}
