"""System properties: what Android's build, boot loader and services say of the phone."""

from collections.abc import Iterator
from typing import Annotated

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats import getprop, protobuf
from scanner.record import Kind, Place, Record, Text


class Property(Record):
    """A system property."""

    name: Annotated[str, Kind.ANDROID_PROPERTY]
    value: Text = ""


@artifact("section:/SYSTEM PROPERTIES", "androidqf:/getprop.txt")
def listed(file: File) -> Iterator[Property]:
    """System properties as `getprop` lists them: `[name]: [value]`; a value may go over several lines.

    References:
        AOSP, getprop of toolbox: https://android.googlesource.com/platform/system/core/+/refs/heads/main/toolbox/getprop.cpp
    """
    for line, name, value in getprop.listed(file.lines(), file.problem):
        yield from file.record(Property, Place(line=line), name=name, value=value)


@artifact(
    "/*/build.prop",
    "/*/etc/build.prop",
    "/system/*/build.prop",
    "/system/*/etc/build.prop",
    "/vendor/odm/etc/build.prop",
    "/default.prop",
    "/*/default.prop",
    "/prop.default",
    "/*/etc/prop.default",
    "/data/local.prop",
)
def built(file: File) -> Iterator[Property]:
    """System properties that a partition brings along: `build.prop` and `default.prop`, lines of `name=value`.

    References:
        AOSP, property_service of init: https://android.googlesource.com/platform/system/core/+/refs/heads/main/init/README.md
    """
    for line, name, value in getprop.built(file.lines(), file.problem):
        yield from file.record(Property, Place(line=line), name=name, value=value)


@artifact("/data/property/persistent_properties")
def kept(file: File) -> Iterator[Property]:
    """System properties that outlast a restart (`persist.*`), since Android 9 in one file of Protocol Buffers.

    References:
        AOSP, persistent_properties.proto: https://android.googlesource.com/platform/system/core/+/refs/heads/main/init/
    """
    number = 0
    try:
        for number, name, value in getprop.kept(file.read()):
            yield from file.record(Property, Place(row=number), name=name, value=value)
    except protobuf.ProtobufError as error:
        file.problem(f"it ends early: {error}", number)


@artifact("/data/property/persist.*")
def kept_apart(file: File) -> Iterator[Property]:
    """System properties that outlast a restart, each in a file of its name, until Android 8.

    References:
        AOSP, property_service of init: https://android.googlesource.com/platform/system/core/+/refs/heads/main/init/README.md
    """
    reader = file.open()
    value = reader.read(0, 1 << 16).decode("utf-8", "backslashreplace")
    reader.close()
    yield from file.record(Property, Place(offset=0), name=file.path.rpartition("/")[2], value=value.rstrip("\n\0"))
