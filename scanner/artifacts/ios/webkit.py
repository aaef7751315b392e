"""WebKit: the sites that it saw in Safari and in the web views of apps."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.evidence.file import placed
from scanner.record import Domain, Place, Record, Stage, Time


class ObservedDomain(Record):
    """A site that pages were loaded from, or that pages loaded something from."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: Time | None = None
    """When it was last seen, rounded down by WebKit."""
    domain: Domain
    interaction: bool | None = None
    """Whether the owner ever typed or tapped on a page of it."""
    interaction_time: Time | None = None
    prevalent: bool | None = None
    """Whether WebKit takes it for a tracker."""
    redirects_to: tuple[Domain, ...] = ()
    redirects_from: tuple[Domain, ...] = ()
    under: tuple[Domain, ...] = ()
    """The sites whose pages loaded something from it."""


class BrowsingStatistics(Record):
    """A site of WebKit's older property list: what it redirected to, was redirected from and was loaded under."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: Time | None = None
    origin: Domain
    interaction: bool | None = None
    interaction_time: Time | None = None
    prevalent: bool | None = None
    redirects_to: tuple[Domain, ...] = ()
    redirects_from: tuple[Domain, ...] = ()
    resource_redirects_to: tuple[Domain, ...] = ()
    resource_redirects_from: tuple[Domain, ...] = ()
    frames_under: tuple[Domain, ...] = ()
    """The sites whose pages had a frame of it."""
    resources_under: tuple[Domain, ...] = ()
    """The sites whose pages loaded something else from it."""


LISTS = {
    "redirects_to": "topFrameUniqueRedirectsTo",
    "redirects_from": "topFrameUniqueRedirectsFrom",
    "resource_redirects_to": "subresourceUniqueRedirectsTo",
    "resource_redirects_from": "subresourceUniqueRedirectsFrom",
    "frames_under": "subframeUnderTopFrame",
    "resources_under": "subresourceUnderTopFrame",
}
DOMAINS = """
    SELECT o.domainID AS _ObservedDomains, o.registrableDomain AS domain, o.lastSeen AS time,
           o.hadUserInteraction AS interaction, NULLIF(o.mostRecentUserInteractionTime, -1) AS interaction_time,
           o.isPrevalent AS prevalent
"""


def related(column: str, *links: tuple[str, str, str]) -> str:
    """A column with the domains that other tables (name, own column, other column) link a domain to."""
    found = " UNION ".join(
        f"SELECT d.registrableDomain AS name FROM {table} r JOIN ObservedDomains d ON d.domainID = r.{other}"  # noqa: S608 - all of it is ours
        f" WHERE r.{own} = o.domainID"
        for table, own, other in links
    )
    return f"(SELECT group_concat(name, ' ') FROM ({found})) AS {column}"  # noqa: S608 - all of it is ours


LINKS = ", ".join(
    (
        related("redirects_to", ("TopFrameUniqueRedirectsTo", "sourceDomainID", "toDomainID")),
        related("redirects_from", ("TopFrameUniqueRedirectsFrom", "targetDomainID", "fromDomainID")),
        related(
            "under",
            ("SubresourceUnderTopFrameDomains", "subresourceDomainID", "topFrameDomainID"),
            ("SubframeUnderTopFrameDomains", "subFrameDomainID", "topFrameDomainID"),
        ),
    )
)


@artifact("/**/ResourceLoadStatistics/observations.db", "/**/WebsiteData/observations.db")
def observations(file: File) -> Iterator[ObservedDomain]:
    """Sites seen by WebKit's tracking prevention in Safari or another app, for about a month (since iOS 14).

    References:
        WebKit, "ResourceLoadStatisticsStore.cpp":
        https://github.com/WebKit/WebKit/tree/main/Source/WebKit/NetworkProcess/Classifier
    """
    queries = (f"{DOMAINS}, {LINKS} FROM ObservedDomains o", f"{DOMAINS} FROM ObservedDomains o")
    for table, row in file.raw(ObservedDomain, queries):
        place = placed(table, row)
        lists = {name: (row.pop(name, None) or "").split() for name in ("redirects_to", "redirects_from", "under")}
        yield from file.record(ObservedDomain, place, **row, **lists)


@artifact("/**/full_browsing_session_resourceLog.plist")
def session(file: File) -> Iterator[BrowsingStatistics]:
    """Sites seen by WebKit's tracking prevention and how they led to each other (before iOS 14).

    References:
        WebKit, "ResourceLoadStatistics.cpp":
        https://github.com/WebKit/WebKit/blob/main/Source/WebCore/loader/ResourceLoadStatistics.cpp
    """
    for place, entry in file.members(file.plist(), "browsingStatistics"):
        interaction = entry.get("mostRecentUserInteraction")
        lists = {name: origins(file, place, entry, key) for name, key in LISTS.items()}
        yield from file.record(
            BrowsingStatistics,
            place,
            time=entry.get("lastSeen"),
            # Until model version 15 sites were called origins.
            origin=entry.get("PrevalentResourceOrigin", entry.get("PrevalentResourceDomain")),
            interaction=entry.get("hadUserInteraction"),
            interaction_time=None if interaction == -1 else interaction,
            prevalent=entry.get("isPrevalentResource"),
            **lists,
        )


def origins(file: File, place: Place, entry: dict[str, Any], key: str) -> list[str]:
    """The sites of one list; what is none is noted."""
    named = (key, key + "Origins", key + "Domains")
    listed: object = next((entry[name] for name in named if name in entry), [])
    members = listed if isinstance(listed, list) else [None]
    found = [one.get("origin", one.get("domain")) if isinstance(one, dict) else one for one in members]
    sites = [site for site in found if isinstance(site, str)]
    if len(sites) < len(found):
        file.problem(f"{key}: {len(found) - len(sites)} of {len(found)} are no sites", place.key)
    return sites
