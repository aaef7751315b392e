"""The command line. Modules here import what they need inside their commands, so that `bridle --help` is quick."""
