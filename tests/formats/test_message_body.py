"""Links and earlier texts in the blobs of a message."""

import plistlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import message_body, typedstream
from scanner.synthetic.archive import archive
from scanner.synthetic.messages import edited, rich_link
from scanner.synthetic.typedstream import attributed_body

LONG = "https://lure.example/" + "a" * 300
NESTED = "https://lure.example/?next=http://other.example/"


@pytest.mark.parametrize(
    "link", ["https://lure.example/x", "http://lure.example", LONG, NESTED, "https://lüre.example/ö"]
)
def test_a_web_link_is_read_without_reading_every_object(link: str) -> None:
    blob = attributed_body("your parcel", link=link)
    assert message_body.body_links(blob) == [link]
    assert message_body._counted_links(blob, blob.find(message_body.LINK_ATTRIBUTE)) == [link]


@pytest.mark.parametrize("link", ["tel:+15550100142", "mailto:ada.lune@postbox.example", "webcal://cal.example/x"])
def test_other_links_are_read_by_the_full_reader(link: str) -> None:
    assert message_body.body_links(attributed_body("call me", link=link)) == [link]


def test_the_text_is_no_link_attribute() -> None:
    assert message_body.body_links(attributed_body("see https://tea.example/")) == []
    words = "see https://tea.example/ now"
    assert message_body.body_links(attributed_body(words, link="https://tea.example/")) == ["https://tea.example/"]


def test_a_length_that_does_not_fit_is_left_to_the_full_reader() -> None:
    link = "https://lure.example/x"
    good = attributed_body("your parcel", link=link)
    for length in (1, 5, len(link) + 3, 255):
        blob = good.replace(bytes([len(link)]) + link.encode(), bytes([length]) + link.encode())
        assert blob != good
        assert message_body._counted_links(blob, blob.find(message_body.LINK_ATTRIBUTE)) is None


def test_links_of_a_preview_each_once() -> None:
    assert message_body.payload_links(rich_link("https://photos.example/a", "Photos")) == ["https://photos.example/a"]


def test_earlier_texts_in_order() -> None:
    bodies = message_body.earlier_bodies(edited((1.7e9, "see https://gone.example/x"), (1.7e9, "never mind")))
    assert [typedstream.attributed_text(body) for body in bodies] == ["see https://gone.example/x", "never mind"]


@pytest.mark.parametrize("summary", [[], {}, {"ec": 5}, {"ec": {"0": 5}}, {"ec": {"0": [5, {}, {"t": "x"}]}}])
def test_a_summary_without_versions(summary: dict[str, Any] | list[Any]) -> None:
    assert message_body.earlier_bodies(plistlib.dumps(summary, fmt=plistlib.FMT_BINARY)) == []


def test_a_part_in_either_archive() -> None:
    assert message_body.part_text(attributed_body("see tea.example")) == "see tea.example"
    assert message_body.part_text(archive("see tea.example")) == "see tea.example"
    with pytest.raises(ValueError, match="without text"):
        message_body.part_text(rich_link("https://photos.example/a", "Photos"))


@given(st.binary(max_size=200), st.integers(0, 400))
def test_nothing_but_value_errors(noise: bytes, at: int) -> None:
    body = attributed_body("your parcel", link="https://lure.example/x")
    readers = (message_body.body_links, message_body.payload_links, message_body.earlier_bodies, message_body.part_text)
    for read in readers:
        for blob in (noise, body[:at] + noise, message_body.LINK_ATTRIBUTE + noise + b"https://"):
            try:
                read(blob)
            except ValueError:
                continue
