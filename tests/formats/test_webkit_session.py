"""The session of a tab: whatever its bytes, pages or a ValueError."""

import plistlib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import webkit_session

VERSION = b"\0\0\0\2"


def stored(root: Mapping[str, object] | list[str]) -> bytes:
    return plistlib.dumps(root, fmt=plistlib.FMT_BINARY)


def test_pages_are_in_order_and_the_address_asked_for_stands_before_the_one_shown() -> None:
    entries = [
        {"SessionHistoryEntryURL": "https://b.example/", "SessionHistoryEntryOriginalURL": "http://a.example/"},
        {"SessionHistoryEntryURL": "https://c.example/", "SessionHistoryEntryOriginalURL": "https://c.example/"},
    ]
    root = {"SessionHistory": {"SessionHistoryEntries": entries}, "ProvisionalURL": "https://d.example/"}
    want = ("http://a.example/", "https://b.example/", "https://c.example/", "https://d.example/")
    assert webkit_session.loads(VERSION + stored(root)).pages == want
    assert webkit_session.loads(stored(root)).pages == want


def test_too_many_pages_are_cut_and_said() -> None:
    entries = [{"SessionHistoryEntryURL": f"https://{n}.example/"} for n in range(webkit_session.MAX_ENTRIES + 1)]
    found = webkit_session.loads(VERSION + stored({"SessionHistory": {"SessionHistoryEntries": entries}}))
    assert len(found.pages) == webkit_session.MAX_ENTRIES
    assert found.problems


@pytest.mark.parametrize("data", [b"", b"\0\0\0\2", b"\0" * 40, VERSION + b"bplist00", VERSION + stored(["x"])])
def test_what_is_no_session_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"session|property list"):
        webkit_session.loads(data)


VALUES = st.recursive(
    st.text() | st.integers(0, 9) | st.binary(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["SessionHistory", "SessionHistoryEntries", "SessionHistoryEntryURL", "ProvisionalURL"]),
            inner,
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["SessionHistory", "ProvisionalURL"]), VALUES))
def test_any_property_list_gives_texts(root: dict[str, object]) -> None:
    try:
        data = stored(root)
    except (UnicodeEncodeError, OverflowError):
        return
    assert all(isinstance(page, str) for page in webkit_session.loads(VERSION + data).pages)
