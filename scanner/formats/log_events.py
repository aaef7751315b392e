"""What some lines of Android's logs say, taken apart: activities, installations, access that SELinux denied."""

import re
from typing import Any

BRACED = re.compile(r"([A-Za-z][A-Za-z ]*)\{([^}]*)\}")
INTENT = re.compile(r"\b(act|dat|cmp|typ)=([^\s}]+)")
CALLER = re.compile(r"\bfrom uid (\d{1,10})(?: \(([\w.]+)\))?")
RUNTIME = re.compile(r"Process: (\S+?), PID: (\d{1,10})")
VERIFIED = re.compile(r"(?:\bpackage(?:_name)?[ =]|\bpackage: |\bfor )([A-Za-z]\w*(?:\.\w+)+)")
STAGE = re.compile(r"installStage ([\w.]+), dir=([^,]+), installerPackageName=([\w.]+)")
ORIGIN = re.compile(r"(Originating|Installer) app: ([\w.]+)")
VERDICT = re.compile(r"(?:Verdict: |\bresult=|\bresponse=)(\w+)")
DENIAL = re.compile(r"avc: +(denied|granted) +\{ ([^}]*) \} for (.*)")
SETTING = re.compile(r"(\w+)=(\"[^\"]*\"|\S+)")
INSTALL = {
    "pkg": "app", "stagedDir": "path", "Request from": "installer", "installerPackageName": "installer",
    "originatingPackageName": "originating", "initiatingPackageName": "initiating", "versionCode": "version_code",
    "caller": "caller_uid",
}  # fmt: skip
"""What PackageManager's own names in braces are called here."""
NOTHING = frozenset({"", "null", "none"})


def braced(message: str) -> dict[str, str]:
    """What a line of an installation says in braces: `pkg{com.example}`, `Request from{com.example.store}`."""
    found = {INSTALL.get(name.strip(), ""): value for name, value in BRACED.findall(message)}
    return {name: value for name, value in found.items() if name and value not in NOTHING}


def intent(message: str) -> dict[str, Any]:
    """The activity that is started, what it is started with, and who starts it."""
    found = dict(INTENT.findall(message))
    component = found.get("cmp", "")
    link = found.get("dat")
    made = {"action": found.get("act"), "component": component or None, "app": component.partition("/")[0] or None}
    made |= {"link": link} if link and not link.startswith(("content:", "package:")) else {"content": link}
    if caller := CALLER.search(message):
        made |= {"caller_uid": int(caller[1]), "caller": caller[2]}
    return made


def denial(message: str) -> dict[str, Any] | None:
    """What SELinux denied or granted: to whom, of what; None where the text is none of its."""
    if not (found := DENIAL.search(message)):
        return None
    said = {name: value.strip('"') for name, value in SETTING.findall(found[3])}
    source, target = said.get("scontext", ""), said.get("tcontext", "")
    permissive = said.get("permissive")
    return {
        "granted": found[1] == "granted",
        "permissions": found[2],
        "permissive": None if permissive is None else permissive == "1",
        "process": said.get("comm"),
        "path": said.get("path") or said.get("exe"),
        "name": said.get("name") or said.get("service") or said.get("property"),
        "domain": label(source),
        "target": label(target),
        "target_class": said.get("tclass"),
        "app": said.get("app"),
    }


def label(context: str) -> str | None:
    """The domain or type in a context: `u:r:netd:s0` is `netd`'s."""
    parts = context.split(":")
    return parts[2] if len(parts) > 2 else context or None


def verification(message: str) -> dict[str, Any] | None:
    """What Play Protect says of an app that is installed; None where it is about something else."""
    if "VerifyApps" not in message and "PSIC" not in message:
        return None
    verdict, app, origin = VERDICT.search(message), VERIFIED.search(message), ORIGIN.search(message)
    if origin:
        return {"originating" if origin[1] == "Originating" else "installer": origin[2]}
    if not app and not verdict:
        return None
    return {"app": app[1] if app else None, "verdict": verdict[1] if verdict else None}
