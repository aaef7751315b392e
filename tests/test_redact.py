"""A redacted report tells nothing of a person, in no output and in no encoding, and its findings still correlate."""

import base64
import dataclasses
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard
from ahocorasick_rs import BytesAhoCorasick
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scanner import scan, synthetic
from scanner.finding import Finding, Locator, Matched, Problem, Report, Suppressed
from scanner.redact import redacted
from scanner.redact_values import coded, spoken
from scanner.report import formats
from scanner.scan import Request
from scanner.synthetic import android, life, sqlite
from scanner.synthetic.android import words
from tests.backups import LITTLE
from tests.conftest import Bridle
from tests.documents import report

KEY = b"k" * 32
IDENTIFYING = re.compile(
    "text|guid|username|zidentifier|summary|zphone|displayname|email|address|zuuid|partnername", re.IGNORECASE
)
PUBLIC = re.compile(r"(?:com|net|org|example|is)\.[\w.-]+|https?://\S*|[A-Za-z]+")
"""Apps, pages and single common words: not what identifies."""
LEAST = 7
"""Characters of the shortest value that can be looked for in any encoding."""


def finding(record: dict[str, Any], message: str = "", artifact: str = "ios.sms.messages", **more: Any) -> Finding:
    place = Locator(evidence="phone", artifact=artifact, path=more.pop("path", "/x"))
    return Finding(
        id="0123456789abcdef", rule="IOS019", title="", severity="low", stage="none", confidence="", time=None,
        locator=place, message=message, record=record, **more,
    )  # fmt: skip


@dataclasses.dataclass
class Scanned:
    """A synthetic phone: what a scan of it says, all that was read of it, and what nobody may see of it."""

    report: Report
    records: list[Finding]
    secrets: set[str]


def scanned(evidence: Path, bundle: dict[str, object], secrets: set[str]) -> Scanned:
    """Scan a phone, and make a finding of every record that was read."""
    feed = evidence.with_suffix(".stix2")
    feed.write_text(json.dumps(bundle), encoding="utf-8")
    case = evidence.with_suffix(".case")
    made = scan.scan(Request((evidence,), case, feeds=(feed,), default_feeds=False, jobs=1, yara=None))
    known = {one.indicator.value for one in made.findings if one.indicator}
    told = {one for one in secrets if any(one.removeprefix("mailto:") in each for each in known)}
    apart = {one for one in secrets if PUBLIC.fullmatch(one) or len(one) < LEAST}
    return Scanned(made, list(kept(case)), secrets - told - apart)


def kept(case: Path) -> Iterator[Finding]:
    """The records of a case as findings that say all of what they hold."""
    for shard in sorted((case / "records").rglob("*.zst")):
        with shard.open("rb") as file:
            lines = zstandard.ZstdDecompressor().stream_reader(file).read().splitlines()
        for record in map(json.loads, lines):
            record.pop("place", None)
            said = [one for one in record.values() if isinstance(one, str)]
            yield finding(record, f"seen: {said} and {' and '.join(said)}", shard.parent.name)


@pytest.fixture(scope="module")
def phones(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scanned]:
    root = tmp_path_factory.mktemp("mara-quill")
    facts = synthetic.Facts()
    written = {facts.name, facts.serial, facts.udid, facts.imei, facts.phone, facts.owner}
    insert = sqlite.Store.insert

    def noted(store: sqlite.Store, table: str, **values: Any) -> int:
        written.update(str(one) for name, one in values.items() if IDENTIFYING.search(name) and isinstance(one, str))
        return insert(store, table, **values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite.Store, "insert", noted)
        phone = synthetic.make(amount=LITTLE)
        droid = android.make()
    (root / "iphone").mkdir()
    synthetic.write_backup(phone, root / "iphone")
    android.write(android.file_system(droid), root / "android")
    names = {f"{first} {last}" for first in life.FIRST for last in life.LAST} | {"Mara\u2019s iPhone", "Jonas Reed"}
    others = {words.FRIEND, words.FRIEND[1:], droid.facts.serial, str(root)}
    secrets = written | names | others | {*life.NUMBERS, *life.MAILS, *life.TALK}
    return {
        "iphone": scanned(root / "iphone", synthetic.bundle(), secrets),
        "android": scanned(root / "android", android.bundle(), secrets),
    }


def encodings(value: str) -> Iterator[bytes]:
    """How outputs may hold a value."""
    plain = value.encode()
    yield from (plain, value.encode("utf-16-le"), value.encode("utf-16-be"), json.dumps(value)[1:-1].encode())
    yield value.lower().encode()
    for shift in range(3):  # at each place of the three bytes that four letters of base64 stand for
        skipped = -(-shift * 8 // 6)
        yield base64.b64encode(b"\0" * shift + plain)[skipped + (shift > 0) : -4]


def seen(data: bytes, secrets: set[str]) -> set[bytes]:
    """Which secrets stand in an output, in whatever encoding."""
    patterns = list({form for one in secrets for form in encodings(one) if len(form) >= LEAST})
    return {patterns[which] for which, _, _ in BytesAhoCorasick(patterns).find_matches_as_indexes(data)}


def outputs(made: Report, folder: Path) -> Iterator[tuple[str, bytes]]:
    """A report in every format that can be written here."""
    for name in formats.FORMATS:
        target = folder / name
        try:
            formats.save(made, name, target)
        except (ImportError, ValueError):
            continue
        for file in sorted(target.rglob("*")) if target.is_dir() else [target]:
            data = file.read_bytes()
            yield f"{name} {file.name}", data
            for packed in re.findall(rb"H4sI[A-Za-z0-9+/]+=*", data):
                yield f"{name} {file.name}, unpacked", gzip.decompress(base64.b64decode(packed))


@pytest.mark.parametrize("which", ["iphone", "android"])
def test_no_output_holds_a_value_of_the_phone(which: str, phones: dict[str, Scanned], tmp_path: Path) -> None:
    phone = phones[which]
    assert len(phone.secrets) > 100
    assert seen(msgspec.json.encode(phone.report), phone.secrets), "the test looks for what is not there"
    found = dict(outputs(redacted(phone.report, KEY), tmp_path))
    assert {name.split()[0] for name in found} >= {"json", "csv", "sarif", "text"}
    for name, data in found.items():
        assert not seen(data, phone.secrets), name


@pytest.mark.parametrize("which", ["iphone", "android"])
def test_no_record_of_any_kind_tells_a_value(which: str, phones: dict[str, Scanned]) -> None:
    phone = phones[which]
    whole = replace(phone.report, findings=[*phone.report.findings, *phone.records])
    assert len(phone.records) > 50
    assert len(seen(msgspec.json.encode(whole), phone.secrets)) > 5
    assert not seen(msgspec.json.encode(redacted(whole, KEY)), phone.secrets)


def test_what_indicators_say_stays(phones: dict[str, Scanned]) -> None:
    whole = phones["iphone"].report
    made = redacted(whole, KEY)
    for before, after in zip(whole.findings, made.findings, strict=True):
        if before.indicator and after.indicator:
            assert (after.indicator.kind, after.indicator.value) == (before.indicator.kind, before.indicator.value)
            assert before.indicator.kind == "pattern" or after.indicator.value in after.message
    assert (made.verdict, made.counts, len(made.coverage)) == (whole.verdict, whole.counts, len(whole.coverage))
    assert made.redacted
    assert not whole.redacted


def test_the_same_value_has_the_same_pseudonym_however_it_is_written() -> None:
    whole = report(
        finding({"handle": "+1 (555) 010-0188", "text": "hello Ada"}, "6 calls from +1 (555) 010-0188"),
        finding({"sender": "15550100188@s.whatsapp.net"}, artifact="ios.whatsapp.messages"),
        finding({"text": "hello Ada"}, "the account 'ada.brook@postbox.example' of 15550100188"),
        finding({"username": "Ada.Brook@postbox.example"}, artifact="ios.accounts.accounts"),
    )
    made = redacted(whole, KEY)
    first, second, third, fourth = (one.record for one in made.findings)
    number, mail = first["handle"], fourth["username"]
    assert re.fullmatch(r"phone-[0-9a-f]{12}", number)
    assert (second["sender"], made.findings[0].message) == (number, f"6 calls from {number}")
    assert made.findings[2].message == f"the account '{mail}' of {number}"
    assert first["text"] == third["text"] != "hello Ada"
    assert redacted(whole, b"x" * 32).findings[0].record["handle"] != number
    assert redacted(made, KEY).findings[0].record == first


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("6 calls from Jonas Reed, who is in no chat", r"6 calls from text-\w+ text-\w+, who is in no chat"),
        ("the message says 'is in no chat'", r"the message says 'text-\w+'"),
        ("the phone restarted 3 minutes after x", r"the phone restarted 3 minutes after x"),
        ("moved 14300000 bytes", r"moved 14300000 bytes"),
        ("calls from 555010188", r"calls from number-\w+"),
        ("calls from aa:bb:cc:00:11:22", r"calls from mac-\w+"),
        ("the phone was at 52.52001, 13.40495", r"the phone was at place-\w+"),
        ("the app 5EED0000-1111-4222-8333-444455556666", r"the app id-\w+"),
    ],
)
def test_of_a_sentence_only_the_words_of_the_scanner_stay(said: str, shown: str) -> None:
    (made,) = redacted(report(finding({}, said)), KEY).findings
    assert re.fullmatch(shown, made.message), made.message


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/private/var/mobile/Library/SMS/sms.db", r"/private/var/mobile/Library/SMS/sms\.db"),
        ("/data/local/tmp/stage2", "/data/local/tmp/stage2"),
        ("/sdcard/Download/Mara CV.pdf", r"/sdcard/Download/file-\w+\.pdf"),
        ("/x/15550100188@s.whatsapp.net/a.jpg", r"/x/phone-\w+/a\.jpg"),
        ("/x/5EED0000-1111-4222-8333-444455556666", r"/x/id-\w+"),
        ("/sdcard/Download/bad.example/x", r"/sdcard/Download/bad\.example/x"),
    ],
)
def test_paths_lose_what_persons_named(path: str, shown: str) -> None:
    known = Matched(kind="domain", value="bad.example", observed="bad.example", field="url", sources=())
    (made,) = redacted(report(finding({}, path=path, indicator=known)), KEY).findings
    assert re.fullmatch(shown, made.locator.path), made.locator.path
    assert (made.id == "0123456789abcdef") == (made.locator.path == path)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=LEAST, max_size=60))
def test_no_text_comes_through_a_record_or_a_message(value: str) -> None:
    assume(not coded(value) and not spoken(value))
    said = f"{value!r} of {value}, seen in {value} twice"
    one = finding({"text": value, "sender_name": value}, said, path=f"/x/{value}")
    (made,) = redacted(report(one), KEY).findings
    for shown in (made.message, *made.record.values()):
        assert value not in shown


def test_everything_else_of_the_document_is_swept_too() -> None:
    one = finding({"name": "Jonas Reed", "phone": "+15550100101"}, artifact="ios.contacts.entries")
    one.suppressed = Suppressed(reason="Jonas says it is his", author="A. Analyst")
    problem = Problem("ios.contacts.entries", "row of Jonas Reed: no time", "/x/+15550100101.db", "Jonas Reed")
    made = redacted(report(one, problems=(problem,)), KEY)
    text = msgspec.json.encode(made).decode()
    assert not re.search("jonas|reed|5550100101|/evidence", text, re.IGNORECASE), text
    assert "A. Analyst" in text


def test_what_a_rescan_notes_is_redacted_too() -> None:
    whole = report(finding({"handle": "+15550100101"}, path="/x/+15550100101"))
    gone = {"id": "fedcba9876543210", "rule": "IOS019", "message": "6 calls from Jonas"}
    whole.run.options["compared"] = {"with": "report.json", "new": ["0123456789abcdef"], "gone": [gone]}
    made = redacted(whole, KEY)
    noted = made.run.options["compared"]
    assert noted["new"] == [made.findings[0].id] != ["0123456789abcdef"]
    assert noted["gone"][0]["id"] != "fedcba9876543210"
    assert re.fullmatch(r"6 calls from text-\w+", noted["gone"][0]["message"])


def test_the_commands_redact(phones: dict[str, Scanned], bridle: Bridle, tmp_path: Path) -> None:
    source = Path(phones["iphone"].report.evidence[0].path)
    options = ("-j", "1", "--no-default-feeds", "--feeds", source.with_suffix(".stix2"), "--no-yara", "--no-progress")
    printed = bridle("scan", source, *options, "--artifact", "ios.sms.*", "--redact", "--format", "json")
    assert json.loads(printed.out)["redacted"] is True
    assert not seen(printed.out.encode(), phones["iphone"].secrets)
    case = source.with_suffix(".case")
    assert bridle("share", case, "-o", tmp_path / "package").code == 0
    assert bridle("share", case, "-o", tmp_path / "package").code == 2
    for file in (tmp_path / "package").iterdir():
        assert not seen(file.read_bytes(), phones["iphone"].secrets), file.name
    manifest = json.loads((tmp_path / "package" / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["files"]) == {one.name for one in (tmp_path / "package").iterdir()} - {"manifest.json"}
    assert bridle("share", case, "-o", tmp_path / "plain", "--plain").code == 0
    plain = json.loads((tmp_path / "plain" / "report.json").read_text(encoding="utf-8"))
    assert plain["evidence"][0]["device"]["serial"] == synthetic.Facts().serial


def test_a_package_tells_nothing_of_private_feeds(phones: dict[str, Scanned], bridle: Bridle, tmp_path: Path) -> None:
    source = Path(phones["iphone"].report.evidence[0].path)
    (tmp_path / "hushhush.stix2").write_bytes(source.with_suffix(".stix2").read_bytes())
    options = ("-j", "1", "--no-default-feeds", "--no-yara", "-q", "--artifact", "ios.safari.history")
    case = tmp_path / "case"
    assert bridle("scan", source, *options, "--private-feeds", tmp_path / "hushhush.stix2", "-o", case).code == 1
    whole = json.loads((case / "report.json").read_text(encoding="utf-8"))
    values = {one["indicator"]["value"] for one in whole["findings"] if one["indicator"]}
    assert values
    for more in ((), ("--plain",)):
        assert bridle("share", case, "-o", tmp_path / "package", "--force", *more).code == 0
        for file in (tmp_path / "package").iterdir():
            assert not seen(file.read_bytes(), {*values, "hushhush"}), file.name


def test_what_is_no_case_or_no_package_is_refused(bridle: Bridle, tmp_path: Path) -> None:
    assert bridle("share", tmp_path, "-o", tmp_path / "package").code == 2
    (tmp_path / "report.json").write_text("{}", encoding="utf-8")
    assert bridle("share", tmp_path, "-o", tmp_path / "package").code == 2
    assert not (tmp_path / "package").exists()
    (tmp_path / "report.json").write_bytes(msgspec.json.encode(report()))
    assert bridle("share", tmp_path, "-o", tmp_path, "--force").code == 2
    assert (tmp_path / "report.json").exists()
