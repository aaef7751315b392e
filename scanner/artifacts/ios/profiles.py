"""Configuration profiles: what is installed, what happened to them, and who manages the phone."""

from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.formats.profile_payload import Certificate, emails, hosts, links
from scanner.record import (
    AwareTime,
    CertHash,
    Domain,
    Email,
    Phone,
    Place,
    Process,
    ProfileId,
    Record,
    Text,
    Url,
)

FOLDER = "/**/Library/ConfigurationProfiles/"


class ProfilePayload(Record):
    """One payload of an installed profile, with the profile's own facts; a profile without payloads is one record."""

    time: AwareTime | None = None
    """When the profile was installed."""
    profile: ProfileId | None = None
    """The profile's UUID."""
    identifier: ProfileId | None = None
    name: Text | None = None
    organization: Text | None = None
    description: Text | None = None
    removal_disallowed: bool | None = None
    is_managed: bool = False
    """Whether a device management installed it."""
    expires: AwareTime | None = None
    payload: int | None = None
    """Its number in the profile, from 0."""
    payload_type: str | None = None
    payload_uuid: ProfileId | None = None
    payload_identifier: ProfileId | None = None
    payload_name: Text | None = None
    urls: tuple[Url, ...] = ()
    hosts: tuple[Domain, ...] = ()
    emails: tuple[Email, ...] = ()
    certificate_subject: Text | None = None
    certificate_sha256: CertHash | None = None


class ProfileEvent(Record):
    """Something that was done with a profile."""

    time: AwareTime | None = None
    profile: ProfileId
    operation: str | None = None
    process: Process | None = None


class Management(Record):
    """Who may manage the phone remotely, or does."""

    time: AwareTime | None = None
    server: Url | None = None
    check_in: Url | None = None
    configuration: Url | None = None
    """Where a phone of an organisation fetches its management from when it is set up."""
    topic: str | None = None
    access_rights: int | None = None
    """Bits; 8191 is everything."""
    profile: ProfileId | None = None
    """The profile that the management came with."""
    supervised: bool | None = None
    mandatory: bool | None = None
    organization: Text | None = None
    organization_email: Email | None = None
    organization_phone: Phone | None = None


@artifact(FOLDER + "profile-*")
def installed(file: File) -> Iterator[ProfilePayload]:
    """Installed configuration profiles, every payload of each: links and hosts in it, and its certificate.

    References:
        Apple, "Configuration Profile Reference":
        https://developer.apple.com/business/documentation/Configuration-Profile-Reference.pdf
        Apple, "Device Management" (payloads): https://developer.apple.com/documentation/devicemanagement
    """
    profile = file.plist()
    if not isinstance(profile, dict) or not any(key.startswith("Payload") for key in profile):
        raise UnsupportedError("the property list is no configuration profile")
    facts = profile_facts(profile)
    payloads = profile.get("PayloadContent", [])
    if isinstance(payloads, dict):
        payloads = [payloads]
    if not isinstance(payloads, list):
        file.problem(f"PayloadContent: not a list but {type(payloads).__name__}", "PayloadContent")
        payloads = []
    if not payloads:
        yield from file.record(ProfilePayload, Place(key="PayloadContent"), **facts)
    for number, payload in enumerate(payloads):
        place = Place(key=f"PayloadContent.{number}")
        if isinstance(payload, dict):
            found = payload_facts(file, place, payload)
            yield from file.record(ProfilePayload, place, payload=number, **facts, **found)
        else:
            file.problem(f"{place.key}: not a dictionary but {type(payload).__name__}", place.key)
            yield from file.record(ProfilePayload, place, payload=number, **facts)


def profile_facts(profile: dict[str, Any]) -> dict[str, Any]:
    """What a profile says of itself."""
    options = found if isinstance(found := profile.get("InstallOptions"), dict) else {}
    managed = (profile.get("IsManaged"), options.get("isInstalledByMDM"), options.get("managingProfileIdentifier"))
    return {
        "time": profile.get("InstallDate"),
        "profile": profile.get("PayloadUUID"),
        "identifier": profile.get("PayloadIdentifier"),
        "name": profile.get("PayloadDisplayName"),
        "organization": profile.get("PayloadOrganization"),
        "description": profile.get("PayloadDescription"),
        "removal_disallowed": profile.get("PayloadRemovalDisallowed"),
        "expires": profile.get("PayloadExpirationDate"),
        "is_managed": any(managed),
    }


def payload_facts(file: File, place: Place, payload: dict[str, Any]) -> dict[str, Any]:
    """What one payload is and where it leads to."""
    kind = payload.get("PayloadType")
    certificate = Certificate.of(kind, payload.get("PayloadContent"))
    if certificate and certificate.problem:
        file.problem(f"{place.key}: {certificate.problem}", place.key)
    return {
        "payload_type": kind,
        "payload_uuid": payload.get("PayloadUUID"),
        "payload_identifier": payload.get("PayloadIdentifier"),
        "payload_name": payload.get("PayloadDisplayName"),
        "urls": links(payload),
        "hosts": hosts(payload),
        "emails": emails(payload),
        "certificate_subject": certificate.subject if certificate else None,
        "certificate_sha256": certificate.sha256 if certificate else None,
    }


@artifact(FOLDER + "MCProfileEvents.plist")
def events(file: File) -> Iterator[ProfileEvent]:
    """The log of installed, updated and removed profiles, and which process did it; it outlives the profiles.

    References:
        Apple, "Device Management": https://developer.apple.com/documentation/devicemanagement
    """
    for place, entry in file.members(file.plist(), "ProfileEvents"):
        for profile, _, event in file.dictionaries(entry, place.key or ""):
            yield from file.record(
                ProfileEvent, place, time=event.get("timestamp"), profile=profile,
                operation=event.get("operation"), process=event.get("process"),
            )  # fmt: skip


@artifact(FOLDER + "MDM.plist", FOLDER + "CloudConfigurationDetails.plist")
def management(file: File) -> Iterator[Management]:
    """The device management in force, and what the phone's organisation set when it was enrolled.

    References:
        Apple, "MDM" (the payload and its keys): https://developer.apple.com/documentation/devicemanagement/mdm
    """
    found = file.dictionary()
    yield from file.record(
        Management, Place(), server=found.get("ServerURL"), check_in=found.get("CheckInURL"),
        configuration=found.get("ConfigurationURL"), topic=found.get("Topic"), access_rights=found.get("AccessRights"),
        profile=found.get("ManagingProfileIdentifier"), supervised=found.get("IsSupervised"),
        mandatory=found.get("IsMandatory"), organization=found.get("OrganizationName"),
        organization_email=found.get("OrganizationEmail"), organization_phone=found.get("OrganizationPhone"),
    )  # fmt: skip
