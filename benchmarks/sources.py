"""What 10,000 sources of mixed kinds cost, and how late they are polled while 1 % of their hosts hang.

python -m benchmarks.sources [--clients 1000] [--minutes 1.5]

A thousand clients on one list, with four feeds of the list and six sources of its own for each, are polled by the real app on
SQLite, over plain HTTP on loopback (benchmarks/places.py, whose own cost is not counted). First everything is read for the first
time, then once more without news; then the daemon runs while hosts accept and never answer. Every source has the shortest
interval that its kind allows. It takes some minutes, most of them for the first round, and ends by itself.
"""

from __future__ import annotations

import argparse


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=1_000, help="each with ten sources")
    parser.add_argument("--minutes", type=float, default=1.5, help="how long hosts hang")
    asked = parser.parse_args()
    from benchmarks.manysources import run  # the parsers' children import this file, and must stay small

    run(**vars(asked))


if __name__ == "__main__":
    main()
