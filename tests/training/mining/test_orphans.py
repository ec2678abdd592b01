"""Workers of a mining run whose parent is gone."""

from __future__ import annotations

import subprocess
import sys


def test_a_worker_ends_with_its_parent() -> None:
    """A process whose parent is not the run that started it ends itself at once."""
    code = (
        "import time\n"
        "from fingerprint_training.mining.run import _leave_with\n"
        "_leave_with(-1)\n"
        "time.sleep(30)\n"
    )
    path = f"import sys; sys.path[:0] = {sys.path!r}\n"
    done = subprocess.run([sys.executable, "-c", path + code], timeout=25, check=False)
    assert done.returncode == 1
