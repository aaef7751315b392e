"""What AndroidManifest.xml says of an app: its name, permissions and components.

References:
    https://developer.android.com/guide/topics/manifest/manifest-intro
"""

from dataclasses import dataclass, field

from scanner.formats.axml import Node

COMPONENTS = {
    "activity": "activity",
    "activity-alias": "activity",
    "service": "service",
    "receiver": "receiver",
    "provider": "provider",
}
MAIN = "android.intent.action.MAIN"
LAUNCHERS = {"android.intent.category.LAUNCHER", "android.intent.category.LEANBACK_LAUNCHER"}
MAJOR = 1 << 32


@dataclass(frozen=True, slots=True)
class Component:
    """An activity, service, receiver or provider.

    Attributes:
        kind: one of these four words.
        name: its class.
        permission: which permission one must have to use it.
        exported: whether other apps may use it; None where the manifest does not say.
        enabled: whether it can be used at all; None where a resource decides.
        actions: of its intent filters.
        launcher: whether it stands in the list of apps.
    """

    kind: str
    name: str
    permission: str | None = None
    exported: bool | None = None
    enabled: bool | None = True
    actions: tuple[str, ...] = ()
    launcher: bool = False


@dataclass(slots=True)
class Manifest:
    """An app's manifest; what it does not say, or leaves to a resource, is None."""

    package: str | None = None
    split: str | None = None
    version_code: int | None = None
    version_name: str | None = None
    min_sdk: int | None = None
    target_sdk: int | None = None
    shared_user: str | None = None
    label: str | None = None
    debuggable: bool | None = None
    test_only: bool | None = None
    permissions: tuple[str, ...] = ()
    components: list[Component] = field(default_factory=list)

    @property
    def launcher(self) -> bool:
        """Whether it stands in the list of apps."""
        return any(one.launcher and one.enabled is not False for one in self.components)


def manifest(root: Node) -> Manifest:
    """The manifest of its root element."""
    found = Manifest(
        package=root.text("package"),
        split=root.text("split"),
        version_name=plain(root.text("versionName")),
        shared_user=root.text("sharedUserId"),
    )
    if (code := root.number("versionCode")) is not None:
        found.version_code = (code & (MAJOR - 1)) + (root.number("versionCodeMajor") or 0) * MAJOR
    for sdk in root.all("uses-sdk"):
        found.min_sdk, found.target_sdk = sdk.number("minSdkVersion"), sdk.number("targetSdkVersion")
    asked = root.all("uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m")
    found.permissions = tuple(dict.fromkeys(name for one in asked if (name := one.text("name"))))
    for application in root.all("application"):
        found.label = plain(application.text("label"))
        found.debuggable, found.test_only = application.flag("debuggable"), application.flag("testOnly")
        permission = application.text("permission")
        found.components += [component(one, found.package or "", permission) for one in application.all(*COMPONENTS)]
    return found


def plain(value: str | None) -> str | None:
    """A text that is no reference to a resource."""
    return None if value is None or value.startswith("@0x") else value


def component(node: Node, package: str, permission: str | None) -> Component:
    """One component."""
    filters = node.all("intent-filter")
    named = [(names(one, "action"), names(one, "category")) for one in filters]
    return Component(
        COMPONENTS[node.tag],
        full(node.text("name") or "", package),
        node.text("permission") or permission,
        node.flag("exported"),
        node.flag("enabled") if "enabled" in node.attributes else True,
        tuple(dict.fromkeys(action for actions, _ in named for action in actions)),
        any(MAIN in actions and LAUNCHERS & set(categories) for actions, categories in named),
    )


def names(node: Node, tag: str) -> list[str]:
    """The names of the elements of one kind in an element."""
    return [name for one in node.all(tag) if (name := one.text("name"))]


def full(name: str, package: str) -> str:
    """A class with its package, which a manifest may leave out."""
    if name.startswith("."):
        return package + name
    return name if "." in name or not name else f"{package}.{name}"
