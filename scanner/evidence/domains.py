"""Where the domains of an iOS backup lie on the device.

References:
    The Apple Wiki, "iTunes Backup": https://theapplewiki.com/wiki/ITunes_Backup
"""

from functools import lru_cache

ROOTS = {
    "AppDomain": "/private/var/mobile/Containers/Data/Application",
    "AppDomainGroup": "/private/var/mobile/Containers/Shared/AppGroup",
    "AppDomainPlugin": "/private/var/mobile/Containers/Data/PluginKitPlugin",
    "SysContainerDomain": "/private/var/containers/Data/System",
    "SysSharedContainerDomain": "/private/var/containers/Shared/SystemGroup",
    "HomeDomain": "/private/var/mobile",
    "CameraRollDomain": "/private/var/mobile",
    "MediaDomain": "/private/var/mobile",
    "HomeKitDomain": "/private/var/mobile",
    "KeyboardDomain": "/private/var/mobile",
    "TonesDomain": "/private/var/mobile",
    "BooksDomain": "/private/var/mobile/Media/Books",
    "HealthDomain": "/private/var/mobile/Library",
    "RootDomain": "/private/var/root",
    "WirelessDomain": "/private/var/wireless",
    "DatabaseDomain": "/private/var/db",
    "InstallDomain": "/private/var/installd",
    "KeychainDomain": "/private/var/Keychains",
    "ManagedPreferencesDomain": "/private/var/Managed Preferences",
    "MobileDeviceDomain": "/private/var/MobileDevice",
    "NetworkDomain": "/private/var/networkd",
    "ProtectedDomain": "/private/var/protected",
    "SystemPreferencesDomain": "/private/var/preferences",
}

OWNED = tuple((root + "/", name) for name, root in ROOTS.items() if "Container" in root or "Container" in name)
PLAIN = tuple(
    (root + "/", name)
    for name, root in sorted(ROOTS.items(), key=lambda item: -len(item[1]))
    if "Container" not in root
    and "Container" not in name
    and name not in {"CameraRollDomain", "MediaDomain", "HealthDomain"}
)


def device_path(domain: str, relative: str) -> str:
    """`AppDomain-org.example`, `Library/x` is `<containers>/org.example/Library/x`; an unknown one keeps its name."""
    return f"{folder(domain)}/{relative}" if relative else folder(domain)


@lru_cache(8192)
def folder(domain: str) -> str:
    """The folder on the device that a domain's relative paths start from."""
    name, _, owner = domain.partition("-")
    root = ROOTS.get(name)
    if root is None:
        return f"/{domain}"
    return f"{root}/{owner}" if owner else root


def backup_path(path: str) -> tuple[str, str]:
    """The domain and relative path under which a backup keeps a device path; the inverse of `device_path`.

    Raises:
        ValueError: no domain covers the path.
    """
    for root, name in OWNED:
        if path.startswith(root):
            owner, _, relative = path[len(root) :].partition("/")
            return f"{name}-{owner}", relative
    if path.startswith(("/private/var/mobile/Media/", "/private/var/mobile/Library/SMS/Attachments/")):
        camera = "/DCIM/" in path or "/PhotoData/" in path
        return ("CameraRollDomain" if camera else "MediaDomain"), path.removeprefix("/private/var/mobile/")
    if path.startswith("/private/var/mobile/Library/Health/"):
        return "HealthDomain", path.removeprefix("/private/var/mobile/Library/")
    for root, name in PLAIN:
        if path.startswith(root):
            return ("HomeDomain" if root == "/private/var/mobile/" else name), path[len(root) :]
    raise ValueError(f"no backup domain holds {path}")
