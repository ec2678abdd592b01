"""Whether the packages that draw a page's charts are there."""

from __future__ import annotations

from fingerprint.cli.errors import UsageError


def check_report_extra() -> None:
    """Refuse before the work is done; raises `UsageError` with what to install."""
    try:
        import altair  # noqa: F401
        import vl_convert  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"a page needs more packages ({error.name}): pip install 'code-fingerprint[report]'"
        ) from error
