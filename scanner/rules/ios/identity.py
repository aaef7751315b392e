"""Look-ups of accounts."""

from scanner.artifacts.ios.idstatuscache import IdentityLookup
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import rule


@rule("IOS008", Severity.HIGH, Stage.CONTACT)
def nul_in_identity_lookup(lookup: IdentityLookup) -> str | None:
    """An account with NUL bytes in its name was looked up.

    Why: accounts used for zero-click exploits were seen in this cache with NUL bytes in their addresses.
    Benign causes: none known; no address has such bytes.
    Base rate: none is expected.
    Next: look at the time of the look-up, and at crashes and new processes after it.
    References: https://docs.mvt.re/en/latest/ios/records/
        https://securitylab.amnesty.org/latest/2021/07/forensic-methodology-report-how-to-catch-nso-groups-pegasus/
    """
    return f"the account {lookup.handle!r} has NUL bytes" if "\0\0" in lookup.handle else None
