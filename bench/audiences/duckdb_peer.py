"""The twelve audiences by DuckDB over the rows that export.py wrote, as typed columns. Prints JSON: its version, how long it
took to load them, and for each audience its count and the milliseconds of each run.

usage: duckdb_peer.py FOLDER STATEMENTS.sql NOW_IN_MICROSECONDS RUNS
"""

import json
import os
import pathlib
import re
import sys
import time

import duckdb

TABLES = """
create table customers as select * from read_csv('{folder}/customers.csv', columns = {{
  'id': 'bigint', 'active': 'boolean', 'country_code': 'varchar', 'zip': 'varchar', 'gender': 'varchar', 'birth_date': 'varchar',
  'tier': 'varchar', 'newsletter': 'boolean'}}, header = true);
create table activities as select * from read_csv('{folder}/activities.csv', columns = {{
  'customer_id': 'bigint', 'type': 'varchar', 'occurred_at': 'bigint', 'value': 'double', 'category': 'varchar', 'country': 'varchar',
  'device': 'varchar', 'stars': 'integer'}}, header = true);
create table memberships as select * from read_csv('{folder}/memberships.csv', columns = {{
  'customer_id': 'bigint', 'segment': 'varchar'}}, header = true);
"""


def main(folder, statements, now, runs):
    path = pathlib.Path(folder) / "peer.duckdb"
    path.unlink(missing_ok=True)
    db = duckdb.connect(str(path), config={"threads": os.cpu_count()})
    began = time.monotonic()
    db.execute(TABLES.format(folder=folder))
    load_s = time.monotonic() - began
    named = re.findall(r"^-- ([a-z-]+)\n([^;]*);", pathlib.Path(statements).read_text(), re.M)
    audiences = {name: {"count": None, "ms": []} for name, _ in named}
    # The first round warms up.
    for run in range(runs + 1):
        for name, statement in named:
            began = time.monotonic()
            count = db.execute(statement.replace(":now", str(now))).fetchone()[0]
            ms = (time.monotonic() - began) * 1e3
            audiences[name]["count"] = count
            audiences[name]["ms"] += [ms] if run else []
    db.close()
    path.unlink()
    print(json.dumps({"version": duckdb.__version__, "loadS": load_s, "audiences": audiences}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
