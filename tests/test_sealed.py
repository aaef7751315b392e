"""A case at rest: only its recipient opens it, and nothing else is left."""

import io
import tarfile
from pathlib import Path

import pyrage
import pytest

from scanner.evidence import EvidenceError
from scanner.scan import Request, scan
from scanner.synthetic import android
from tests.conftest import Bridle


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    path = tmp_path / "phone.ab"
    path.write_bytes(android.backup(android.make()))
    return path


def test_only_the_recipient_opens_a_case(backup: Path, tmp_path: Path, bridle: Bridle) -> None:
    identity, case = pyrage.x25519.Identity.generate(), tmp_path / "case"
    wanted = ("--no-default-feeds", "--no-yara", "-q", "-j", "1", "-o", case)
    assert bridle("scan", backup, *wanted, "--encrypt-to", identity.to_public()).code == 0
    assert sorted(path.name for path in tmp_path.glob("case*")) == ["case.tar.age"]
    content = (tmp_path / "case.tar.age").read_bytes()
    assert b"PARCEL" not in content
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(content, [pyrage.x25519.Identity.generate()])
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(content, [identity]))) as archive:
        assert {"case/report.json", "case/manifest.json", "case/log.jsonl"} <= set(archive.getnames())


def test_a_wrong_recipient_is_said_before_anything_is_done(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="names no recipient"):
        scan(Request((backup,), tmp_path / "case", default_feeds=False, encrypt_to=("age1nobody",)))
    assert not (tmp_path / "case").exists()


def test_an_archive_that_is_there_is_not_replaced(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "case.tar.age").write_bytes(b"earlier")
    public = str(pyrage.x25519.Identity.generate().to_public())
    with pytest.raises(EvidenceError, match="exists; name another"):
        scan(Request((backup,), tmp_path / "case", default_feeds=False, encrypt_to=(public,)))
    assert (tmp_path / "case.tar.age").read_bytes() == b"earlier"
