"""Who installs apps: stores, and the hands by which a file becomes an app."""

CHECKED = frozenset({
    "com.android.vending", "com.google.android.feedback", "com.amazon.venezia", "com.bbk.appstore",
    "com.heytap.market", "com.hihonor.appmarket", "com.huawei.appmarket", "com.meizu.mstore", "com.oppo.market",
    "com.sec.android.app.samsungapps", "com.transsnet.store", "com.vivo.appstore", "com.xiaomi.market",
    "com.xiaomi.mipicks", "app.accrescent.client", "org.fdroid.basic", "org.fdroid.fdroid",
})  # fmt: skip
"""Stores that look at what they offer; Play's name of the first years is among them."""
STORES = CHECKED | {
    "com.xiaomi.discover", "com.oneplus.market", "com.lenovo.leos.appstore", "com.tencent.android.qqdownloader",
    "com.qihoo.appstore", "com.baidu.appsearch", "com.aurora.store", "com.looker.droidify", "com.machiav3lli.fdroid",
    "ru.vk.store", "com.farsitel.bazaar", "app.grapheneos.apps",
}  # fmt: skip
"""Stores of apps, also ones that check little: an app from there was at least chosen in a store."""
CABLE = "com.android.shell"
"""Who installs over adb; it may name any other as the installer."""
BY_HAND = frozenset({
    "com.android.packageinstaller", "com.google.android.packageinstaller", "com.miui.packageinstaller",
    "com.samsung.android.packageinstaller", "com.coloros.packageinstaller", "com.oplus.appdetail",
    "com.vivo.packageinstaller", "com.huawei.android.packageinstaller", CABLE, "pc", "adb",
})  # fmt: skip
"""Who stands as the installer of a file that somebody opened, or pushed over a cable."""
