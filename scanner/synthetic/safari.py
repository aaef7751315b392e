"""Safari: history (also of a profile), open tabs, bookmarks and downloads.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
    iLEAPP, the list of its artifacts: https://github.com/abrignoni/iLEAPP
"""

import plistlib
from datetime import UTC, datetime
from random import Random

from scanner.synthetic.indicators import ADDRESS, DELIVERY, FILE_NAME, INJECTION, RICH, STATIC, URL, Planted
from scanner.synthetic.life import SITES, page, times, uuid
from scanner.synthetic.phone import ATTACK, COCOA, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.sqlite import Store, Value

FOLDER = "/private/var/mobile/Library/Safari"
APP = "/private/var/mobile/Containers/Data/Application/com.apple.mobilesafari/Library/Safari"
PROFILE = "7D3C1E52-9A40-4B1C-8F55-0A1B2C3D4E5F"
NEAR = (
    f"https://{DELIVERY}.kiteharbour.example/", f"https://not{DELIVERY}/", f"{URL}4", f"http://{ADDRESS[:-1]}/",
    f"https://{STATIC.partition('.')[2]}/", f"https://slowmail.test/?q={INJECTION}s",
)  # fmt: skip
"""Harmless addresses that resemble those of the family."""
UPGRADES = 2
"""Of a hundred visits, those from http to https of the same site."""
HISTORY = """
CREATE TABLE history_items (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, domain_expansion TEXT,
  visit_count INTEGER NOT NULL, daily_visit_counts BLOB NOT NULL, weekly_visit_counts BLOB, autocomplete_triggers BLOB,
  should_recompute_derived_visit_counts INTEGER NOT NULL, visit_count_score INTEGER NOT NULL,
  status_code INTEGER DEFAULT 0);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY AUTOINCREMENT, history_item INTEGER NOT NULL,
  visit_time REAL NOT NULL,
  title TEXT, load_successful BOOLEAN NOT NULL DEFAULT 1, http_non_get BOOLEAN NOT NULL DEFAULT 0,
  synthesized BOOLEAN NOT NULL DEFAULT 0, redirect_source INTEGER, redirect_destination INTEGER,
  origin INTEGER NOT NULL DEFAULT 0, generation INTEGER NOT NULL DEFAULT 0, attributes INTEGER NOT NULL DEFAULT 0,
  score INTEGER NOT NULL DEFAULT 0);
CREATE TABLE history_tombstones (id INTEGER PRIMARY KEY AUTOINCREMENT, start_time REAL NOT NULL, end_time REAL NOT NULL,
  url TEXT, generation INTEGER NOT NULL DEFAULT 0);
"""
TABS = """
CREATE TABLE browser_windows (id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL, type INTEGER DEFAULT 0,
  scene_id TEXT);
CREATE TABLE tabs (id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, title TEXT, url TEXT COLLATE NOCASE,
  user_visible_url TEXT COLLATE NOCASE, order_index INTEGER NOT NULL, last_viewed_time REAL DEFAULT NULL,
  opened_from_link BOOL DEFAULT 0, private_browsing BOOL DEFAULT 0, browser_window_uuid TEXT NOT NULL,
  browser_window_id INTEGER NOT NULL);
CREATE TABLE tab_sessions (id INTEGER PRIMARY KEY AUTOINCREMENT, tab_uuid TEXT NOT NULL UNIQUE,
  session_data BLOB DEFAULT NULL,
  uncompressed_session_data_size INTEGER NOT NULL DEFAULT 0);
"""
BOOKMARKS = """
CREATE TABLE bookmarks (id INTEGER PRIMARY KEY, special_id INTEGER DEFAULT 0, parent INTEGER, type INTEGER, title TEXT,
  url TEXT COLLATE NOCASE, num_children INTEGER DEFAULT 0, editable INTEGER DEFAULT 1, deletable INTEGER DEFAULT 1,
  hidden INTEGER DEFAULT 0, order_index INTEGER NOT NULL, external_uuid TEXT UNIQUE, read INTEGER DEFAULT NULL,
  last_modified REAL DEFAULT NULL, added INTEGER DEFAULT 1, deleted INTEGER DEFAULT 0, date_closed REAL,
  last_selected_child INTEGER);
"""


def add(phone: Phone, amount: Amount, planted: Planted) -> None:
    """Puts Safari's stores on the phone."""
    history(phone, amount, planted)
    profile(phone, amount, planted)
    tabs(phone, planted)
    bookmarks(phone, planted)
    downloads(phone, planted)


class Journal:
    """A History.db under construction."""

    def __init__(self) -> None:
        """Starts empty."""
        self.store = Store(HISTORY)
        self.items: dict[str, int] = {}

    def visit(self, url: str, moment: float, title: str | None = None, came_from: int | None = None) -> int:
        """A visit at `moment` (seconds since 1970), redirected to from the visit `came_from`; its row id."""
        item = self.items.get(url) or self.item(url)
        time = round(moment - COCOA, 6)
        row = self.store.insert(
            "history_visits", history_item=item, visit_time=time, title=title, redirect_source=came_from
        )
        if came_from is not None:
            sql = "UPDATE history_visits SET redirect_destination = ? WHERE id = ?"
            self.store.connection.execute(sql, (row, came_from))
        return row

    def item(self, url: str) -> int:
        """A page of the history; its row id."""
        self.items[url] = self.store.insert(
            "history_items", url=url, visit_count=1, daily_visit_counts=b"\x64\0\0\0", visit_count_score=100,
            should_recompute_derived_visit_counts=0,
        )  # fmt: skip
        return self.items[url]

    def wander(self, random: Random, count: int, span: tuple[float, float]) -> None:
        """About `count` harmless visits; a few redirected to HTTPS of the same site or, slowly, elsewhere."""
        left = times(random, count, *span)
        for moment in left:
            kind = random.randrange(100)
            if kind < UPGRADES:
                self.upgrade(random, moment)
            elif kind == UPGRADES + 1:
                first = self.visit(f"https://shortlink.example/{random.randrange(10**6)}", moment)
                self.visit(page(random), moment + 0.3, came_from=first)
            elif kind == UPGRADES:
                first = self.visit(page(random, "http"), moment)
                self.visit(page(random), moment + random.uniform(2, 9), came_from=first)
            else:
                self.visit(page(random), moment, "A page")

    def upgrade(self, random: Random, moment: float) -> None:
        """The commonest redirect: http to https of the same site, or to its `www.`."""
        site = random.choice(SITES)
        first = self.visit(f"http://{site}/", moment)
        self.visit(f"https://{random.choice(('', 'www.'))}{site}/", moment + random.uniform(0.05, 0.6), came_from=first)


def history(phone: Phone, amount: Amount, planted: Planted) -> None:
    """The main history, with the visit of a link and a network injection."""
    path, random, journal = f"{FOLDER}/History.db", phone.random("history"), Journal()
    later = amount.visits // 10
    journal.wander(random, amount.visits - later, (NOW - 365 * DAY, ATTACK - 60))
    for address in NEAR:
        journal.visit(address, ATTACK - 50, "Near miss")
    if planted:
        attack(phone, journal, path)
    journal.wander(random, later, (ATTACK + 7200, NOW - 3600))
    phone.add(path, journal.store.image(), modified=NOW - 3600)


def attack(phone: Phone, journal: Journal, path: str) -> None:
    """The visits of the attack: a link opened, an address, an injection, a redirect into a host of the family."""

    def spot(row: int) -> Spot:
        return Spot("ios.safari.history", path, f"history_visits:{row}")

    opened = f"https://{DELIVERY}/t/8841"
    row = journal.visit(opened, ATTACK + 40, "Your parcel")
    phone.indicator(spot(row), "domain", DELIVERY, opened, "The link of the message was opened.")
    bare = f"http://{ADDRESS}:8080/check"
    row = journal.visit(bare, ATTACK + 50)
    phone.indicator(spot(row), "ip", ADDRESS, bare, "A page at a bare address.")
    plain, target = "http://weathervane.example/today", f"https://{INJECTION}/x9/k"
    first = journal.visit(plain, ATTACK + 120)
    what = "A plain-HTTP page was answered with a redirect to another site in 0.2 seconds."
    phone.heuristic(spot(first), "IOS001", plain, what)
    phone.indicator(spot(first), "domain", INJECTION, target, "The page was redirected into a domain of the family.")
    row = journal.visit(target, ATTACK + 120.2, came_from=first)
    phone.indicator(spot(row), "domain", INJECTION, target, "The target of the injection was loaded.")


def profile(phone: Phone, amount: Amount, planted: Planted) -> None:
    """The history of a profile (iOS 17), in Safari's own container."""
    path, journal = f"{APP}/Profiles/{PROFILE}/History.db", Journal()
    journal.wander(phone.random("profile"), amount.visits // 20, (NOW - 90 * DAY, NOW - DAY))
    if planted:
        address = f"https://img.{STATIC}/pixel.gif"
        row = journal.visit(address, ATTACK + 300)
        what = "A host of the family in the history of a profile."
        phone.indicator(Spot("ios.safari.history", path, f"history_visits:{row}"), "domain", STATIC, address, what)
    phone.add(path, journal.store.image())


def tabs(phone: Phone, planted: Planted) -> None:
    """Open tabs: an ordinary one, one open at a bad page, and one that went back from a bad page."""
    path, random, store = f"{FOLDER}/BrowserState.db", phone.random("tabs"), Store(TABS)
    window = uuid(random)
    store.insert("browser_windows", id=1, uuid=window)
    for order in range(4):
        address = page(random)
        tab(store, uuid(random), (order, window), address, (page(random), address))
    if planted:
        artifact = "ios.safari_tabs.tabs"
        address = f"https://{INJECTION}/x9/open"
        row = tab(store, uuid(random), (4, window), address, ())
        at = Spot(artifact, path, f"tabs:{row}")
        phone.indicator(at, "domain", INJECTION, address, "A tab open at a page of the family.")
        address = f"https://{RICH}/back"
        row = tab(store, uuid(random), (5, window), "https://slowmail.test/", (address, "https://slowmail.test/"))
        what = "A page of the family among the pages that the tab showed before."
        phone.indicator(Spot(artifact, path, f"tabs:{row}"), "domain", RICH, address, what)
    phone.add(path, store.image(), modified=NOW - 7200)


def tab(store: Store, name: str, place: tuple[int, str], address: str, pages: tuple[str, ...]) -> int:
    """A tab with the pages of its session; the row id of `tabs`."""
    order, window = place
    row = store.insert(
        "tabs", uuid=name, title="A page", url=address, user_visible_url=address, order_index=order,
        last_viewed_time=ATTACK + 600 - COCOA, browser_window_uuid=window, browser_window_id=1,
    )  # fmt: skip
    entries = [{"SessionHistoryEntryURL": url, "SessionHistoryEntryTitle": "A page"} for url in pages]
    current = max(0, len(pages) - 1)
    session = {"SessionHistory": {"SessionHistoryCurrentIndex": current, "SessionHistoryEntries": entries}}
    # Four bytes stand before the property list.
    raw = b"\0\0\0\1" + plistlib.dumps(session, fmt=plistlib.FMT_BINARY)
    store.insert("tab_sessions", tab_uuid=name, session_data=raw, uncompressed_session_data_size=len(raw))
    return row


def bookmarks(phone: Phone, planted: Planted) -> None:
    """Bookmarks and the reading list."""
    path, random, store = f"{FOLDER}/Bookmarks.db", phone.random("bookmarks"), Store(BOOKMARKS)
    rows: list[tuple[Value, ...]] = [(n, 0, 0, f"Page {n}", page(random), n, uuid(random)) for n in range(1, 8)]
    store.insert_many("bookmarks", "id, parent, type, title, url, order_index, external_uuid", rows)
    if planted:
        address = f"https://{RICH}/album"
        row = store.insert(
            "bookmarks", parent=0, type=0, title="Album", url=address, order_index=9, external_uuid="5EED"
        )
        at = Spot("ios.safari.bookmarks", path, f"bookmarks:{row}")
        phone.indicator(at, "domain", RICH, address, "A bookmark of a page of the family.")
    phone.add(path, store.image())


def downloads(phone: Phone, planted: Planted) -> None:
    """Safari's list of downloads."""
    path = f"{APP}/Downloads/Downloads.plist"
    entries = [download(phone.random("downloads"), "https://loomandthread.test/patterns.pdf", "patterns.pdf")]
    if planted:
        address = f"https://{DELIVERY}/get/{FILE_NAME}"
        entries.append(download(phone.random("download"), address, FILE_NAME))
        at = Spot("ios.safari.downloads", path, "DownloadHistory.1")
        phone.indicator(at, "domain", DELIVERY, address, "A download from a domain of the family.")
        phone.indicator(at, "file_name", FILE_NAME, FILE_NAME, "A download with the name of a file of the family.")
    phone.add(path, plistlib.dumps({"DownloadHistory": entries}, fmt=plistlib.FMT_BINARY))


def download(random: Random, address: str, name: str) -> dict[str, object]:
    """One entry of the list."""
    return {
        "DownloadEntryURL": address,
        "DownloadEntryPath": f"~/Library/Mobile Documents/com~apple~CloudDocs/Downloads/{name}",
        "DownloadEntryIdentifier": uuid(random),
        "DownloadEntryDateAddedKey": datetime.fromtimestamp(ATTACK + 45, UTC).replace(tzinfo=None),
        "DownloadEntryProgressTotalToLoad": 2800,
        "DownloadEntryProgressBytesSoFar": 2800,
    }
