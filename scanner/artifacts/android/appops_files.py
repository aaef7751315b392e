"""App operations as the phone's own files keep them."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from scanner.artifact import artifact
from scanner.artifacts.android.appops import AppOp, AppOpUse
from scanner.evidence import File
from scanner.formats import appop_numbers as numbers
from scanner.formats.android_text import user, whole
from scanner.record import Place

STATES_9 = {"p": "pers", "t": "top", "fs": "fgsvc", "f": "fg", "b": "bg", "c": "cch"}
"""What Android 9 writes behind `t` (a use) and `r` (a refusal) in the names of attributes."""


def owner(uid: int | None, app_id: str | None, of_user: int | None = None) -> dict[str, Any]:
    """The fields of whose operation it is."""
    return {"uid": uid, "user": of_user if uid is None else user(uid), "app_id": app_id}


@artifact("/data/system/appops.xml", "/data/system/appops_accesses.xml")
def xml(file: File) -> Iterator[AppOp | AppOpUse]:
    """App operations: modes that differ from the default, and the last uses (since Android 14 in a file of their own).

    Three layouts: times in `op` (to 9), in `st` below it (10 to 13), modes below `user` (since 14).

    References:
        AOSP, AppOpsService and AppOpsCheckingServiceImpl: https://android.googlesource.com/platform/frameworks/base
    """
    for one in file.xml():
        if one.tag == "uid":
            yield from operations(file, one, owner(whole(one.get("n")), None))
        elif one.tag == "pkg":
            for child in one.findall("uid"):
                yield from operations(file, child, owner(whole(child.get("n")), one.get("n")))
        elif one.tag == "user":
            for child in one.findall("pkg"):
                yield from operations(file, child, owner(None, child.get("n"), whole(one.get("n"))))


def operations(file: File, parent: Element, whose: dict[str, Any]) -> Iterator[AppOp | AppOpUse]:
    """The operations below an element."""
    for number, one in enumerate(parent.findall("op")):
        place = Place(key=f"{whose['app_id'] or whose['uid']}.op[{number}]")
        op = numbers.name(one.get("n"))
        if (mode := numbers.mode(one.get("m"))) is not None:
            yield from file.record(AppOp, place, op=op, mode=mode, **whose)
        yield from before_10(file, one, place, {**whose, "op": op})
        for each in one.iter("st"):
            yield from last(file, each, place, {**whose, "op": op})


def last(file: File, one: Element, place: Place, values: dict[str, Any]) -> Iterator[AppOpUse]:
    """The last use and refusal in one state of the app."""
    get = one.get
    state, by = numbers.key(get("n"))
    values |= {"state": state, "by": by, "attribution": get("id"), "proxy": get("pp"), "proxy_uid": proxy(get("pu"))}
    yield from used(file, place, {**values, "kind": "access", "duration": whole(get("d"))}, get("t"))
    yield from used(file, place, {**values, "kind": "reject"}, get("r"))


def proxy(text: str | None) -> int | None:
    """The uid of an app that acted for another; -1 stands for none."""
    return None if (found := whole(text)) is None or found < 0 else found


def before_10(file: File, one: Element, place: Place, values: dict[str, Any]) -> Iterator[AppOpUse]:
    """The times in an operation itself: of the app (to 8), of each of its states (9)."""
    for short, kind in (("t", "access"), ("r", "reject")):
        for suffix, state in {"": None, **STATES_9}.items():
            if time := one.get(short + suffix):
                took = whole(one.get("d")) if kind == "access" else None
                yield from used(file, place, {**values, "state": state, "kind": kind, "duration": took}, time)


def used(file: File, place: Place, values: dict[str, Any], time: str | None) -> Iterator[AppOpUse]:
    """A use at a time in milliseconds; 0 stands for never."""
    if moment := whole(time):
        took = values.get("duration")
        duration = took / 1000 if took and took > 0 else None
        yield from file.record(AppOpUse, place, **{**values, "time": moment / 1000, "duration": duration})


@artifact("/data/system/appops/discrete/*")
def discrete(file: File) -> Iterator[AppOpUse]:
    """Each use of camera, microphone, location and others in the last days (Android 12 to 15; then a database).

    References:
        AOSP, DiscreteRegistry: https://android.googlesource.com/platform/frameworks/base
    """
    for uid in file.xml().iter("u"):
        for package in uid.iter("p"):
            whose = owner(whole(uid.get("ui")), package.get("pn"))
            for op in package.iter("o"):
                yield from several(file, op, {**whose, "op": numbers.name(op.get("op")), "device": op.get("di")})


def several(file: File, op: Element, values: dict[str, Any]) -> Iterator[AppOpUse]:
    """The uses of one operation."""
    for tag in op.iter("a"):
        for number, one in enumerate(tag.iter("e")):
            place = Place(key=f"{values['app_id']}.{values['op']}[{number}]")
            more = {
                "state": numbers.state(whole(one.get("us")) or 0),
                "by": numbers.by(whole(one.get("f")) or 0),
                "attribution": tag.get("at"),
                "discrete": True,
                "kind": "access",
                "duration": whole(one.get("nd")),
            }
            yield from used(file, place, {**values, **more}, one.get("nt"))
