"""Artifacts of Android: one file for each subject, whatever the acquisition it comes from."""
