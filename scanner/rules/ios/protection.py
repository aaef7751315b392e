"""How the phone is protected."""

from scanner.artifacts.ios.preferences import Preference
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import rule

LOCKDOWN = "LDMGlobalEnabled"


@rule("IOS015", Severity.INFO, Stage.NONE)
def lockdown_mode(preference: Preference) -> str | None:
    """Whether Lockdown Mode is on.

    Why: Lockdown Mode closes the ways in that mercenary spyware has used most; several exploits are known to have
        failed against it.
    Benign causes: most people do not need it.
    Base rate: off on almost all phones.
    Next: turn it on if the owner is at risk (Settings, Privacy & Security, Lockdown Mode).
    References: https://support.apple.com/105120
        https://citizenlab.ca/2023/04/nso-groups-pegasus-spyware-returns-in-2022/
    """
    if preference.key != LOCKDOWN or preference.enabled is None:
        return None
    return f"Lockdown Mode is {'on' if preference.enabled else 'off'}"
