"""What is no feed is named, so that somebody can do something about it."""

import pytest

from scanner.feeds.unknown import looks


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b" \n", "empty"),
        (b"%PDF-1.7", "PDF"),
        (b"YARA\x20\0\0", "compiled YARA"),
        (b"\n<!DOCTYPE html><html>", "HTML page"),
        (b'<?xml version="1.0"?>\n<stix:STIX_Package xmlns="x">', "STIX 1"),
        (b"<rss><item/></rss>", "XML that holds rss"),
        (b'{"list": ["x"], "name": "y"}', "JSON with list, name"),
        (b"[1, 2]", "JSON without names"),
        (b"ab\0cd", "binary"),
        (b"# made by x\nalert dns any any -> any any (msg: x)", "Suricata"),
        (b"indicators:\n  - name: x\n", "YAML"),
        (b"a,b\n1,2\n", "table without a header"),
        (b"Dear reader", "plain text"),
    ],
)
def test_looks(data: bytes, words: str) -> None:
    assert words in looks(data)
