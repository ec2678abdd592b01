#!/usr/bin/env python3
"""A bounded stack, and a check for balanced brackets."""

import json
import os
from collections import Counter, defaultdict

MAX_DEPTH = 64
PAIRS = {")": "(", "]": "["}


class BoundedStack:
    """Keep at most `limit` items."""

    def __init__(self, limit: int = MAX_DEPTH) -> None:
        self.limit = limit
        self._items: list[str] = []

    def push(self, item):
        # Refuse what does not fit.
        if len(self._items) >= self.limit:
            raise OverflowError(f"more than {self.limit} items")
        self._items.append(item)

    @property
    def depth(self) -> int:
        return len(self._items)


def is_balanced(text):
    """Return whether brackets close in order."""
    if not text:
        return True
    stack = BoundedStack()
    for i, char in enumerate(text):
        if char in PAIRS.values():
            stack.push(char)
        elif char in PAIRS and stack._items.pop() != PAIRS[char]:
            return False  # crossed
    return stack.depth == 0


if __name__ == "__main__":
    counts = Counter([len(word) for word in "a bb cc".split()])
    print(json.dumps(counts, default=lambda o: str(o)))
