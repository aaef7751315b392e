"""Network injection: answers that send the phone to somewhere else."""

from datetime import timedelta

from scanner.artifacts.ios.safari import SafariVisit
from scanner.feeds.normalise import host_of, ip
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import rule

QUICK = timedelta(seconds=1)
SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "go", "gov", "gob", "ne", "net", "or", "org"})


def site(host: str) -> str:
    """The name that a site is registered under, near enough: `a.b.co.uk` is of `b.co.uk`; an IP address is its own."""
    if ip(host):
        return host
    labels = host.split(".")
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL
    return ".".join(labels[-3 if deep else -2 :])


@rule("IOS001", Severity.MEDIUM, Stage.DELIVERY, once="url")
def fast_cross_site_redirect(visit: SafariVisit) -> str | None:
    """A plain-HTTP page redirected to another site within a second.

    Why: network injection answers an unencrypted request with a redirect to the exploit server, before the real
        answer comes.
    Benign causes: advertising networks, link shorteners, and old sites that moved to a new name.
    Base rate: a few on most phones whose history holds unencrypted pages; the target tells.
    Next: look at the age and the owner of the target; ask what was opened at that time, and on which network.
    References: https://citizenlab.ca/2023/09/predator-in-the-wires-ahmed-eltantawy-targeted-with-predator-spyware/
        https://securitylab.amnesty.org/latest/2020/06/moroccan-journalist-targeted-with-network-injection-attacks-using-nso-groups-tools/
    """
    if not visit.url.startswith("http://") or not visit.redirect or not visit.redirect_time or not visit.time:
        return None
    here, there = host_of(visit.url), host_of(visit.redirect)
    waited = visit.redirect_time - visit.time
    if here and there and site(here) != site(there) and timedelta(0) <= waited < QUICK:
        return f"{here} redirected to {there} after {waited.total_seconds():.1f} seconds"
    return None
