"""Where people get help, and what to do and not to do first.

References:
    https://www.accessnow.org/help/
    https://securitylab.amnesty.org/get-help/
    https://stopstalkerware.org/information-for-survivors/
"""

HELPLINES = (
    (
        "Access Now Digital Security Helpline (civil society, journalists; nine languages)",
        "https://www.accessnow.org/help/",
    ),
    (
        "Amnesty International Security Lab (human rights defenders, journalists)",
        "https://securitylab.amnesty.org/get-help/",
    ),
    ("Coalition Against Stalkerware (people who fear a partner or relative)", "https://stopstalkerware.org/"),
)

SERIOUS = (
    "Do not delete, update, restart or reset anything on the phone yet: it would destroy traces.",
    "Keep this evidence and the report unchanged; note who had the phone, and when.",
    "Talk to one of the helplines below, from another device than this phone.",
    "If someone close to you may have installed an app: your safety comes first, removing it can warn them.",
)
QUIET = (
    "Nothing found does not mean that a phone is clean: public indicators are few, and traces are often removed.",
    "Keep the phone up to date; if you are at risk, turn on Lockdown Mode.",
    "Scan again when new indicators are published, and ask a helpline if your doubts have a reason.",
)
