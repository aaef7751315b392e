"""Applications that did not come as applications usually come."""

from scanner.artifacts.ios.applications import InstalledApp
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import rule

STORES = frozenset(
    {
        "com.apple.appstore", "com.apple.appstore.productpageextension", "com.apple.dmd", "dmd", "com.apple.appstored",
        "com.apple.storekituiservice", "com.apple.ios.storekituiservice", "com.apple.itunesstored",
        "com.apple.mobilestore",
    }
)  # fmt: skip
"""What the App Store and the system's own management write as the source of an application, in lower case."""


def named(app: InstalledApp) -> str:
    """An application as a message names it."""
    return app.bundle or app.name or "an application without a name"


@rule("IOS009", Severity.MEDIUM, Stage.PRESENCE)
def application_not_from_store(app: InstalledApp) -> str | None:
    """An application that was installed by something else than the App Store.

    Why: applications from elsewhere are not reviewed; spyware has come as an enterprise or test application.
    Benign causes: software of an employer or a school, tests before release, and, in some countries, other stores.
    Base rate: low on private phones.
    Next: find out who made the application and how it came to the phone.
    References: https://docs.mvt.re/en/latest/ios/records/
        https://blog.google/threat-analysis-group/italian-spyware-vendor-targets-users-in-italy-and-kazakhstan/
    """
    if app.source and app.source.lower() not in STORES:
        return f"{named(app)} was installed by {app.source}"
    return None


@rule("IOS010", Severity.MEDIUM, Stage.PRESENCE)
def application_without_bundle_id(app: InstalledApp) -> str | None:
    """An application whose purchase record names no bundle id.

    Why: the App Store writes the bundle id of what it sells; a record without it was not made by the App Store.
    Benign causes: a damaged record.
    Base rate: rare.
    Next: find out who made the application and how it came to the phone.
    References: https://docs.mvt.re/en/latest/ios/records/
    """
    if app.has_metadata and not app.metadata_bundle:
        return f"{named(app)} has a purchase record without a bundle id"
    return None


@rule("IOS011", Severity.LOW, Stage.PRESENCE)
def application_without_purchase(app: InstalledApp) -> str | None:
    """An application without a purchase record.

    Why: applications from the App Store have one; those that were put on the phone past it have none.
    Benign causes: tests before release, software of an employer, a backup that was interrupted.
    Base rate: some on phones of developers and testers.
    Next: find out who made the application and how it came to the phone.
    References: https://docs.mvt.re/en/latest/ios/records/
    """
    described = app.place is not None and (app.place.key or "").startswith("Applications.")
    if described and not app.has_metadata and app.bundle and not app.bundle.startswith("com.apple."):
        return f"{app.bundle} has no purchase record"
    return None
