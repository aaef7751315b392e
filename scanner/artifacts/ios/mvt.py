"""Results of mvt-ios, as records of our own types."""

import json
from base64 import b64decode
from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.chromium import ChromeFavicon, ChromeVisit
from scanner.artifacts.ios.applications import InstalledApp
from scanner.artifacts.ios.backup import BackedUpFile
from scanner.artifacts.ios.calendar import CalendarEvent
from scanner.artifacts.ios.calls import Call
from scanner.artifacts.ios.contacts import AddressBookEntry
from scanner.artifacts.ios.datausage import NetworkUse
from scanner.artifacts.ios.firefox import FirefoxFavicon
from scanner.artifacts.ios.idstatuscache import IdentityLookup
from scanner.artifacts.ios.interactions import Interaction
from scanner.artifacts.ios.location import LocationClient
from scanner.artifacts.ios.osanalytics import NetworkBaseline
from scanner.artifacts.ios.preferences import Preference
from scanner.artifacts.ios.profiles import ProfileEvent, ProfilePayload
from scanner.artifacts.ios.safari import SafariVisit
from scanner.artifacts.ios.safari_tabs import Tab
from scanner.artifacts.ios.shortcuts import Shortcut
from scanner.artifacts.ios.sms import BLOBS, Attachment, Message, contents
from scanner.artifacts.ios.tcc import Permission
from scanner.artifacts.ios.webkit import BrowsingStatistics, ObservedDomain
from scanner.artifacts.mozilla import FirefoxVisit
from scanner.artifacts.mvt_records import MvtNote, MvtRow, MvtTrace
from scanner.artifacts.mvt_row import Form, Made, Row, form, spelled
from scanner.artifacts.mvt_rows import address, read
from scanner.artifacts.whatsapp import LidPair, WhatsAppContact, WhatsAppMessage
from scanner.evidence import File
from scanner.evidence.domains import device_path

OCTAL = 8
LINKED, UNSENT = b"__kIMLink", b"Rec"
"""What bodies with links beside their text hold, and what summaries of texts that were taken back."""
AMOUNTS = {"wifi_in": "wifi_in", "wifi_out": "wifi_out", "cellular_in": "wwan_in", "cellular_out": "wwan_out"}
DECISIONS = {"denied": 0, "unknown": 1, "allowed": 2, "limited": 3}
CLIENTS = {"bundle_id": 0, "absolute_path": 1}
PREVIEW = ("ZTITLE", "ZSUMMARY", "ZCONTENT1", "ZCONTENT2")
SCHEMES = ("mailto:", "tel:")


def several(row: Row, *names: str) -> tuple[str, ...]:
    """The texts under some names."""
    return tuple(value for name in names if isinstance(value := row.take(name), str))


def contact(row: Row) -> Made:
    """A number, an address or a page of a contact; MVT does not say which it is."""
    value = row.take("value")
    parts = [row.take(name) for name in ("First", "Middle", "Last")]
    kind = "other"
    if isinstance(value, str):
        digits = sum(one.isdigit() for one in value)
        kind = "url" if "://" in value else "email" if "@" in value else "phone" if 2 * digits > len(value) else kind
    name = " ".join(one for one in parts if isinstance(one, str)) or None
    yield AddressBookEntry, {kind: value, "name": name, **row.taking({"organization": "Organization"})}


def data_use(row: Row) -> Made:
    """A process that moved bytes."""
    names = {"bundle": "bundle_id", "time": "live_isodate", "first_seen": "first_isodate", "usage_id": "live_id"}
    values = row.taking(AMOUNTS | names | {"last_seen": "isodate"})
    process, number, live = row.take("proc_name"), row.take("proc_id"), row.take("live_proc_id")
    values["time"] = values.get("time") or values.get("last_seen")
    values["process_id"] = number if number is not None else live
    values["orphan"] = number is None and live is not None
    if isinstance(process, str) and not process.startswith("/"):
        process, _, behalf = process.partition("/")
        values["on_behalf"] = behalf or None
    yield NetworkUse, values | {"process": process}


def profile(row: Row) -> Made:
    """A configuration profile: one record for each payload."""
    row.take("file_id")
    plist = row.inner(row.take("plist") or {})
    names = {
        "profile": "PayloadUUID", "identifier": "PayloadIdentifier", "name": "PayloadDisplayName",
        "organization": "PayloadOrganization", "description": "PayloadDescription",
        "removal_disallowed": "PayloadRemovalDisallowed",
    }  # fmt: skip
    shared = plist.taking(names) | {"time": row.take("install_date")}
    payloads = plist.several("PayloadContent")
    own = {
        "payload_type": "PayloadType", "payload_uuid": "PayloadUUID", "payload_identifier": "PayloadIdentifier",
        "payload_name": "PayloadDisplayName",
    }  # fmt: skip
    for number, payload in enumerate(payloads):
        yield ProfilePayload, shared | payload.taking(own) | {"payload": number}
    if not payloads:
        yield ProfilePayload, shared
    row.values["plist"] = plist.values
    row.taken |= plist.taken


def preference(row: Row) -> Made:
    """A setting of the system's."""
    key, value = row.take("entry"), row.take("value")
    text = value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False)
    yield Preference, {"key": key, "value": text, "enabled": value if isinstance(value, bool) else None}


def lookup(row: Row) -> Made:
    """Somebody whose account was looked up."""
    handle = str(row.take("user"))
    for scheme in SCHEMES:
        handle = handle.removeprefix(scheme)
    names = {"service": "package", "time": "isodate", "status": "idstatus"}
    yield IdentityLookup, {"handle": handle, **row.taking(names)}


def interaction(row: Row) -> Made:
    """Who was in touch with the owner, and through which app."""
    names = {
        "time": "start_date", "end": "end_date", "created": "interactions_creation_date", "bundle": "bundle_id",
        "target_bundle": "target_bundle_id", "account": "account", "sender": "sender_identifier",
        "sender_name": "sender_display_name", "recipient_count": "recipient_count", "response": "is_response",
        "domain_identifier": "domain_identifier",
    }  # fmt: skip
    values, direction = row.taking(names), row.take("direction")
    values["direction_name"] = direction.lower() if isinstance(direction, str) else None
    for field, name in {
        "recipients": "recipient_identifier", "recipient_names": "recipient_display_name",
        "attachment_texts": "content", "attachment_urls": "attachment_content_url", "attachment_types": "uti",
    }.items():  # fmt: skip
        values[field] = several(row, name)
    yield Interaction, values


def backed_up(row: Row) -> Made:
    """A file that the backup lists, under its path on the phone."""
    domain, relative, mode = row.take("domain"), row.take("relative_path") or "", row.take("mode")
    row.take("file_id")
    names = {
        "kind": "flags", "time": "modified", "changed": "status_changed", "created": "created", "size": "size",
        "owner": "owner",
    }  # fmt: skip
    number = int(mode, OCTAL) if isinstance(mode, str) else None
    yield BackedUpFile, {
        "domain": domain, "path": device_path(str(domain), str(relative)), "mode": number, **row.taking(names)
    }  # fmt: skip


def tab(row: Row) -> Made:
    """An open tab, and the pages that it had shown."""
    names = {"url": "tab_url", "shown": "tab_visible_url", "title": "tab_title", "time": "last_viewed_timestamp"}
    entries = tuple(url for one in row.several("session_data") if isinstance(url := one.take("entry_url"), str))
    yield Tab, row.taking(names) | {"entries": entries}


def message(row: Row) -> Made:
    """A message; what MVT copies of its blobs and never looks into is read too."""
    names = {
        "time": "isodate", "text": "text", "handle": "phone_number", "from_me": "is_from_me", "service": "service",
        "subject": "subject", "app": "balloon_bundle_id", "guid": "guid", "account": "account",
        "destination": "destination_caller_id", "chat_name": "group_title", "read": "date_read",
        "delivered": "date_delivered", "edited": "date_edited", "unsent": "date_retracted", "spam": "is_spam",
    }  # fmt: skip
    row.take("isodate_read")
    values = {"text": None} | row.taking(names)
    body, payload, summary = (blob(row, name) for name in BLOBS[:3])
    if values["text"] and body and LINKED not in body:
        body = None
    if summary and not (values.get("edited") or values.get("unsent") or UNSENT in summary):
        summary = None
    contents(values, (body, payload, summary, None), row.complain)
    values["links"] = (*values.get("links", ()), *row.links(values["text"], *values.get("links", ())))
    yield Message, values


def blob(row: Row, name: str) -> bytes | None:
    """Bytes that MVT writes as base64."""
    value = row.take(name)
    if not isinstance(value, str):
        return None
    try:
        return b64decode(value, validate=True)
    except ValueError:
        row.complain(f"{name}: not base64")
        return None


def visit(row: Row) -> Made:
    """A page, and where it redirected to: MVT gives the number of that visit."""
    row.take("timestamp")
    target = spelled(row.values.get("safari_history_db"), row.take("redirect_destination"))
    found = row.others.by("safari_history_db", "visit_id").get(target, {})
    values = row.taking({"url": "url", "time": "isodate", "title": "title"})
    yield SafariVisit, values | {"redirect": found.get("url"), "redirect_time": found.get("isodate")}


def permission(row: Row) -> Made:
    """What a program was allowed."""
    names = {"client": "client", "service": "service", "reason_name": "auth_reason_desc", "time": "last_modified"}
    decision, kind = row.take("auth_value"), row.take("client_type")
    if decision is None and (allowed := row.take("allowed")) is not None:
        decision = "allowed" if allowed in {1, "1"} else "denied"
    known = DECISIONS.get(str(decision))
    yield Permission, {
        "decision": decision if isinstance(decision, str) else None, "allowed": known,
        "client_type": CLIENTS.get(str(kind)), "schema": 14, **row.taking(names),
    }  # fmt: skip


def statistics(row: Row) -> Made:
    """A site, and the sites that lead to it."""
    names = {
        "redirects_from": "redirect_source", "redirects_to": "redirect_destination",
        "frames_under": "subframe_under_origin", "resources_under": "subresource_under_origin",
    }  # fmt: skip
    lists = {
        field: tuple(str(one["origin"]) for one in row.take(name) or [] if isinstance(one, dict) and one.get("origin"))
        for field, name in names.items()
    }
    more = {"origin": "origin", "time": "last_seen", "interaction": "user_interaction"}
    yield BrowsingStatistics, row.taking(more | {"interaction_time": "most_recent_interaction"}) | lists


def whatsapp(row: Row) -> Made:
    """A message, or which number an account without one is."""
    if row.values.get("record_type") == "lid_phone_number_pair":
        row.take("record_type")
        yield LidPair, row.taking({"lid": "lid", "phone": "phone_number", "time": "pair_timestamp"})
    elif "ZTEXT" in row.values:
        shown = [row.values.get(name) for name in ("ZTEXT", "ZMATCHEDTEXT", "ZMEDIAURL", *PREVIEW)]
        names = {
            "time": "isodate", "text": "ZTEXT", "sender": "ZFROMJID", "chat": "ZTOJID", "sender_name": "ZPUSHNAME",
            "from_me": "ZISFROMME", "type": "ZMESSAGETYPE", "guid": "ZSTANZAID",
        }  # fmt: skip
        links = several(row, "ZMATCHEDTEXT", "ZMEDIAURL") + row.links(*shown)
        yield WhatsAppMessage, row.taking(names) | {"links": links, "preview": several(row, *PREVIEW)}


FORMS: dict[str, Form] = {
    "applications": form(
        InstalledApp, bundle="softwareVersionBundleId", source="sourceApp", name="itemName", artist="artistName",
        version="bundleShortVersionString", item="itemId",
    ),
    "calendar": form(
        CalendarEvent, time="creation_date", summary="summary", description="description", start="start_date",
        end="end_date", modified="last_modified", url="url", organizer="participant_email",
    ),
    "calls": form(Call, time="isodate", duration="duration", handle="number", service="provider", location="location"),
    "chrome_favicon": form(ChromeFavicon, "timestamp", page="url", icon="icon_url", time="isodate"),
    "chrome_history": form(ChromeVisit, "timestamp", url="url", time="isodate"),
    "configuration_profiles": profile,
    "contacts": contact,
    "datausage": data_use,
    "firefox_favicon": form(FirefoxFavicon, icon="url", page="history_url", time="isodate"),
    "firefox_history": form(
        FirefoxVisit, time="isodate", url="url", title="title", kind="type", local="i1000000s_local"
    ),
    "global_preferences": preference,
    "id_status_cache": lookup,
    "interaction_c": interaction,
    "locationd_clients": form(
        LocationClient, client="package", bundle="BundleId", bundle_path="BundlePath", executable="Executable",
        registered="Registered", authorization="Authorization", fence_started="FenceTimeStarted",
        fence_stopped="FenceTimeStopped", location_started="LocationTimeStarted",
        location_stopped="LocationTimeStopped", beacon_region_started="BeaconRegionTimeStarted",
        beacon_region_stopped="BeaconRegionTimeStopped", significant_started="SignificantTimeStarted",
        significant_stopped="SignificantTimeStopped",
    ),
    "manifest": backed_up,
    "net_usage": data_use,
    "netusage": data_use,
    "os_analytics_ad_daily": form(NetworkBaseline, process="package", time="ts", **AMOUNTS),
    "profile_events": form(
        ProfileEvent, profile="profile_id", time="timestamp", operation="operation", process="process"
    ),
    "safari_browser_state": tab,
    "safari_history": visit,
    "shortcuts": form(
        Shortcut, "isodate", name="shortcut_name", modified="modified_date", description="description",
        urls="action_urls",
    ),
    "sms": message,
    "sms_attachments": form(
        Attachment, time="isodate", path="filename", name="transfer_name", handle="phone_number",
        from_me="is_outgoing", mime="mime_type", uti="uti", size="total_bytes", guid="guid",
    ),
    "tcc": permission,
    "urls": address,
    "webkit_resource_load_statistics": form(
        ObservedDomain, "last_seen_isodate most_recent_user_interaction_time_isodate", domain="registrable_domain",
        time="last_seen", interaction="had_user_interaction", interaction_time="most_recent_user_interaction_time",
    ),
    "webkit_session_resource_log": statistics,
    "whatsapp": whatsapp,
    "whatsapp_contacts": form(
        WhatsAppContact, jid="whatsapp_id", lid="lid", phone="phone_number", name="full_name", username="user_name",
        business="business_name", about="about_text", notes="notes", time="last_updated",
    ),
}  # fmt: skip
"""By the name of MVT's module: what makes records of its rows."""


@artifact("mvt:/results/*", "mvt:/said/*")
def results(
    file: File,
) -> Iterator[
    AddressBookEntry | Attachment | BackedUpFile | BrowsingStatistics | CalendarEvent | Call | ChromeFavicon
    | ChromeVisit | FirefoxFavicon | FirefoxVisit | IdentityLookup | InstalledApp | Interaction | LidPair
    | LocationClient | Message | MvtNote | MvtRow | MvtTrace | NetworkBaseline | NetworkUse | ObservedDomain
    | Permission | Preference | ProfileEvent | ProfilePayload | SafariVisit | Shortcut | Tab
    | WhatsAppContact | WhatsAppMessage
]:  # fmt: skip
    """What mvt-ios read from a backup or a file system.

    References:
        https://docs.mvt.re/en/latest/ios/records/
    """
    yield from read(file, FORMS, lambda _: False)  # type: ignore[misc]
