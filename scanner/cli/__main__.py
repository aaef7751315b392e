"""`python -m scanner.cli` is `bridle`."""

from scanner.cli.app import main

main()
