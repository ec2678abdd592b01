"""Read stock movements and report what has to be ordered."""

import csv
import sys
from collections import defaultdict

REORDER_BELOW = 10


def read_movements(path):
    with open(path, newline="") as handle:
        for row in csv.DictReader(handle):
            yield row["item"], int(row["change"])


def stock_levels(movements):
    levels = defaultdict(int)
    for item, change in movements:
        levels[item] += change
    return levels


def to_order(levels, minimum=REORDER_BELOW):
    """Return (item, missing) pairs, the scarcest first."""
    short = [(item, minimum - n) for item, n in levels.items() if n < minimum]
    return sorted(short, key=lambda pair: -pair[1])


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: inventory.py MOVEMENTS.csv")
    for item, missing in to_order(stock_levels(read_movements(sys.argv[1]))):
        print(f"{item}: order {missing}")


if __name__ == "__main__":
    main()
