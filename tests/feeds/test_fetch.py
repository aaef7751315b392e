"""Fetching against a server that serves, refuses, cuts off, hangs, leads astray and lies."""

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.feeds import fetch
from scanner.feeds.fetch import Answer, Failed, Fetched, Gone, Limits, Same, Wanted
from tests import feed_server
from tests.feed_server import Server, certified, serving, stix

QUICK = Limits(connect=1, read=0.3, total=1.5, attempts=2, backoff=0.01, size=100_000)
FEED = stix(3)
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in CERTIFICATES:
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


def get(server: Server, page: bytes | Callable[[Any], None], path: str = "/feed", etag: str = "") -> Answer:
    server.asked.clear()
    server.pages[path] = page
    ((_, answer),) = fetch.fetch([Wanted("feed", server.url + path, etag)], QUICK)
    return answer


def why(answer: Answer) -> str:
    assert isinstance(answer, Failed), answer
    return answer.why


def test_a_feed_and_then_nothing_newer(server: Server) -> None:
    first = get(server, FEED)
    assert isinstance(first, Fetched)
    assert first.data == FEED
    assert first.etag
    assert get(server, FEED, etag=first.etag) == Same()
    assert isinstance(get(server, stix(4), etag=first.etag), Fetched)
    assert "if-none-match" in server.asked[-1][1]


def test_compressed_content_is_unpacked_and_bounded(server: Server) -> None:
    assert get(server, feed_server.compressed(FEED)) == Fetched(FEED)
    assert "larger than a feed may be" in why(get(server, feed_server.compressed(b" " * 50_000_000)))
    assert "not whole" in why(get(server, feed_server.compressed(FEED, cut=9)))
    damaged = gzip.compress(FEED)[:10] + b"\xff" * 200
    assert "damaged" in why(get(server, lambda one: feed_server.plain(one, damaged, Content_Encoding="gzip")))
    assert "not asked for" in why(get(server, lambda one: feed_server.plain(one, FEED, Content_Encoding="br")))


@pytest.mark.parametrize("code", [404, 410])
def test_what_is_not_there(server: Server, code: int) -> None:
    assert get(server, feed_server.status(code)) == Gone(code)
    assert len(server.asked) == 1


@pytest.mark.parametrize(("code", "times"), [(403, 1), (206, 1), (201, 1), (500, 2), (503, 2), (429, 2)])
def test_what_is_asked_again(server: Server, code: int, times: int) -> None:
    assert f"answers {code}" in why(get(server, feed_server.status(code)))
    assert len(server.asked) == times


def test_a_second_try_may_succeed(server: Server) -> None:
    def once(handler: Any) -> None:
        feed_server.plain(handler, FEED, 200 if len(server.asked) > 1 else 502)

    assert get(server, once) == Fetched(FEED)


def test_a_304_that_nobody_asked_for(server: Server) -> None:
    assert "without having been asked" in why(get(server, feed_server.status(304)))


@pytest.mark.parametrize(
    "page",
    [feed_server.length(FEED, len(FEED) + 1), feed_server.length(FEED, 90_000), feed_server.chunked_and_cut(FEED)],
)
def test_what_breaks_off(server: Server, page: Callable[[Any], None]) -> None:
    assert "broke off" in why(get(server, page))
    assert len(server.asked) == 2


def test_sizes(server: Server) -> None:
    assert "more than a feed may have" in why(get(server, feed_server.length(b"{", 10**15)))
    assert "larger than a feed may be" in why(get(server, unsized))


def unsized(handler: Any) -> None:
    """More than is allowed, of a length that is not said."""
    feed_server.plain(handler, b"x" * 300_000, Content_Length="")


def test_what_hangs_ends(server: Server) -> None:
    assert "no answer within 0.3 seconds" in why(get(server, feed_server.hang))
    assert "not complete after 1.5 seconds" in why(get(server, feed_server.drip))


def test_redirects(server: Server) -> None:
    server.pages["/there"] = FEED
    answer = get(server, feed_server.redirect("/there"))
    assert isinstance(answer, Fetched)
    assert answer.data == FEED
    assert "redirects more than 5 times" in why(get(server, feed_server.redirect("/feed")))
    assert len(server.asked) == 6
    for target in ("ftp://files.example/feed", "file:///etc/passwd", ""):
        assert "redirects to no" in why(get(server, feed_server.redirect(target))), target


def test_no_redirect_from_https_to_http() -> None:
    assert fetch.redirected("https://feeds.example/a", "/b") == "https://feeds.example/b"
    assert fetch.redirected("http://feeds.example/a", "https://feeds.example/a") == "https://feeds.example/a"
    with pytest.raises(fetch.RefusedError, match=r"from https to http: http://user\.example/$"):
        fetch.redirected("https://feeds.example/a", "http://me:secret@user.example/?token=1")


def test_tls_and_a_certificate_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca, key = certified(tmp_path)
    with serving((ca, key)) as server:
        assert "its certificate is not trusted" in why(get(server, FEED))
        for name in CERTIFICATES:
            if name != "SSL_CERT_DIR":
                with monkeypatch.context() as patched:
                    patched.setenv(name, str(ca))
                    assert isinstance(get(server, FEED), Fetched), name
        monkeypatch.setenv("SSL_CERT_FILE", str(ca))
        assert "redirects from https to http" in why(get(server, feed_server.redirect("http://127.0.0.1/feed")))


def test_one_server_that_is_not_there_costs_once(server: Server) -> None:
    server.pages["/feed"] = FEED
    nowhere = [Wanted(f"n{number}", f"http://127.0.0.1:9/{number}") for number in range(20)]
    answers = dict(fetch.fetch([*nowhere, Wanted("feed", server.url + "/feed")], QUICK))
    assert len(answers) == 21
    assert sum(isinstance(one, Failed) and not one.reached for one in answers.values()) == 20


@pytest.mark.parametrize("url", ["ftp://feeds.example/a", "http://", "nothing", "http://a\0b/", "http://[::1/", ""])
def test_odd_addresses(url: str) -> None:
    ((_, answer),) = fetch.fetch([Wanted("odd", url)], QUICK)
    assert isinstance(answer, Failed)


def test_the_proxy_of_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    server.asked.clear()
    server.pages["http://feeds.example/a"] = FEED
    ((_, answer),) = fetch.fetch([Wanted("feed", "http://feeds.example/a")], QUICK)
    assert isinstance(answer, Fetched)
    assert server.asked[0][0] == "http://feeds.example/a"


@pytest.mark.parametrize("name", [name for name in CERTIFICATES if name != "SSL_CERT_DIR"])
def test_certificates_of_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "/nowhere/ca.pem")
    assert "certificates that the environment names" in why(get(server, FEED))
