#!/usr/bin/env python3
"""Moves all dates of the CDNOW orders by the same number of days, so that the last day of the file is yesterday (UTC).

    python3 demo/shift_dates.py cdnow_orders.csv > orders.csv

Windows such as "within 90 days" look back from now; the orders are from 1997 and 1998, so that every one of them would be
empty. Everything else stays as it is, the order of the rows too. Standard library only.
"""

import csv
import datetime
import sys


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    dates = [datetime.date.fromisoformat(row["date"]) for row in rows]
    yesterday = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=1)
    shift = yesterday - max(dates)
    out = csv.DictWriter(sys.stdout, fieldnames=rows[0].keys(), lineterminator="\n")
    out.writeheader()
    for row, date in zip(rows, dates):
        out.writerow({**row, "date": (date + shift).isoformat()})
    print(f"moved by {shift.days} days, to {min(dates) + shift} … {yesterday}", file=sys.stderr)


if __name__ == "__main__":
    main()
