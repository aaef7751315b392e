"""What needs a secret, and what else is packed: age archives, adb backups, file systems, WhatsApp's backups."""

from collections.abc import Callable, Iterator

import pyrage
import pytest

from scanner.evidence import Evidence, EvidenceError
from scanner.evidence.secret import Secret
from scanner.synthetic.android_backup import adb_backup, tar
from scanner.synthetic.android_whatsapp_backup import encrypt, key_file, root_key
from tests.android_acquisitions import (
    NOTHING,
    QF,
    contents,
    zipped,
)


def age(data: bytes) -> tuple[bytes, Secret]:
    """An archive as AndroidQF streams it, and what opens it."""
    identity = pyrage.x25519.Identity.generate()
    return pyrage.encrypt(data, [identity.to_public()]), Secret(file=f"# a comment\n{identity}\n".encode())


def test_an_age_archive_opens_with_its_identity_or_passphrase(acquired: Callable[..., Evidence]) -> None:
    data, secret = age(zipped(QF))
    assert "androidqf:/packages.json" in contents(acquired({"x.zip.age": data}, secret))
    data = pyrage.passphrase.encrypt(zipped(QF), "bridle")
    assert "androidqf:/packages.json" in contents(acquired({"x.zip.age": data}, Secret("bridle")))


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (Secret(), "give the file with the identity"),
        (Secret(file=str(pyrage.x25519.Identity.generate()).encode()), "the identity does not open"),
        (Secret(file=b"AGE-SECRET-KEY-1QQ"), "holds no identity"),
        (Secret("wrong"), "the passphrase does not open"),
    ],
)
def test_an_age_archive_says_what_it_needs(secret: Secret, said: str, acquired: Callable[..., Evidence]) -> None:
    with pytest.raises(EvidenceError, match=said):
        acquired({"x.zip.age": age(zipped(QF))[0]}, secret)


def test_a_damaged_age_archive_is_no_wrong_key(acquired: Callable[..., Evidence]) -> None:
    data, secret = age(zipped(QF) + bytes(200_000))
    with pytest.raises(EvidenceError, match="damaged or was cut short"):
        acquired({"x.zip.age": data[:-100]}, secret)


FILES = {
    "apps/org.example/_manifest": b"1\norg.example\n",
    "apps/org.example/db/a.db": b"db",
    "shared/0/DCIM/a.jpg": b"j" * 5000,
}


@pytest.mark.parametrize("version", range(1, 6))
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("password", [None, "pässword"])
def test_adb_backups_of_every_version(
    version: int, packed: bool, password: str | None, acquired: Callable[..., Evidence]
) -> None:
    evidence = acquired(
        {"a.bin": adb_backup(FILES, version=version, packed=packed, password=password)}, Secret(password)
    )
    assert evidence.facts.encrypted == (password is not None)
    assert contents(evidence) == {
        "backup:/apps/org.example/_manifest": b"1\norg.example\n",
        "/data/data/org.example/databases/a.db": b"db",
        "/storage/emulated/0/DCIM/a.jpg": b"j" * 5000,
    }


@pytest.mark.parametrize(
    ("secret", "said"), [(Secret(), "is encrypted: give the password"), (Secret("x"), "does not open the adb")]
)
def test_an_encrypted_backup_says_what_it_needs(secret: Secret, said: str, acquired: Callable[..., Evidence]) -> None:
    with pytest.raises(EvidenceError, match=said):
        acquired({"a.ab": adb_backup(FILES, password="bridle")}, secret)


@pytest.mark.parametrize("password", [None, "bridle"])
def test_a_backup_cut_short_is_partial(password: str | None, acquired: Callable[..., Evidence]) -> None:
    data = adb_backup(FILES | {"shared/0/x": bytes(range(256)) * 400}, packed=False, password=password)
    evidence = acquired({"a.ab": data[:-60_000]}, Secret(password))
    list(evidence.entries())
    assert any("cut short" in problem.message or "padding" in problem.message for problem in evidence.problems)
    assert contents(evidence)["/data/data/org.example/databases/a.db"] == b"db"


def test_names_that_climb_stay_in_the_backup(acquired: Callable[..., Evidence]) -> None:
    evidence = acquired({"a.ab": adb_backup({"apps/org.example/f/../../../../etc/x": b""})})
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
def test_a_file_system_has_its_own_paths(members: dict[str, bytes], acquired: Callable[..., Evidence]) -> None:
    found = contents(acquired(members))
    assert found == {
        "/data/system/packages.xml": b"<packages/>",
        "/data/data/org.example/files/a": b"a",
        "/storage/emulated/0/b": b"b",
    }


def test_a_whatsapp_backup_opens_with_its_key(acquired: Callable[..., Evidence]) -> None:
    evidence = acquired(
        {"msgstore.db.crypt15": encrypt(b"SQLite format 3\0", root_key(), "crypt15")},
        Secret(file=root_key().secret.hex().encode()),
    )
    assert contents(evidence) == {"/data/data/com.whatsapp/databases/msgstore.db": b"SQLite format 3\0"}


@pytest.mark.parametrize(
    ("secret", "said"),
    [(NOTHING, "is encrypted: give WhatsApp's key"), (Secret(file=b"01" * 32), "does not open the backup")],
)
def test_a_whatsapp_backup_says_what_it_needs(secret: Secret, said: str, acquired: Callable[..., Evidence]) -> None:
    with pytest.raises(EvidenceError, match=said):
        acquired({"msgstore.db.crypt15": encrypt(b"SQLite format 3\0", root_key(), "crypt15")}, secret)


def test_a_key_in_the_evidence_opens_the_backups_beside_it(acquired: Callable[..., Evidence]) -> None:
    stored = "data/media/0/Android/media/com.whatsapp/WhatsApp/Databases/msgstore.db"
    members = {"data/system/packages.list": b"", f"{stored}.crypt15": encrypt(b"db", root_key(), "crypt15")}
    evidence = acquired(members)
    assert "/storage/emulated/0/Android/media/com.whatsapp/WhatsApp/Databases/msgstore.db" not in contents(evidence)
    assert "encrypted WhatsApp backups were not read" in evidence.problems[0].message
    evidence = acquired(members | {"data/data/com.whatsapp/files/encrypted_backup.key": key_file(root_key())})
    assert contents(evidence)["/storage/emulated/0/Android/media/com.whatsapp/WhatsApp/Databases/msgstore.db"] == b"db"
    assert not evidence.problems
