"""The pages of indicator hits: what an indicator of each kind means. Severity and stage are those of the sighting."""

from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import enter


def link_or_host() -> None:
    """A link, host or address that belongs to spyware.

    Why: spyware is delivered from, and reports to, servers that investigators have published.
    Benign causes: an article or a warning that quotes the address; a domain that changed hands since; a vendor's
        web site that was only looked at. Receiving a link is not opening it.
    Base rate: none is expected; addresses of mercenary spyware are used for few targets and short times.
    Next: note when and how the address reached the phone, keep the message or the page, and look for what happened on
        the phone in the minutes after. Ask a helpline before anything is deleted.
    References: https://securitylab.amnesty.org/latest/2021/07/forensic-methodology-report-how-to-catch-nso-groups-pegasus/
    """


def account() -> None:
    """An e-mail address or phone number that belongs to spyware operators.

    Why: accounts were used to send invisible messages that exploit the phone.
    Benign causes: somebody with a similar account; a contact entered from a public report.
    Base rate: none is expected.
    Next: look at the time of the first contact, and at crashes and new processes in the minutes after it.
    References: https://securitylab.amnesty.org/latest/2021/07/forensic-methodology-report-how-to-catch-nso-groups-pegasus/
    """


def process() -> None:
    """A process that bears the name of a spyware process.

    Why: implants run under names that no part of the system has; the phone keeps their network use for months.
    Benign causes: a genuine process of the same name; this is why weak and shortened names count less.
    Base rate: none is expected for names that are not weak.
    Next: compare with the processes of a genuine phone of this version; do not restart or reset the phone before it
        has been examined.
    References: https://securitylab.amnesty.org/latest/2021/07/forensic-methodology-report-how-to-catch-nso-groups-pegasus/
    """


def file() -> None:
    """A file or folder at a path, or of a name, that spyware uses.

    Why: implants stage their files at places where the system keeps none.
    Benign causes: another file of the same name.
    Base rate: none is expected for whole paths; some for bare names.
    Next: keep the file and its times; have it analysed.
    References: https://securitylab.amnesty.org/latest/2021/07/forensic-methodology-report-how-to-catch-nso-groups-pegasus/
    """


def file_hash() -> None:
    """A file whose content is that of a known sample.

    Why: equal hashes mean equal content.
    Benign causes: a sample kept for research; a component that genuine software shares.
    Base rate: none is expected.
    Next: keep the file, note how it came to the phone, and have the phone examined.
    References: https://github.com/AssoEchap/stalkerware-indicators
    """


def app() -> None:
    """An application that is, or is signed as, known spyware or stalkerware.

    Why: application ids and signing certificates name one maker's software.
    Benign causes: monitoring that the owner knows of and agreed to; a shop's or a family's software.
    Base rate: none for mercenary spyware; stalkerware is found on some phones in every thousand.
    Next: think of safety first: whoever installed it may see that it is removed. Talk to a helpline from another
        device.
    References: https://stopstalkerware.org/
        https://github.com/AssoEchap/stalkerware-indicators
    """


def profile() -> None:
    """A configuration profile that spyware installs.

    Why: a profile can route traffic, trust certificates and manage the phone.
    Benign causes: none known for a listed identifier.
    Base rate: none is expected.
    Next: keep the profile's payloads; find out when and from where it was installed.
    References: https://citizenlab.ca/2021/12/pegasus-vs-predator-dissidents-doubly-infected-iphone-reveals-cytrox-mercenary-spyware/
    """


def android_property() -> None:
    """A system property that spyware sets.

    Why: some implants mark the phone with properties that no maker uses.
    Benign causes: none known for a listed name.
    Base rate: none is expected.
    Next: keep the phone as it is and have it examined.
    References: https://securitylab.amnesty.org/latest/2023/03/new-android-hacking-campaign-linked-to-mercenary-spyware-company/
    """


def yara_match() -> None:
    """A file whose content matches a YARA rule.

    Why: rules describe code and data that a family's files share.
    Benign causes: research material; a rule that is too wide: look at what of the file it matched.
    Base rate: depends on the rule; none is expected for rules on implants.
    Next: keep the file and its times; have it analysed.
    References: https://yara.readthedocs.io/
    """


def pattern() -> None:
    """Several traces that a published pattern names together.

    Why: investigators describe an attack as things that happen one after the other, or together: each may be harmless,
        and all of them in this order and within this time are not.
    Benign causes: a pattern that is too wide; a clock that was set; a record that another app wrote for its
        own reasons.
    Base rate: none is expected.
    Next: look at each of the records that the message names, in the order of their times, and at what else happened on
        the phone between them.
    References: https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
    """


PAGES = {
    "IOC001": link_or_host, "IOC002": account, "IOC003": process, "IOC004": file, "IOC005": file_hash,
    "IOC006": app, "IOC007": profile, "IOC008": android_property, "IOC009": pattern, "YAR001": yara_match,
}  # fmt: skip
for rule_id, described in PAGES.items():
    enter(rule_id, described, Severity.HIGH if rule_id == "YAR001" else Severity.CRITICAL, Stage.PRESENCE)
