"""What WebKit keeps of the sites that pages load from.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
    WebKit, ResourceLoadStatisticsStore: https://github.com/WebKit/WebKit
"""

from scanner.synthetic.indicators import CONTROL, INJECTION, STATIC, Planted
from scanner.synthetic.life import SITES
from scanner.synthetic.phone import ATTACK, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.plist import binary
from scanner.synthetic.sqlite import Store, columns

DATA = "/private/var/mobile/Containers/Data/Application/com.apple.mobilesafari/Library/WebKit/WebsiteData"
FOLDER = f"{DATA}/ResourceLoadStatistics"
VIEW = "/private/var/mobile/Containers/Data/Application/com.apple.SafariViewService/Library/WebKit/WebsiteData"
FLAGS = (
    "hadUserInteraction mostRecentUserInteractionTime grandfathered isPrevalent isVeryPrevalent dataRecordsRemoved "
    "timesAccessedAsFirstPartyDueToUserInteraction timesAccessedAsFirstPartyDueToStorageAccessAPI "
    "isScheduledForAllButCookieDataRemoval"
)
SCHEMA = f"""
CREATE TABLE ObservedDomains (domainID INTEGER PRIMARY KEY, registrableDomain TEXT NOT NULL UNIQUE ON CONFLICT FAIL,
  lastSeen REAL NOT NULL, {columns(FLAGS, "INTEGER NOT NULL DEFAULT 0")});
CREATE TABLE TopLevelDomains (topLevelDomainID INTEGER PRIMARY KEY);
CREATE TABLE TopFrameUniqueRedirectsTo (sourceDomainID INTEGER NOT NULL, toDomainID INTEGER NOT NULL);
CREATE TABLE TopFrameUniqueRedirectsFrom (targetDomainID INTEGER NOT NULL, fromDomainID INTEGER NOT NULL);
CREATE TABLE SubresourceUnderTopFrameDomains (subresourceDomainID INTEGER NOT NULL, lastUpdated REAL NOT NULL,
  topFrameDomainID INTEGER NOT NULL);
CREATE TABLE OperatingDates (year INTEGER NOT NULL, month INTEGER NOT NULL, monthDay INTEGER NOT NULL);
"""


def add(phone: Phone, amount: Amount, planted: Planted) -> None:  # noqa: ARG001
    """Puts both forms of the resource load statistics on the phone."""
    observations(phone, planted)
    session(phone, planted)
    storage(phone, planted)


def observations(phone: Phone, planted: Planted) -> None:
    """observations.db: sites seen, among them two of the family."""
    path, random, store = f"{FOLDER}/observations.db", phone.random("observations"), Store(SCHEMA)
    for site in SITES:
        store.insert(
            "ObservedDomains",
            registrableDomain=site,
            lastSeen=NOW - random.randrange(1, 60) * DAY,
            hadUserInteraction=1,
        )
    if planted:
        for domain in (INJECTION, CONTROL):
            row = store.insert("ObservedDomains", registrableDomain=domain, lastSeen=float(ATTACK + 130), isPrevalent=1)
            at = Spot("ios.webkit.observations", path, f"ObservedDomains:{row}")
            phone.indicator(at, "domain", domain, domain, "A page loaded something from a domain of the family.")
    phone.add(path, store.image())


def session(phone: Phone, planted: Planted) -> None:
    """The older property list, with redirects between sites."""
    path = f"{FOLDER}/full_browsing_session_resourceLog.plist"
    entries = [origin("weathervane.example", subresources=["daily-lantern.example"]), origin("slowmail.test")]
    if planted:
        entries.append(origin("tramlines.example", redirects_to=[INJECTION]))
        entries.append(origin(INJECTION, redirects_from=["tramlines.example"], subresources=[f"a.{STATIC}"]))
        at = [Spot("ios.webkit.session", path, f"browsingStatistics.{number}") for number in (2, 3)]
        phone.indicator(at[0], "domain", INJECTION, INJECTION, "A site redirected to a domain of the family.")
        phone.indicator(at[1], "domain", INJECTION, INJECTION, "A domain of the family was loaded.")
        phone.indicator(at[1], "domain", STATIC, f"a.{STATIC}", "A page loaded something from a host of the family.")
    body = {"version": 12, "endOfGrandfatheringTimestamp": 0.0, "browsingStatistics": entries}
    phone.add(path, binary(body))


def storage(phone: Phone, planted: Planted) -> None:
    """What sites stored when apps showed them; the site stands in the file's name."""
    folder = f"{VIEW}/LocalStorage"
    phone.add(f"{folder}/https_slowmail.test_0.localstorage", b"")
    if planted:
        path = f"{folder}/https_{INJECTION}_0.localstorage"
        phone.add(path, b"", modified=ATTACK + 125)
        what = "A page of the family stored something when an app showed it."
        phone.indicator(Spot("ios.backup.files", path), "domain", INJECTION, path, what)


def origin(
    name: str,
    *,
    redirects_to: list[str] | None = None,
    redirects_from: list[str] | None = None,
    subresources: list[str] | None = None,
) -> dict[str, object]:
    """One site of the list."""
    return {
        "PrevalentResourceOrigin": name,
        "hadUserInteraction": True,
        "mostRecentUserInteraction": float(ATTACK),
        "lastSeen": float(ATTACK + 130),
        "grandfathered": False,
        "isPrevalentResource": False,
        "topFrameUniqueRedirectsTo": origins(redirects_to),
        "topFrameUniqueRedirectsFrom": origins(redirects_from),
        "subframeUnderTopFrameOrigins": [],
        "subresourceUnderTopFrameOrigins": origins(subresources),
        "subresourceUniqueRedirectsTo": [],
    }


def origins(names: list[str] | None) -> list[dict[str, object]]:
    """Sites with their counts."""
    return [{"origin": name, "count": 1} for name in names or []]
