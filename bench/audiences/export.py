"""Writes what the twelve audiences read from a database of Regulars into three CSV files, for the peers.

usage: export.py DATABASE.db FOLDER
"""

import csv
import pathlib
import sqlite3
import sys

FILES = {
    "customers": (
        "id,active,country_code,zip,gender,birth_date,tier,newsletter",
        "select id, active, country_code, zip, gender, birth_date, fields ->> 'tier', fields ->> 'newsletter' from customers order by id",
    ),
    "activities": (
        "customer_id,type,occurred_at,value,category,country,device,stars",
        "select customer_id, type, occurred_at, attributes ->> 'value', attributes ->> 'category', attributes ->> 'country',"
        " attributes ->> 'device', attributes ->> 'stars' from activities order by customer_id, type, occurred_at, id",
    ),
    "memberships": (
        "customer_id,segment",
        "select m.customer_id, s.reference from memberships as m"
        " join segments as s on s.id = m.segment_id and s.generation = m.generation order by s.reference, m.customer_id",
    ),
}


def main(database, folder):
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, (head, statement) in FILES.items():
        with open(folder / f"{name}.csv", "w", newline="") as file:
            file.write(head + "\n")
            csv.writer(file, lineterminator="\n").writerows(db.execute(statement))


if __name__ == "__main__":
    main(*sys.argv[1:])
