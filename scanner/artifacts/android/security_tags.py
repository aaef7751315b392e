"""What Android's security log calls its events, and what stands in each: the names of `SecurityLog` and `logtags`.

References:
    Android Developers, "SecurityLog": https://developer.android.com/reference/android/app/admin/SecurityLog
    Android Open Source Project, "SecurityLogTags.logtags":
    https://android.googlesource.com/platform/frameworks/base/+/main/core/java/android/app/admin/SecurityLogTags.logtags
"""

FIRST = 210_001
ADMIN = "admin_package", "admin_user", "user_id"
KEY = "success", "key_id", "uid"
PACKAGE = "package_name", "version_code", "user_id"
MEDIA = "mount_point", "volume_label"
CERTIFICATE = "success", "subject", "user_id"
WIFI = "bssid", "event_type", "reason"
BLUETOOTH = "mac_address", "success", "reason"
TAGS: dict[str, tuple[str, ...]] = {
    "adb_shell_interactive": (),
    "adb_shell_cmd": ("command",),
    "adb_sync_recv_file": ("path",),
    "adb_sync_send_file": ("path",),
    "app_process_start": ("process", "start_time", "uid", "pid", "seinfo", "sha256"),
    "keyguard_dismissed": (),
    "keyguard_dismiss_auth_attempt": ("success", "method_strength"),
    "keyguard_secured": (),
    "os_startup": ("verified_boot_state", "dm_verity_mode"),
    "os_shutdown": (),
    "logging_started": (),
    "logging_stopped": (),
    "media_mount": MEDIA,
    "media_unmount": MEDIA,
    "log_buffer_size_critical": (),
    "password_expiration_set": (*ADMIN, "timeout"),
    "password_complexity_set": (*ADMIN, "length", "quality", "letters", "non_letters", "digits", "upper", "lower",
                                "symbols"),
    "password_history_length_set": (*ADMIN, "length"),
    "max_screen_lock_timeout_set": (*ADMIN, "timeout"),
    "max_password_attempts_set": (*ADMIN, "attempts"),
    "keyguard_disabled_features_set": (*ADMIN, "features"),
    "remote_lock": ADMIN,
    "wipe_failure": (),
    "key_generated": KEY,
    "key_import": KEY,
    "key_destruction": KEY,
    "user_restriction_added": ("admin_package", "admin_user", "restriction"),
    "user_restriction_removed": ("admin_package", "admin_user", "restriction"),
    "cert_authority_installed": CERTIFICATE,
    "cert_authority_removed": CERTIFICATE,
    "crypto_self_test_completed": ("success",),
    "key_integrity_violation": ("key_id", "uid"),
    "cert_validation_failure": ("reason",),
    "camera_policy_set": (*ADMIN, "disabled"),
    "password_complexity_required": (*ADMIN, "complexity"),
    "password_changed": ("complexity", "user_id"),
    "wifi_connection": WIFI,
    "wifi_disconnection": WIFI,
    "bluetooth_connection": BLUETOOTH,
    "bluetooth_disconnection": BLUETOOTH,
    "package_installed": PACKAGE,
    "package_updated": PACKAGE,
    "package_uninstalled": PACKAGE,
    "backup_service_toggled": ("admin_package", "admin_user", "enabled"),
    "nfc_enabled": (),
    "nfc_disabled": (),
}  # fmt: skip
"""The events in the order of their numbers from 210001, and what stands in each, in the order of the log itself."""

BY_NUMBER = {FIRST + at: name for at, name in enumerate(TAGS)}
OTHER_NAMES = {
    "adb_shell_command": "adb_shell_cmd", "shell_cmd": "adb_shell_cmd", "shell_interactive": "adb_shell_interactive",
    "sync_recv_file": "adb_sync_recv_file", "adb_sync_recv": "adb_sync_recv_file", "file_pulled": "adb_sync_recv_file",
    "sync_send_file": "adb_sync_send_file", "adb_sync_send": "adb_sync_send_file", "file_pushed": "adb_sync_send_file",
    "media_mounted": "media_mount", "media_unmounted": "media_unmount", "wipe_failed": "wipe_failure",
    "key_imported": "key_import", "key_destroyed": "key_destruction",
}  # fmt: skip


def tag(name: object) -> str:
    """An event's name in one form: `TAG_ADB_SHELL_CMD`, `security_adb_shell_command` and 210002 are `adb_shell_cmd`."""
    text = str(name).strip().lower().removeprefix("tag_").removeprefix("security_").removesuffix("_event")
    if text.isdecimal():
        return BY_NUMBER.get(int(text), text) if len(text) == len(str(FIRST)) else text
    return OTHER_NAMES.get(text, text)
