"""Network injection: answers that send the phone to somewhere else."""

from datetime import timedelta

from scanner.artifacts.ios.safari import SafariVisit
from scanner.feeds.normalise import host_of, ip
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import rule

QUICK = timedelta(seconds=1)
SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "go", "gov", "gob", "ne", "net", "or", "org"})
SHORTENERS = frozenset(
    {
        "bit.ly", "buff.ly", "cutt.ly", "fb.me", "goo.gl", "is.gd", "lnkd.in", "ow.ly", "rb.gy", "shorturl.at", "t.co",
        "tiny.cc", "tinyurl.com", "wp.me", "youtu.be",
    }
)  # fmt: skip
"""Sites that do nothing but redirect."""


def site(host: str) -> str:
    """The name that a site is registered under, near enough: `a.b.co.uk` is of `b.co.uk`; an IP address is its own."""
    if ip(host):
        return host
    labels = host.split(".")
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL
    return ".".join(labels[-3 if deep else -2 :])


def same_site(one: str, other: str) -> bool:
    """Whether two hosts are of one site: `gov.uk` and `www.gov.uk` are, though nobody registered the latter."""
    return site(one) == site(other) or one.endswith("." + other) or other.endswith("." + one)


@rule("IOS001", Severity.MEDIUM, Stage.DELIVERY, once="url")
def fast_cross_site_redirect(visit: SafariVisit) -> str | None:
    """A plain-HTTP page redirected to another site within a second.

    Why: network injection answers an unencrypted request with a redirect to the exploit server, before the real
        answer comes.
    Benign causes: advertising networks, log-in pages of public Wi-Fi, and old sites that moved to a new name. Known
        link shorteners are left out.
    Base rate: a few on most phones whose history holds unencrypted pages; the target tells.
    Next: look at the age and the owner of the target; ask what was opened at that time, and on which network.
    References: https://citizenlab.ca/2023/09/predator-in-the-wires-ahmed-eltantawy-targeted-with-predator-spyware/
        https://securitylab.amnesty.org/latest/2020/06/moroccan-journalist-targeted-with-network-injection-attacks-using-nso-groups-tools/
    """
    if not visit.url.startswith("http://") or not visit.redirect or not visit.redirect_time or not visit.time:
        return None
    here, there = host_of(visit.url), host_of(visit.redirect)
    waited = visit.redirect_time - visit.time
    if not here or not there or here in SHORTENERS or same_site(here, there):
        return None
    if timedelta(0) <= waited < QUICK:
        return f"{here} redirected to {there} after {waited.total_seconds():.1f} seconds"
    return None
