#!/usr/bin/env python3
"""What must come out of the CDNOW orders, counted from the CSV alone: no Regulars, no database, no SQL.

    python3 demo/expected.py orders.csv > expected.json

How: the file is read with Python's csv module into one list of (day, amount) per customer. An order stands at 00:00 UTC of
its day, as the import takes it. With "now" as the instant of counting:
- three_in_90_days:   customers with at least 3 orders in (now - 90 days, now]
- spent_200:          customers whose amounts add up to 200 dollars or more (in whole cents, so that nothing is rounded)
- silent_180_days:    customers with an order at any time and none in (now - 180 days, now]
- candidate:          a customer with exactly 2 orders in the 90 days: one more order makes a third
All windows move from one day to the next at midnight UTC only, because all orders stand at midnight.
Standard library only.
"""

import csv
import datetime
import json
import sys
from collections import defaultdict

DAY = datetime.timedelta(days=1)


def read(path):
    orders = defaultdict(list)
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            at = datetime.datetime.fromisoformat(row["date"]).replace(tzinfo=datetime.timezone.utc)
            cents = round(float(row["amount_usd"]) * 100)
            orders[row["customer_id"]].append((at, cents, int(row["quantity"])))
    return orders


def count(orders, now):
    def within(list_of, days):
        return sum(1 for at, _, _ in list_of if now - days * DAY < at <= now)

    in_90 = {customer: within(list_of, 90) for customer, list_of in orders.items()}
    return {
        "now": now.isoformat(),
        "customers": len(orders),
        "orders": sum(len(list_of) for list_of in orders.values()),
        "cents": sum(cents for list_of in orders.values() for _, cents, _ in list_of),
        "quantity": sum(quantity for list_of in orders.values() for _, _, quantity in list_of),
        "three_in_90_days": sum(1 for orders_in_90 in in_90.values() if orders_in_90 >= 3),
        "spent_200": sum(1 for list_of in orders.values() if sum(cents for _, cents, _ in list_of) >= 20_000),
        "silent_180_days": sum(1 for list_of in orders.values() if within(list_of, 180) == 0),
        "candidate": next((customer for customer in sorted(in_90) if in_90[customer] == 2), None),
    }


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    now = datetime.datetime.now(datetime.timezone.utc)
    json.dump(count(read(sys.argv[1]), now), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
