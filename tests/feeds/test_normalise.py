"""Normal forms of what feeds write and of what phones show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.feeds import normalise
from scanner.record import Kind


@pytest.mark.parametrize(
    ("kind", "raw", "want"),
    [
        (Kind.DOMAIN, "EVIL.Example.", (Kind.DOMAIN, "evil.example")),
        (Kind.DOMAIN, "*.evil[.]example", (Kind.DOMAIN, "evil.example")),
        (Kind.DOMAIN, "evil(dot)example\u200b", (Kind.DOMAIN, "evil.example")),
        (Kind.DOMAIN, "bücher.example", (Kind.DOMAIN, "xn--bcher-kva.example")),
        (Kind.DOMAIN, "evil.example:8443", (Kind.DOMAIN, "evil.example")),
        (Kind.DOMAIN, "evil%5fone.example", (Kind.DOMAIN, "evil_one.example")),
        (Kind.DOMAIN, "192.0.2.7", (Kind.IP, "192.0.2.7")),
        (Kind.DOMAIN, "evil.example/x", (Kind.URL, "evil.example/x")),
        (Kind.URL, "hxxps[:]//Evil[.]Example:443/A?id=1#top", (Kind.URL, "https://evil.example/A?id=1")),
        (Kind.URL, "evil.example", (Kind.DOMAIN, "evil.example")),
        (Kind.IP, "192[.]0[.]2[.]7", (Kind.IP, "192.0.2.7")),
        (Kind.IP, "::ffff:192.0.2.7", (Kind.IP, "192.0.2.7")),
        (Kind.IP, "2001:DB8:0::1", (Kind.IP, "2001:db8::1")),
        (Kind.IP, "192.0.2.0/24", (Kind.CIDR, "192.0.2.0/24")),
        (Kind.CIDR, "192.0.2.9/24", (Kind.CIDR, "192.0.2.0/24")),
        (Kind.CIDR, "192.0.2.9/32", (Kind.IP, "192.0.2.9")),
        (Kind.EMAIL, "mailto:Joe[at]Evil[.]example", (Kind.EMAIL, "joe@evil.example")),
        (Kind.PHONE, "+1 (555) 010-0100", (Kind.PHONE, "+15550100100")),
        (Kind.HANDLE, "Joe@evil.example", (Kind.EMAIL, "joe@evil.example")),
        (Kind.FILE_NAME, "/data/local/tmp/wd/", (Kind.PATH, "/data/local/tmp/wd/")),
        (Kind.PROCESS, "/usr/libexec/evild", (Kind.PATH, "/usr/libexec/evild")),
        (Kind.PROCESS, "EvilD", (Kind.PROCESS, "EvilD")),
        (Kind.PATH, "/private/var//tmp/./x", (Kind.PATH, "/var/tmp/x")),
        (Kind.PATH, "/private/variant", (Kind.PATH, "/private/variant")),
        (Kind.PATH, "/sdcard/.evil/", (Kind.PATH, "/storage/emulated/0/.evil/")),
        (Kind.PATH, "/mnt/sdcard/evil.apk", (Kind.PATH, "/storage/emulated/0/evil.apk")),
        (Kind.PATH, "/data/media/0/evil.apk", (Kind.PATH, "/storage/emulated/0/evil.apk")),
        (Kind.PATH, "/storage/self/primary/evil.apk", (Kind.PATH, "/storage/emulated/0/evil.apk")),
        (Kind.PATH, "/mnt/runtime/default/emulated/0/x", (Kind.PATH, "/storage/emulated/0/x")),
        (Kind.PATH, "/sdcard2/evil.apk", (Kind.PATH, "/sdcard2/evil.apk")),
        (Kind.PATH, "/data/media/01/x", (Kind.PATH, "/data/media/01/x")),
        (Kind.PATH, "/data/user/0/com.evil.app/files", (Kind.PATH, "/data/data/com.evil.app/files")),
        (Kind.PATH, "/data/user/10/com.evil.app/files", (Kind.PATH, "/data/user/10/com.evil.app/files")),
        (Kind.PATH, "/data/user_de/0/com.evil.app/x", (Kind.PATH, "/data/user_de/0/com.evil.app/x")),
        (Kind.HASH, "AB" * 20, (Kind.SHA1, "ab" * 20)),
        (Kind.CERT_SHA1, ":".join(["AB"] * 32), (Kind.CERT_SHA256, "ab" * 32)),
        (Kind.APP_ID, "com.Evil.App", (Kind.APP_ID, "com.evil.app")),
        (Kind.PROFILE, " 0a1b ", (Kind.PROFILE, "0A1B")),
    ],
)
def test_indicator(kind: Kind, raw: str, want: tuple[Kind, str]) -> None:
    """Each kind has one form, and the value may show it to be another kind."""
    assert normalise.indicator(kind, raw) == want
    assert normalise.indicator(*want) == want


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Kind.DOMAIN, "localonly"),
        (Kind.DOMAIN, "a..example"),
        (Kind.DOMAIN, "a b.example"),
        (Kind.DOMAIN, "127.0.0.1"),
        (Kind.DOMAIN, "999.1.1.1"),
        (Kind.URL, "https:///"),
        (Kind.IP, "evil"),
        (Kind.CIDR, "0.0.0.0/0"),
        (Kind.EMAIL, "a@b@evil.example"),
        (Kind.PHONE, "5551"),
        (Kind.PATH, "//"),
        (Kind.PATH, "/tmp/*"),
        (Kind.SHA256, "ab" * 20),
        (Kind.MD5, "zz" * 16),
        (Kind.SHA256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (Kind.PROCESS, ""),
        (Kind.PROCESS, "a\nb"),
        (Kind.PROCESS, "\ud800"),
        (Kind.PROCESS, "x" * 10_000),
        (Kind.TEXT, "evil"),
    ],
)
def test_refused(kind: Kind, raw: str) -> None:
    """What cannot be an indicator, or would match every device, is refused."""
    with pytest.raises(ValueError, match=r"\w"):
        normalise.indicator(kind, raw)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://evil.example/x", "evil.example"),
        ("HTTPS://u:p@Evil.Example.:8443/x", "evil.example"),
        ("//evil.example/x", "evil.example"),
        ("evil.example:8080/x", "evil.example"),
        ("good.example/?u=https://evil.example", "good.example"),
        ("http://good.example\\@evil.example/", "good.example"),
        ("https:\\\\evil.example\\x", "evil.example"),
        ("http://[::ffff:192.0.2.7]:80/", "192.0.2.7"),
        ("2001:db8::10", "2001:db8::10"),
        ("fe80::1%wlan0", "fe80::1"),
        ("[2001:db8::10]:443", "2001:db8::10"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("http://3221225991/", "192.0.2.7"),
        ("http://0xc0.0.0x207/", "192.0.2.7"),
        ("http://0xc00002ff/", "192.0.2.255"),
        ("http://bücher.example/", "xn--bcher-kva.example"),
        ("http://evil。example/", "evil.example"),
        ("blob:https://evil.example/1", "evil.example"),
        ("https://evil.example#x", "evil.example"),
        ("file:///var/x", ""),
        ("javascript:alert(1)", ""),
        ("tel:+15550100100", ""),
        ("no link at all", ""),
        ("", ""),
    ],
)
def test_host_of(url: str, host: str) -> None:
    """Hosts are what a browser would go to."""
    assert normalise.host_of(url) == host


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ("HTTP://Evil.Example:80/A?q#f", "http://evil.example/A?q"),
        ("https://evil.example", "https://evil.example/"),
        ("https://evil.example?q", "https://evil.example/?q"),
        ("https://evil.example:8443/", "https://evil.example:8443/"),
        ("evil.example/x", "evil.example/x"),
    ],
)
def test_url(value: str, want: str) -> None:
    """URLs that a server cannot tell apart have one form."""
    assert normalise.url(value) == want
    assert normalise.url(want) == want


def test_observed_handles() -> None:
    """Telephone numbers and addresses as messengers write them."""
    assert normalise.phone("15550100100@s.whatsapp.net") == normalise.phone("tel:+1-555-010-0100") == "+15550100100"
    assert normalise.phone("0105550") == "0105550"
    assert normalise.phone("joe@evil.example") == ""
    assert normalise.email("E:Joe@evil.example") == normalise.email("Joe <joe@EVIL.example>") == "joe@evil.example"
    assert normalise.email("+15550100100") == ""
    assert normalise.ip("evil.example") is None
    assert normalise.ip("[2001:db8::1%en0]:443") == "2001:db8::1"


@given(st.text(max_size=60) | st.from_regex(r"h[tx]{2}ps?:/{0,3}[\w.@:\[\]%\\-]{0,30}[/?#]?.{0,9}", fullmatch=True))
def test_never_raises(value: str) -> None:
    """The observed side takes anything; the indicator side raises ValueError only, and is stable."""
    for form in (normalise.host_of, normalise.url, normalise.path, normalise.email, normalise.phone, normalise.ip):
        form(value)
    for kind in Kind:
        try:
            normal = normalise.indicator(kind, value)
        except ValueError:
            continue
        assert normalise.indicator(*normal) == normal
