"""One publisher's values are the same indicators, whatever the format that they come in."""

import gzip
import json
from pathlib import PurePosixPath

import pytest

from scanner.feeds.load import read
from scanner.feeds.model import Indicator

SHA256, SHA1 = "ab" * 32, "CD" * 20
WRITTEN = {
    "domain": ("domain", "domain-name:value", "Evil.example"),
    "ip": ("ip-dst", "ipv4-addr:value", "192.0.2.1"),
    "url": ("url", "url:value", "HTTPS://evil.example/a?b=1"),
    "email": ("email-src", "email-addr:value", "A@evil.example"),
    "sha256": ("sha256", "file:hashes.'SHA-256'", SHA256.upper()),
    "app_id": ("mobile-application-id", "app:id", "com.evil.App"),
    "cert_sha1": ("x509-fingerprint-sha1", "app:cert.sha1", SHA1),
    "phone": ("phone-number", "", "+1 555 0100"),
}
STIX = [{"type": "indicator", "pattern": f"[{path}='{value}']"} for _, path, value in WRITTEN.values() if path]
FORMATS = {
    "feed.stix2": json.dumps({"type": "bundle", "objects": STIX}),
    "misp.json": json.dumps(
        {
            "Event": {
                "Attribute": [{"type": said, "value": value, "to_ids": True} for said, _, value in WRITTEN.values()]
            }
        }
    ),
    "misp.csv": "uuid,event_id,category,type,value,comment,to_ids,date\n"
    + "".join(f'x,1,Network activity,{said},"{value}","",1,20260101\n' for said, _, value in WRITTEN.values()),
    "table.tsv": "\ufeffIndicator\tType\n" + "".join(f"{value}\t{said}\n" for said, _, value in WRITTEN.values()),
    "evil.yaml": "family: Evil\nindicators:\n"
    + "".join(f"- {{kind: {kind}, value: '{value}'}}\n" for kind, (_, _, value) in WRITTEN.items()),
}


def values(name: str, data: bytes) -> set[tuple[str, str]]:
    entries = list(read(data, PurePosixPath(name), "feed") or [])
    assert all(isinstance(one, Indicator) for one in entries), entries
    return {(one.kind.value, one.value) for one in entries if isinstance(one, Indicator)} - {("phone", "+15550100")}


@pytest.mark.parametrize("name", FORMATS)
def test_same(name: str) -> None:
    data = FORMATS[name].encode()
    expected = {
        ("domain", "evil.example"),
        ("ip", "192.0.2.1"),
        ("url", "https://evil.example/a?b=1"),
        ("email", "a@evil.example"),
        ("sha256", SHA256),
        ("app_id", "com.evil.app"),
        ("cert_sha1", SHA1.lower()),
    }
    assert values(name, data) == expected
    assert values(f"{name}.gz", gzip.compress(data)) == expected


@pytest.mark.parametrize("name", ["misp.csv", "table.tsv", "misp.json", "evil.yaml"])
def test_other_encodings(name: str) -> None:
    """UTF-16 with its mark is read as UTF-8 is."""
    text = FORMATS[name].removeprefix("\ufeff")
    assert values(name, text.encode("utf-16")) == values(name, text.encode())
