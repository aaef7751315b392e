"""TAXII 2.1 collections: pages that lead on, in circles or nowhere, and a secret that goes to one server only."""

import base64
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from scanner.feeds import fetch, load, taxii, update
from scanner.feeds.catalogue import Entry
from scanner.feeds.fetch import Answer, Failed, Fetched, Gone, Limits, Wanted
from scanner.feeds.store import Store
from scanner.feeds.taxii import ACCEPT, Page
from tests import feed_server
from tests.conftest import Bridle
from tests.feed_server import Server, certified, serving, stix

QUICK = Limits(connect=1, read=0.3, total=1.5, attempts=2, backoff=0.01, size=100_000)
PLACE = "/api/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/"
OBJECTS = PLACE + "objects/"
URL = "https://taxii.example" + PLACE
SECRETS = ("BRIDLE_TAXII_USER", "BRIDLE_TAXII_PASSWORD", "BRIDLE_TAXII_TOKEN", "BRIDLE_TAXII_HOST")
TOKEN = "amber-otter-5521"
FEED = json.loads(stix(3))["objects"]
SIZE = 100_000
MEDIA = "application/taxii+json;version=2.1"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in SECRETS:
            monkeypatch.delenv(name)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


def envelope(objects: list[Any], **more: Any) -> bytes:
    return json.dumps(more | {"objects": objects}).encode()


def page(data: bytes, kind: str = MEDIA, **headers: str) -> Callable[[Any], None]:
    return lambda handler: feed_server.plain(handler, data, 200, Content_Type=kind, **headers)


def get(server: Server, path: str = PLACE) -> Answer:
    ((_, answer),) = fetch.fetch([Wanted("feed", server.url + path, taxii=True)], QUICK)
    return answer


def why(answer: Answer) -> str:
    assert isinstance(answer, Failed), answer
    return answer.why


def objects(data: bytes) -> Any:
    return json.loads(data)["objects"]


class Pages:
    """A server without a network: pages in turn, and what was asked."""

    def __init__(self, *pages: bytes | Page) -> None:
        self.pages = [one if isinstance(one, Page) else Page(one) for one in pages]
        self.asked: list[dict[str, str]] = []

    def get(self, url: str, parameters: dict[str, str]) -> Page:
        assert url == URL + "objects/"
        self.asked.append(parameters)
        return self.pages[min(len(self.asked), len(self.pages)) - 1]


def test_two_pages_are_one_feed(server: Server, tmp_path: Path) -> None:
    server.pages[OBJECTS] = page(envelope(FEED[:4], more=True, next="a&b/2"))
    server.pages[OBJECTS + "?next=a%26b%2F2"] = page(envelope(FEED[4:], more=False))
    for path in (PLACE, OBJECTS, PLACE[:-1]):
        server.asked.clear()
        answer = get(server, path)
        assert isinstance(answer, Fetched)
        assert objects(answer.data) == FEED
        assert [headers["accept"] for _, headers in server.asked] == [ACCEPT] * 2
        (tmp_path / "chimera.json").write_bytes(answer.data)
    (feed,) = load.load([tmp_path / "chimera.json"])
    assert sorted(one.value for one in feed.indicators) == [*(f"d{n}.parcel.example" for n in range(3)), "lanternd"]
    assert {one.source.family for one in feed.indicators} == {"Chimera"}
    assert not feed.facts.problems


def test_filters_of_the_address_go_with_every_page() -> None:
    pages = Pages(envelope([{}], more=True, next="2"), envelope([{}]))
    taxii.collection(pages.get, URL + "?added_after=2026-01-02T00:00:00Z&match[type]=indicator", SIZE)
    filters = {"added_after": "2026-01-02T00:00:00Z", "match[type]": "indicator"}
    assert pages.asked == [filters, filters | {"next": "2"}]


def test_without_a_token_the_time_of_the_last_object_leads_on() -> None:
    pages = Pages(Page(envelope([{"a": 1}], more=True), "2026-01-02T00:00:00.000001Z"), envelope([{"b": 2}]))
    assert objects(taxii.collection(pages.get, URL, SIZE)) == [{"a": 1}, {"b": 2}]
    assert pages.asked[1] == {"added_after": "2026-01-02T00:00:00.000001Z"}


def test_the_time_of_the_last_object_is_taken_from_the_answer(server: Server) -> None:
    when = "2026-01-02T03:04:05.678Z"
    server.pages[OBJECTS] = page(envelope(FEED[:4], more=True), X_TAXII_Date_Added_Last=when)
    server.pages[OBJECTS + "?added_after=2026-01-02T03%3A04%3A05.678Z"] = page(envelope(FEED[4:]))
    answer = get(server)
    assert isinstance(answer, Fetched)
    assert objects(answer.data) == FEED


def test_an_empty_collection() -> None:
    assert objects(taxii.collection(Pages(b"{}").get, URL, SIZE)) == []


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([envelope([{}], more=True, next="x")], "page 2 leads back"),
        ([envelope([{}], more=True, next=n) for n in "aba"], "page 3 leads back"),
        ([Page(envelope([{}], more=True), "2026-01-02T00:00:00Z")], "page 2 leads back"),
        ([envelope([{}], more=True)], "not how to get it"),
        ([envelope([], more=True, next="x")], "page 1 is empty"),
        ([envelope([{}], more=True, next="x" * 5000)], "in 5,000 characters"),
        ([envelope([{}], more=True, next="x"), envelope([{"a": 1}])[:-4]], "page 2 is no TAXII envelope"),
        ([b"[]"], "page 1 is no TAXII envelope"),
        ([b"<html>"], "page 1 is no TAXII envelope"),
        ([b""], "page 1 is no TAXII envelope"),
        ([envelope([{}], more="yes")], "page 1 is no TAXII envelope"),
        ([envelope([{}], more=True, next=7)], "page 1 is no TAXII envelope"),
        ([b'{"objects":[' + b"[" * 100_000], "page 1 is n"),
    ],
)
def test_pages_that_lie(pages: list[bytes | Page], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        taxii.collection(Pages(*pages).get, URL, SIZE * 10)


def test_pages_objects_and_bytes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(url: str, parameters: dict[str, str]) -> Page:  # noqa: ARG001
        return Page(envelope([{}], more=True, next=parameters.get("next", "") + "x"))

    with pytest.raises(ValueError, match="larger than a feed may be"):
        taxii.collection(endless, URL, 2000)
    monkeypatch.setattr(taxii, "MAX_PAGES", 10)
    with pytest.raises(ValueError, match="more than 10 pages"):
        taxii.collection(endless, URL, SIZE)
    monkeypatch.setattr(taxii, "MAX_OBJECTS", 5)
    with pytest.raises(ValueError, match="more objects than"):
        taxii.collection(endless, URL, SIZE)


@pytest.mark.parametrize(
    "url", ["https://taxii.example/", "https://taxii.example/collections/", "https://u:p@taxii.example" + PLACE, "x"]
)
def test_addresses_that_are_no_collection(url: str) -> None:
    with pytest.raises(ValueError, match=r"is no TAXII collection|has a user"):
        taxii.address(url)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (feed_server.status(500), "answers 500"),
        (feed_server.status(401), "answers 401 .the environment may name BRIDLE_TAXII_TOKEN"),
        (page(b"<html>", "text/html"), "another content type"),
        (page(envelope([]), "application/taxii+json;version=2.0"), "another content type"),
        (page(envelope([]), ""), "another content type"),
        (page(envelope(FEED), Content_Length="90000"), "broke off"),
        (page(envelope(FEED), Content_Length="900000"), "more than a feed may have"),
        (page(envelope(FEED)[:-9]), "page 2 is no TAXII envelope"),
        (feed_server.status(404), "page 2: the server answers 404"),
        (feed_server.hang, "no answer within 0.3 seconds"),
    ],
)
def test_a_second_page_that_is_amiss(server: Server, answer: Callable[[Any], None], words: str) -> None:
    server.pages[OBJECTS] = page(envelope(FEED, more=True, next="2"))
    server.pages[OBJECTS + "?next=2"] = answer
    assert words.replace(" .", " (") in why(get(server))


def test_a_collection_that_is_not_there(server: Server) -> None:
    assert get(server) == Gone(404)
    assert "is no TAXII collection" in why(get(server, "/feed.json"))


def test_a_page_is_asked_for_again_not_the_collection(server: Server) -> None:
    def once(handler: Any) -> None:
        tired = len(server.statuses(OBJECTS + "?next=2")) == 1
        (feed_server.status(503) if tired else page(envelope(FEED[4:])))(handler)

    server.pages[OBJECTS] = page(envelope(FEED[:4], more=True, next="2"))
    server.pages[OBJECTS + "?next=2"] = once
    answer = get(server)
    assert isinstance(answer, Fetched)
    assert objects(answer.data) == FEED
    assert len(server.statuses(OBJECTS)) == 1


def test_a_server_without_end_is_left(server: Server) -> None:
    def endless(handler: Any) -> None:
        asked = dict(parse_qsl(urlsplit(handler.path).query)).get("next", "0")
        server.pages[f"{OBJECTS}?next={int(asked) + 1}"] = endless
        time.sleep(0.1)
        page(envelope([{}], more=True, next=str(int(asked) + 1)))(handler)

    server.pages[OBJECTS] = endless
    start = time.monotonic()
    assert "not complete after 1.5 seconds" in why(get(server))
    assert time.monotonic() - start < 5


def test_who_we_are_is_told_to_one_server_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca, key = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(ca))
    monkeypatch.setenv("BRIDLE_TAXII_TOKEN", TOKEN)
    with serving((ca, key)) as own, serving((ca, key)) as other:
        own.pages[OBJECTS] = feed_server.redirect(other.url + OBJECTS)
        other.pages[OBJECTS] = page(envelope(FEED[:4], more=True, next="2"))
        own.pages[OBJECTS + "?next=2"] = page(envelope(FEED[4:]))
        answer = get(own)
        assert isinstance(answer, Fetched)
        assert TOKEN.encode() not in answer.data
        assert [headers.get("authorization") for _, headers in own.asked] == [f"Bearer {TOKEN}"] * 2
        assert [headers.get("authorization") for _, headers in other.asked] == [None]
        fetch_one = Wanted("plain", own.url + OBJECTS)
        own.asked.clear()
        list(fetch.fetch([fetch_one], QUICK))
        assert "authorization" not in own.asked[0][1]


def test_nothing_is_told_without_tls(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIDLE_TAXII_TOKEN", TOKEN)
    server.pages[OBJECTS] = page(envelope(FEED))
    assert isinstance(get(server), Fetched)
    assert "authorization" not in server.asked[0][1]


def test_headers() -> None:
    named = {"BRIDLE_TAXII_USER": "ada", "BRIDLE_TAXII_PASSWORD": "pä:ss"}
    basic = "Basic " + base64.b64encode("ada:pä:ss".encode()).decode()
    assert taxii.headers(URL, URL, named)["Authorization"] == basic
    assert taxii.headers("https://TAXII.example:443/x", URL, named)["Authorization"] == basic
    assert taxii.headers(URL, URL, named | {"BRIDLE_TAXII_TOKEN": TOKEN})["Authorization"] == f"Bearer {TOKEN}"
    assert "Authorization" in taxii.headers(URL, URL, named | {"BRIDLE_TAXII_HOST": "Taxii.example"})
    for url, more in (
        ("https://taxii.example:444/x", {}), ("https://taxii.example.evil.example/", {}), (URL.replace("s:", ":"), {}),
        (URL, {"BRIDLE_TAXII_HOST": "other.example"}),
    ):  # fmt: skip
        assert taxii.headers(url, URL, named | more) == {"Accept": ACCEPT}, url


@pytest.mark.parametrize("token", ["otter\r\nX: y", "otter brown", "öter", "otter\n"])
def test_a_token_that_cannot_be_sent_is_not_shown(token: str) -> None:
    with pytest.raises(ValueError, match="is not a token as it can be sent") as raised:
        taxii.headers(URL, URL, {"BRIDLE_TAXII_TOKEN": token})
    assert token[:3] not in str(raised.value)
    with pytest.raises(ValueError, match="has a colon"):
        taxii.headers(URL, URL, {"BRIDLE_TAXII_USER": "a:b"})


def test_the_store_keeps_it_as_stix(server: Server, tmp_path: Path) -> None:
    server.pages[OBJECTS] = page(envelope(FEED))
    store, entry = Store(tmp_path), Entry(id="mine", url=server.url + PLACE, format="taxii")
    (result,) = update.update(store, [entry])
    assert (result.became, result.values, result.why) == (update.Became.NEW, 4, [])
    current = store.current("mine")
    assert current is not None
    assert current.name == "mine.json"
    (result,) = update.update(store, [entry])
    assert result.became is update.Became.UNCHANGED


def test_the_command(server: Server, bridle: Bridle, tmp_path: Path) -> None:
    server.pages[OBJECTS] = page(envelope(FEED))
    ended = bridle("feeds", "add", "mine", server.url + PLACE, "--format", "taxii", BRIDLE_TAXII_TOKEN=TOKEN)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("mine  new, 4 values")
    assert "mine  unchanged, 4 values" in bridle("feeds", "update", "mine").out
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not [data for data in kept if TOKEN.encode() in data]
    for source, form, words in (
        (server.url + "/feed", "taxii", "the address is no TAXII collection"),
        (str(tmp_path), "taxii", "is no file"),
        (server.url + PLACE, "taxi", "taxi is no format"),
    ):
        ended = bridle("feeds", "add", "other", source, "--format", form)
        assert ended.code == 2
        assert words in ended.err
    assert "other" not in bridle("feeds", "list").out
