"""Prints the first row that a statement gives on a file of SQLite, its columns parted by bars.

usage: query.py FILE STATEMENT
"""

import sqlite3
import sys

if __name__ == "__main__":
    with sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=30) as db:
        print("|".join(str(column) for column in db.execute(sys.argv[2]).fetchone()))
