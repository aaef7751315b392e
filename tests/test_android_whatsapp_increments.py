"""Increments of WhatsApp's backups: whatever stands in them, the reader says what is wrong and goes on."""

import io
import zipfile

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from scanner.artifacts.android.whatsapp_increments import calls
from scanner.evidence import Entry
from scanner.evidence.file import File
from scanner.evidence.reader import Memory
from scanner.evidence.tables import Tables

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
NAMES = st.sampled_from(
    [
        "_id",
        "jid_row_id",
        "lid_row_id",
        "user",
        "server",
        "raw_string",
        "from_me",
        "timestamp",
        "call_result",
        "duration",
    ]
)
ROWS = st.lists(st.one_of(VALUES, st.dictionaries(NAMES, VALUES)), max_size=5)


def increment(**tables: object) -> bytes:
    """An increment with some tables."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, rows in tables.items():
            archive.writestr(f"{name}_modified_1.json", msgspec.json.encode({name: rows}))
    return made.getvalue()


def read(data: bytes) -> tuple[int, int]:
    """How many calls, and how many problems."""
    file = File(Entry("/x.db", "x"), lambda _: Memory(data), Tables(lambda: Memory(data), lambda: None))
    return sum(1 for _ in calls(file)), len(file.problems)


@given(ROWS, ROWS, ROWS)
def test_any_rows(call_log: list[object], jid: list[object], jid_map: list[object]) -> None:
    count, problems = read(increment(call_log=call_log, jid=jid, jid_map=jid_map))
    assert count + problems >= len(call_log)


@given(st.integers(0, 5000), st.integers(0, 255))
def test_any_change(at: int, byte: int) -> None:
    made = bytearray(increment(call_log=[{"_id": 1, "timestamp": 1717000000000}], jid=[{"_id": 1}], jid_map=[]))
    made[at % len(made)] = byte
    try:
        read(bytes(made))
    except ValueError as error:
        assert "no ZIP archive" in str(error)  # noqa: PT017 - it may as well be read
