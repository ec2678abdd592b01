"""Publishing: figures, card and model folder; the manifest is written last."""
from __future__ import annotations
def publish(*a): raise SystemExit
