#!/usr/bin/env python3
"""Holds a running instance against the CDNOW CSV: every single order, and the sizes of the three segments.

    python3 demo/compare.py http://127.0.0.1:8080 KEY orders.csv [extra orders]

All activities of type "order" are read through the API, page by page, and each is put beside its row of the CSV: the same
customer (looked up by his external id), day, amount and quantity; none missing, none twice, none too many. "extra orders"
(default 0) is how many were added by hand since; then the segment sizes are not compared, because the CSV does not know
them. Standard library only. Exit status 1 when anything differs.
"""

import csv
import json
import sys
import urllib.parse
import urllib.request
from collections import Counter

import datetime

import expected

PAGE = 500
LOOKUP = 1000


class Api:
    def __init__(self, address, key):
        self.address, self.key = address, key
        # Whatever proxy is configured is not for this machine.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"X-API-Key": self.key, "Content-Type": "application/json"})
        with self.opener.open(request, timeout=60) as answer:
            return json.load(answer)

    def pages(self, path):
        cursor = None
        while True:
            page = self.call(f"{path}&limit={PAGE}" + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""))
            yield from page["items"]
            cursor = page["nextCursor"]
            if cursor is None:
                return


def customers_by_number(api, numbers):
    found = {}
    for start in range(0, len(numbers), LOOKUP):
        asked = [{"kind": "external:shop", "value": number} for number in numbers[start : start + LOOKUP]]
        for item in api.call("/api/customers/lookup", {"identities": asked})["items"]:
            found[item["value"]] = item["customerId"]
    return found


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    api, path, extra = Api(sys.argv[1], sys.argv[2]), sys.argv[3], int(sys.argv[4]) if len(sys.argv) == 5 else 0
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ids = customers_by_number(api, sorted({row["customer_id"] for row in rows}))
    meant = Counter(
        (ids[row["customer_id"]], row["date"], round(float(row["amount_usd"]) * 100), int(row["quantity"])) for row in rows
    )
    there, added = Counter(), 0
    for order in api.pages("/api/activities?type=order"):
        if (order["externalId"] or "").startswith("further-"):
            added += 1
            continue
        attributes = order["attributes"]
        there[(order["customerId"], order["occurredAt"][:10], round(attributes["amount"] * 100), attributes["quantity"])] += 1

    figures = expected.count(expected.read(path), datetime.datetime.now(datetime.timezone.utc))
    checks = [
        ("customers known by number", len([number for number in ids if ids[number] is not None]), figures["customers"]),
        ("orders", sum(there.values()), figures["orders"]),
        ("cents", sum(cents * times for (_, _, cents, _), times in there.items()), figures["cents"]),
        ("CDs", sum(quantity * times for (_, _, _, quantity), times in there.items()), figures["quantity"]),
        ("orders missing", sum((meant - there).values()), 0),
        ("orders too many", sum((there - meant).values()), 0),
        ("orders added by hand", added, extra),
    ]
    if extra == 0:
        sizes = {segment["reference"]: segment["size"] for segment in api.call(f"/api/segments?limit={PAGE}")["items"]}
        for reference in ("three_in_90_days", "spent_200", "silent_180_days"):
            checks.append((reference, sizes.get(reference.replace("_", "-")), figures[reference]))
    wrong = 0
    for name, found, wanted in checks:
        wrong += found != wanted
        print(f"  {name:26} {found!s:>9}  expected {wanted!s:>9}  {'ok' if found == wanted else 'DIFFERS'}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
