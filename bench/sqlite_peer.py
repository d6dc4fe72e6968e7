"""What one would write by hand without Regulars, on SQLite: transactions of 1000, each activity stored, counted, and the
segments of its customer read. No conditions, no rules, no HTTP. Prints the version of SQLite and activities per second.

usage: sqlite_peer.py FILE CUSTOMERS ACTIVITIES_EACH SECONDS
"""

import random
import sqlite3
import sys
import time

TRANSACTION = 1000


def main(path, customers, activities_each, seconds):
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(
        """
        pragma journal_mode = wal;
        pragma synchronous = full;
        pragma cache_size = -65536;
        create table activities (
          id integer primary key, customer_id integer not null, kind integer not null, occurred_at integer not null,
          attributes text not null
        );
        create index activities_by_customer on activities (customer_id, kind, occurred_at);
        create table counters (
          customer_id integer not null, kind integer not null, count integer not null, primary key (customer_id, kind)
        ) without rowid;
        create table memberships (
          customer_id integer not null, segment_id integer not null, primary key (customer_id, segment_id)
        ) without rowid;
        """
    )
    choose = random.Random(1)
    past = customers * activities_each
    for _ in range(0, past, TRANSACTION):
        transaction(db, [draw(choose, customers) for _ in range(TRANSACTION)])
    memberships = [(c, s) for c in range(1, customers + 1) for s in range(1, 11) if (c * 7 + s * s) % 10 < 3]
    db.execute("begin")
    db.executemany("insert into memberships (customer_id, segment_id) values (?, ?)", memberships)
    db.execute("commit")
    db.execute("pragma wal_checkpoint(truncate)")

    ready = [[draw(choose, customers) for _ in range(TRANSACTION)] for _ in range(20)]
    done, began = 0, time.monotonic()
    while time.monotonic() - began < seconds:
        transaction(db, ready[done // TRANSACTION % len(ready)])
        done += TRANSACTION
    print(sqlite3.sqlite_version, done / (time.monotonic() - began))


def draw(choose, customers):
    return choose.randint(1, customers), choose.randint(1, 5), '{"amount": %d}' % choose.randint(500, 20500)


def transaction(db, activities):
    db.execute("begin immediate")
    for customer, kind, attributes in activities:
        db.execute(
            "insert into activities (customer_id, kind, occurred_at, attributes) values (?, ?, ?, ?)",
            (customer, kind, time.time_ns() // 1000, attributes),
        )
        db.execute(
            "insert into counters (customer_id, kind, count) values (?, ?, 1)"
            " on conflict (customer_id, kind) do update set count = counters.count + 1 returning count",
            (customer, kind),
        ).fetchone()
        db.execute("select segment_id from memberships where customer_id = ?", (customer,)).fetchall()
    db.execute("commit")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
