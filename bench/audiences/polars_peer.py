"""The twelve audiences by polars over the rows that export.py wrote, as typed columns in memory. Prints JSON: its version, how
long it took to load them, and for each audience its count and the milliseconds of each run.

usage: polars_peer.py FOLDER NOW_IN_MICROSECONDS RUNS
"""

import json
import sys
import time

import polars as pl

DAY = 86_400_000_000
ACTIVITIES = {
    "customer_id": pl.Int64, "type": pl.Categorical, "occurred_at": pl.Int64, "value": pl.Float64, "category": pl.Categorical,
    "country": pl.Categorical, "device": pl.Categorical, "stars": pl.Int32,
}
CUSTOMERS = {
    "id": pl.Int64, "active": pl.Int8, "country_code": pl.Categorical, "zip": pl.String, "gender": pl.Categorical,
    "birth_date": pl.String, "tier": pl.Categorical, "newsletter": pl.Int8,
}
MEMBERSHIPS = {"customer_id": pl.Int64, "segment": pl.Categorical}


class Rows:
    def __init__(self, folder, now):
        read = lambda name, schema: pl.read_csv(f"{folder}/{name}.csv", schema=schema).lazy()
        self.customers, self.memberships = read("customers", CUSTOMERS), read("memberships", MEMBERSHIPS)
        activities = pl.read_csv(f"{folder}/activities.csv", schema=ACTIVITIES)
        # By type, as whoever builds for these questions would keep them.
        self.by_type = {name: part.lazy() for (name,), part in activities.partition_by("type", as_dict=True).items()}
        self.now = now

    def of(self, kind, days=None):
        at = pl.col("occurred_at")
        rows = self.by_type[kind].filter(at <= self.now)
        return rows if days is None else rows.filter(at > self.now - days * DAY)

    def at_least(self, kind, days, count):
        return self.of(kind, days).group_by("customer_id").len().filter(pl.col("len") >= count).select("customer_id")

    def members(self, *segments):
        return self.memberships.filter(pl.col("segment").is_in(segments)).select("customer_id").unique()


def without(some, others):
    return some.join(others, on="customer_id", how="anti")


def within(some, others):
    return some.join(others, on="customer_id", how="semi")


def attributes_only(rows):
    col = pl.col
    wanted = (col("country_code").is_in(["DE", "AT"]), col("active") == 1, col("tier").is_in(["silver", "gold"]), col("newsletter") == 1)
    return rows.customers.filter(*wanted)


def zip_birth_gender(rows):
    born = pl.col("birth_date").is_between(pl.lit("1970-01-01"), pl.lit("1989-12-31"))
    return rows.customers.filter(pl.col("zip").str.starts_with("1"), born, pl.col("gender").ne_missing("male"))


def orders_in_categories(rows):
    orders = rows.of("order", 365).filter(pl.col("category").is_in(["shoes", "tents"]))
    return orders.group_by("customer_id").len().filter(pl.col("len") >= 3)


def no_login(rows):
    return without(rows.customers.select(customer_id="id"), rows.of("login", 180))


def spenders(rows):
    return rows.of("order", 365).group_by("customer_id").agg(pl.col("value").sum()).filter(pl.col("value").round(2) >= 500)


def active_without_order(rows):
    last = rows.of("order").group_by("customer_id").agg(pl.col("occurred_at").max())
    active = pl.concat([rows.of(kind, 14).select("customer_id") for kind in rows.by_type])
    return within(last.filter(pl.col("occurred_at") <= rows.now - 90 * DAY), active)


def nested(rows):
    customers = rows.customers.rename({"id": "customer_id"})
    germans = within(customers.filter(pl.col("country_code") == "DE"), rows.at_least("order", 180, 2))
    reviews = rows.of("review", 365).group_by("customer_id").agg(pl.col("stars").mean()).filter(pl.col("stars") >= 4)
    keen = pl.concat([rows.at_least("wishlist", 365, 3), reviews.select("customer_id")])
    gold = within(customers.filter(pl.col("tier") == "gold"), keen)
    return pl.concat([within(germans, rows.of("login", 30)).select("customer_id"), gold.select("customer_id")]).unique()


def member_and_not_member(rows):
    return without(rows.members("spenders"), rows.members("no-login", "attributes-only"))


def abandoned_cart(rows):
    return without(rows.of("cart", 7).select("customer_id").unique(), rows.of("order", 7))


def opens_without_click(rows):
    opens = rows.of("email_open", 90).group_by("customer_id").len().filter(pl.col("len").is_between(2, 5))
    return without(opens, rows.of("email_click", 90))


def mobile_or_many_views(rows):
    recent = pl.col("occurred_at") > rows.now - 730 * DAY
    mobile = (recent & (pl.col("device") == "mobile") & (pl.col("country") == "DE")).any()
    views = rows.of("product_view").group_by("customer_id").agg(pl.len(), mobile=mobile)
    return views.filter((pl.col("len") >= 10) | pl.col("mobile"))


def tree_over_audiences(rows):
    recent = pl.col("value").filter(pl.col("occurred_at") > rows.now - 730 * DAY)
    orders = within(rows.of("order"), rows.members("orders-in-categories", "mobile-or-many-views"))
    orders = without(orders, rows.members("no-login")).group_by("customer_id")
    orders = orders.agg(categories=pl.col("category").n_unique(), total=recent.sum().round(2), count=recent.len())
    return orders.filter(pl.col("categories") >= 3, pl.col("count") > 0, pl.col("total") / pl.col("count") >= 60)


AUDIENCES = [
    attributes_only, zip_birth_gender, orders_in_categories, no_login, spenders, active_without_order, nested, member_and_not_member,
    abandoned_cart, opens_without_click, mobile_or_many_views, tree_over_audiences,
]


def main(folder, now, runs):
    began = time.monotonic()
    rows = Rows(folder, now)
    load_s = time.monotonic() - began
    audiences = {}
    # The first round warms up.
    for run in range(runs + 1):
        for audience in AUDIENCES:
            began = time.monotonic()
            count = audience(rows).select(pl.len()).collect().item()
            ms = (time.monotonic() - began) * 1e3
            measured = audiences.setdefault(audience.__name__.replace("_", "-"), {"count": count, "ms": []})
            measured["ms"] += [ms] if run else []
    print(json.dumps({"version": pl.__version__, "loadS": load_s, "audiences": audiences}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
