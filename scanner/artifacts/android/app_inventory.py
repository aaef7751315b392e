"""Lists of apps that Google's services keep beside the package manager: removed apps may still stand there."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, Hash, Record


class KnownApp(Record):
    """An app that Google Play services have seen on the phone; it may stay when the app is removed."""

    package: AppId
    version: int | None = None
    hash: Hash | None = None
    """SHA-256 of the APK."""


@artifact("/data/**/com.google.android.gms/databases/gass.db")
def play_services(file: File) -> Iterator[KnownApp]:
    """Apps with the hashes of their APKs that Google Play services have seen, wherever they came from.

    References:
        ALEAPP, "installedappsGass" (fields of the store): https://github.com/abrignoni/ALEAPP
    """
    yield from file.rows(
        KnownApp,
        """
        SELECT a.rowid AS _app_info, a.package_name AS package, a.version_code AS version,
               CASE typeof(a.digest_sha256) WHEN 'blob' THEN lower(hex(a.digest_sha256))
                    ELSE a.digest_sha256 END AS hash
        FROM app_info a
        """,
    )
