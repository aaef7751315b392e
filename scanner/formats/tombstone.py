"""What Android's crash daemon writes of a native crash, whichever of its two forms it was written in."""

from dataclasses import dataclass, field

MAX_FRAMES = 64
"""Frames of the crashed thread; what overflowed its stack has thousands of the same one."""
MAX_MAPPED = 256
MAX_OPEN = 256
MAX_LOG_LINES = 4000
SYSTEM = ("/system/", "/system_ext/", "/vendor/", "/product/", "/odm/", "/apex/", "/dev/", "/proc/", "/sys/")
"""Folders that are part of the system, or no folders of files."""
CODE = (".so", ".apk", ".dex", ".odex", ".oat", ".vdex", ".jar", ".zip", ".ko")
JIT = ("/memfd:jit-cache", "/memfd:jit-zygote-cache", "/memfd:/boot-image-methods")
"""Anonymous files in which the Android runtime itself keeps compiled code."""


@dataclass
class Tombstone:
    """A native crash: the process, the signal and the thread that it met, and what that thread ran."""

    line: int | None = None
    """Where it begins, in a text."""
    timestamp: str | None = None
    """By the phone's clock: `2024-05-16 20:09:29.899799997-0500`; absent before Android 10."""
    process: str | None = None
    thread: str | None = None
    executable: str | None = None
    command_line: str | None = None
    pid: int | None = None
    tid: int | None = None
    uid: int | None = None
    selinux_label: str | None = None
    signal: int | None = None
    signal_name: str | None = None
    code: int | None = None
    code_name: str | None = None
    sender_pid: int | None = None
    """Who sent the signal, where a process did."""
    sender_uid: int | None = None
    fault_address: int | None = None
    abort_message: str | None = None
    causes: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    """What the process had left to be said of it: `name: value`."""
    frames: list[str] = field(default_factory=list)
    """What the crashed thread ran, the innermost first: `/system/lib64/libc.so (abort+164)`."""
    libraries: list[str] = field(default_factory=list)
    """The files that those frames are in, each once."""
    mapped: list[str] = field(default_factory=list)
    """Code mapped from files that are not the system's, each once, in the order of addresses."""
    open_files: list[str] = field(default_factory=list)
    """Open files that are not the system's."""
    abi: str | None = None
    fingerprint: str | None = None
    uptime: int | None = None
    """Seconds that the process had run."""
    logs: list[tuple[int | None, str]] = field(default_factory=list)
    """The last lines of the phone's log: line number, text."""
    problems: list[str] = field(default_factory=list)

    def frame(self, library: str, function: str | None) -> None:
        """Add a frame of the crashed thread."""
        if len(self.frames) < MAX_FRAMES:
            self.frames.append(f"{library} ({function})" if function else library)
            if library.startswith("/") and library not in self.libraries:
                self.libraries.append(library)

    def mapping(self, name: str, executable: bool) -> None:
        """Add a mapped file, if it may be code and is not the system's."""
        code = executable or name.removesuffix(" (deleted)").endswith(CODE)
        if code and foreign(name) and name not in self.mapped and len(self.mapped) < MAX_MAPPED:
            self.mapped.append(name)

    def opened(self, name: str) -> None:
        """Add an open file, if it is not the system's."""
        if foreign(name) and name not in self.open_files and len(self.open_files) < MAX_OPEN:
            self.open_files.append(name)


def foreign(path: str) -> bool:
    """Whether a path is one of a file that is not the system's, nor the runtime's own."""
    return path.startswith("/") and not path.startswith(SYSTEM) and not path.startswith(JIT)
