"""Run the command line as `python -m fingerprint`."""

from __future__ import annotations

import sys

from fingerprint.cli import main

sys.exit(main())
