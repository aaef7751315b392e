"""Chrome and Firefox.

References:
    Chromium, components/history: https://chromium.googlesource.com/chromium/src/+/HEAD/components/history/
    Firefox for iOS: https://github.com/mozilla-mobile/firefox-ios
"""

from scanner.synthetic.indicators import CONTROL, DELIVERY, RICH, STATIC, Planted
from scanner.synthetic.life import page, times, uuid
from scanner.synthetic.phone import ATTACK, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.sqlite import Store

CHROME = (
    "/private/var/mobile/Containers/Data/Application/com.google.chrome.ios"
    "/Library/Application Support/Google/Chrome/Default"
)
FIREFOX = "/private/var/mobile/Containers/Shared/AppGroup/group.org.mozilla.ios.Firefox/profile.profile/browser.db"
WEBKIT = 11_644_473_600
"""Seconds from 1601, where Chrome's clock begins, to 1970."""
ICON = b"\x89PNG\r\n\x1a\n" + bytes(60)
HISTORY = """
CREATE TABLE urls (id INTEGER PRIMARY KEY AUTOINCREMENT, url LONGVARCHAR, title LONGVARCHAR,
  visit_count INTEGER DEFAULT 0 NOT NULL, typed_count INTEGER DEFAULT 0 NOT NULL, last_visit_time INTEGER NOT NULL,
  hidden INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE visits (id INTEGER PRIMARY KEY AUTOINCREMENT, url INTEGER NOT NULL, visit_time INTEGER NOT NULL,
  from_visit INTEGER, transition INTEGER DEFAULT 0 NOT NULL, segment_id INTEGER,
  visit_duration INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE meta (key LONGVARCHAR NOT NULL UNIQUE PRIMARY KEY, value LONGVARCHAR);
"""
FAVICONS = """
CREATE TABLE favicons (id INTEGER PRIMARY KEY, url LONGVARCHAR NOT NULL, icon_type INTEGER DEFAULT 1);
CREATE TABLE favicon_bitmaps (id INTEGER PRIMARY KEY, icon_id INTEGER NOT NULL, last_updated INTEGER DEFAULT 0,
  image_data BLOB,
  width INTEGER DEFAULT 0, height INTEGER DEFAULT 0, last_requested INTEGER DEFAULT 0);
CREATE TABLE icon_mapping (id INTEGER PRIMARY KEY, page_url LONGVARCHAR NOT NULL, icon_id INTEGER);
"""
BROWSER = """
CREATE TABLE domains (id INTEGER PRIMARY KEY AUTOINCREMENT, domain TEXT NOT NULL UNIQUE,
  showOnTopSites TINYINT DEFAULT 1);
CREATE TABLE history (id INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT NOT NULL UNIQUE, url TEXT UNIQUE,
  title TEXT NOT NULL,
  server_modified INTEGER, local_modified INTEGER, is_deleted TINYINT NOT NULL DEFAULT 0,
  should_upload TINYINT DEFAULT 0,
  domain_id INTEGER);
CREATE TABLE visits (id INTEGER PRIMARY KEY AUTOINCREMENT, siteID INTEGER NOT NULL, date REAL NOT NULL,
  type INTEGER NOT NULL,
  is_local TINYINT NOT NULL, UNIQUE (siteID, date, type));
CREATE TABLE favicons (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, width INTEGER, height INTEGER,
  type INTEGER,
  date REAL NOT NULL);
CREATE TABLE favicon_sites (id INTEGER PRIMARY KEY AUTOINCREMENT, siteID INTEGER NOT NULL, faviconID INTEGER NOT NULL,
  UNIQUE (siteID, faviconID));
"""


def add(phone: Phone, amount: Amount, planted: Planted) -> None:
    """Puts the stores of both browsers on the phone."""
    chrome(phone, amount, planted)
    icons(phone, planted)
    firefox(phone, amount, planted)


def since_1601(unix: float) -> int:
    """Chrome's clock: microseconds since 1601."""
    return int((unix + WEBKIT) * 1e6)


def chrome(phone: Phone, amount: Amount, planted: Planted) -> None:
    """Chrome's history."""
    path, random, store = f"{CHROME}/History", phone.random("chrome"), Store(HISTORY)
    for moment in times(random, amount.visits // 10, NOW - 90 * DAY, ATTACK - 60):
        visit(store, page(random), moment)
    if planted:
        address = f"https://{DELIVERY}/chrome"
        at = Spot("ios.chrome.history", path, f"visits:{visit(store, address, ATTACK + 400)}")
        phone.indicator(at, "domain", DELIVERY, address, "A page of the family opened in Chrome.")
    phone.add(path, store.image())


def visit(store: Store, address: str, moment: float) -> int:
    """A visit in Chrome; its row id."""
    time = since_1601(moment)
    site = store.insert("urls", url=address, title="A page", visit_count=1, last_visit_time=time)
    return store.insert("visits", url=site, visit_time=time, from_visit=0, transition=805306368)


def icons(phone: Phone, planted: Planted) -> None:
    """Chrome's icons of pages."""
    path, random, store = f"{CHROME}/Favicons", phone.random("icons"), Store(FAVICONS)
    for _ in range(6):
        address = page(random)
        icon(store, address, "/".join(address.split("/")[:3]) + "/favicon.ico")
    if planted:
        address = f"https://{STATIC}/favicon.ico"
        row = icon(store, "https://slowmail.test/offer", address)
        what = "A page's icon came from a host of the family."
        phone.indicator(Spot("ios.chrome.favicons", path, f"icon_mapping:{row}"), "domain", STATIC, address, what)
    phone.add(path, store.image())


def icon(store: Store, address: str, source: str) -> int:
    """An icon of a page; its row id in `icon_mapping`."""
    row = store.insert("favicons", url=source)
    store.insert(
        "favicon_bitmaps", icon_id=row, last_updated=since_1601(ATTACK + 400), image_data=ICON, width=16, height=16
    )
    return store.insert("icon_mapping", page_url=address, icon_id=row)


def firefox(phone: Phone, amount: Amount, planted: Planted) -> None:
    """Firefox's history and icons."""
    random, store = phone.random("firefox"), Store(BROWSER)
    for number, moment in enumerate(times(random, amount.visits // 20, NOW - 90 * DAY, ATTACK - 60)):
        address = f"{page(random)}#{number}"
        site = store.insert("history", guid=uuid(random)[:12], url=address, title="A page", domain_id=1)
        store.insert("visits", siteID=site, date=moment * 1e6, type=1, is_local=1)
    if planted:
        attack(phone, store)
    phone.add(FIREFOX, store.image())


def attack(phone: Phone, store: Store) -> None:
    """A page of the family, and a harmless page with an icon of the family."""
    address, time = f"https://{RICH}/firefox", (ATTACK + 500) * 1e6
    site = store.insert("history", guid="5EED00000001", url=address, title="Photos", domain_id=1)
    row = store.insert("visits", siteID=site, date=time, type=1, is_local=1)
    at = Spot("ios.firefox.history", FIREFOX, f"visits:{row}")
    phone.indicator(at, "domain", RICH, address, "A page of the family opened in Firefox.")
    source = f"https://{CONTROL}/i.ico"
    site = store.insert("history", guid="5EED00000002", url="https://slowmail.test/icon", title="Mail", domain_id=1)
    icon = store.insert("favicons", url=source, width=16, height=16, type=1, date=time)
    store.insert("favicon_sites", siteID=site, faviconID=icon)
    at = Spot("ios.firefox.favicons", FIREFOX, f"favicons:{icon}")
    phone.indicator(at, "domain", CONTROL, source, "A page's icon came from a domain of the family.")
