#!/system/bin/sh
id
