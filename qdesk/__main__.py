"""`python -m qdesk` is `qdesk`."""

from __future__ import annotations

import sys

from qdesk.cli import main

if __name__ == "__main__":
    sys.exit(main())
