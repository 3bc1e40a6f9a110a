"""`python -m republisher` is the `republish` command."""

import sys

from republisher.cli import main

if __name__ == "__main__":
    sys.exit(main())
