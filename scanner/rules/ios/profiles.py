"""Configuration profiles that give others power over the phone."""

from scanner.artifacts.ios.profiles import ProfilePayload
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import rule

ROOTS = frozenset({"com.apple.security.root", "com.apple.security.pem"})


def named(payload: ProfilePayload) -> str:
    """A profile as a message names it."""
    name = payload.name or payload.identifier or payload.profile or "a profile without a name"
    return f"{name} of {payload.organization or 'an unnamed organization'}"


@rule("IOS012", Severity.MEDIUM, Stage.PRESENCE, once="profile")
def notification_settings_profile(payload: ProfilePayload) -> str | None:
    """A profile that changes how notifications are shown.

    Why: profiles of spyware have silenced the notifications that would have given it away.
    Benign causes: an employer's or a school's management of its own phones.
    Base rate: rare on private phones.
    Next: look at the whole profile and at when it was installed.
    References: https://docs.mvt.re/en/latest/ios/records/
    """
    return (
        f"{named(payload)} changes notifications" if payload.payload_type == "com.apple.notificationsettings" else None
    )


@rule("IOS013", Severity.MEDIUM, Stage.PRESENCE, once="profile")
def management_profile(payload: ProfilePayload) -> str | None:
    """A profile that puts the phone under remote management.

    Why: whoever manages a phone can install applications, read its settings and route its traffic.
    Benign causes: an employer or a school that manages its phones and says so.
    Base rate: common on phones of companies, rare on private ones.
    Next: ask whether the owner knows the organization; look at the server's name.
    References: https://support.apple.com/guide/deployment/intro-to-mdm-profiles-depc0aadd3fe/web
        https://blog.talosintelligence.com/advanced-mobile-malware-campaign-in-india-uses-malicious-mdm/
    """
    return f"{named(payload)} manages the phone" if payload.payload_type == "com.apple.mdm" else None


@rule("IOS014", Severity.MEDIUM, Stage.PRESENCE, once="profile")
def root_certificate_profile(payload: ProfilePayload) -> str | None:
    """A profile that makes the phone trust another certificate authority.

    Why: whoever holds the key of that authority can read encrypted traffic.
    Benign causes: an employer's network; tools of developers.
    Base rate: low on private phones.
    Next: look at the certificate's name, and whether it is trusted in full (Settings, General, About, Certificate
        Trust Settings).
    References: https://support.apple.com/102390
    """
    if payload.payload_type in ROOTS:
        return f"{named(payload)} installs the certificate {payload.certificate_subject or 'of an unreadable name'}"
    return None
