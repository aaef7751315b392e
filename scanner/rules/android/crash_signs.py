"""What tells a crash that an attack may have left from the crashes of every day."""

from collections.abc import Iterable

from scanner.artifacts.android.tombstones import Crash
from scanner.rule import Located

INNERMOST = 8
"""Frames in which the library that failed stands; further out stand those that called it."""
NEAR_NULL = 0x10000
"""Addresses below come of a field of an object that is not there."""
FAULTS = frozenset({"SIGSEGV", "SIGBUS", "SIGILL", "SIGTRAP"})
MEMORY = ("[MTE]", "[GWP-ASan]", "Use After Free", "Buffer Overflow", "Buffer Underflow", "Double Free")
"""What the crash daemon writes where memory tagging or GWP-ASan saw the mistake itself."""
ABORTS = ("Scudo ERROR", "FORTIFY", "stack corruption detected", "heap corruption", "CFI:")
"""How abort messages begin where a guard of the memory stopped the process."""
TAGGED = frozenset({"SEGV_MTESERR", "SEGV_MTEAERR"})
PARSERS = (
    *("libimagecodec.quram", "libwebp", "libstagefright", "libfreetype", "libft2", "libhwui", "libpdfium", "libheif"),
    *("libjpeg", "libpng", "libtiff", "libdng", "libpiex", "libskia", "libvpx", "libavcodec", "libavformat", "libopus"),
    *("libmedia", "libcodec2", "libsimba", "libsecimaging", "libgif", "libapedec", "libsaped", "libmpeg", "libavc"),
    *("libhevc", "libvoip", "libwhatsapp", "libtmessages", "libtgvoip", "libsignal", "libringrtc", "libviber"),
    *("libwebrtc", "libjingle", "librtcd", "libxml2", "libsqlite", "libz.", "libbluetooth", "libgralloc"),
)
"""How libraries are called that read pictures, sounds, fonts, documents, messages and calls."""
MESSENGERS = (
    *("com.whatsapp", "org.thoughtcrime.securesms", "org.telegram", "org.thunderdog.challegram", "com.viber.voip"),
    *("com.facebook.orca", "com.facebook.mlite", "com.instagram.android", "com.google.android.apps.messaging"),
    *("com.samsung.android.messaging", "com.android.mms", "com.skype", "com.snapchat.android", "jp.naver.line.android"),
    *("com.tencent.mm", "com.kakao.talk", "com.imo.android", "com.wire", "ch.threema.app", "com.discord"),
)
SYSTEM = (
    *("zygote", "system_server", "media", "com.android.", "com.google.android.gms", "com.samsung.android.", "com.sec."),
    *("com.google.android.providers.media", "android.process.", "/system/", "/vendor/", "/apex/"),
)


def distinct(crashes: Iterable[Located[Crash]]) -> list[Located[Crash]]:
    """Each crash once, whether text, protobuf file, log or drop box told of it; one with a time before one without."""
    found: dict[tuple[object, ...], Located[Crash]] = {}
    for one in crashes:
        kept = found.setdefault(one.record.identity, one)
        if kept.record.time is None and one.record.time is not None:
            found[one.record.identity] = one
    return list(found.values())


def package(process: str | None) -> str:
    """The package of a process: without what stands behind the colon."""
    return (process or "").partition(":")[0]


def corrupted(crash: Crash) -> str | None:
    """What saw that memory was corrupted; None where nothing did."""
    if crash.code_name in TAGGED:
        return "memory tagging"
    if any(word in cause for cause in crash.causes for word in MEMORY):
        return "GWP-ASan" if any("GWP" in cause for cause in crash.causes) else "memory tagging"
    if crash.abort_message and any(word in crash.abort_message for word in ABORTS):
        return "a guard of the memory"
    return None


def parser(crash: Crash) -> str | None:
    """The library among the innermost frames that reads what others send."""
    for frame in crash.frames[:INNERMOST]:
        name = frame.partition(" (")[0].rpartition("/")[2].rpartition("!")[2]
        if name.startswith(PARSERS):
            return name
    return None


def wild(crash: Crash) -> bool:
    """Whether it accessed memory far from where a missing object would lie."""
    return crash.signal_name in FAULTS and int(crash.fault_address or "0", 16) >= NEAR_NULL


def suspicious(crash: Crash) -> str | None:
    """The library of a crash as an attack through a message, a call or a file would leave one."""
    library = parser(crash)
    reads = (crash.process or "").startswith((*MESSENGERS, *SYSTEM))
    return library if library and reads and (corrupted(crash) or wild(crash)) else None
