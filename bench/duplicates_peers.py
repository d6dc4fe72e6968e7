"""What others find in a file of `quality write`: Splink (version 4 or later, DuckDB beneath) and recordlinkage (pandas), each
set up as its documentation advises for people with names, dates and addresses, learning without labels. Prints precision, recall and
F1 over pairs at several thresholds, seconds, and the most memory used.

    python duplicates_peers.py splink|recordlinkage FILE.csv
"""

import resource
import sys
import time

import duckdb

FIELDS = ("firstname", "lastname", "birthDate", "email", "phone", "street", "zip", "city")
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)


def people(path):
    """The rows of the file; the number before the hyphen says who is who and is used for counting alone."""
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    fields = ", ".join(f"""nullif(trim("{field}"), '') as {field.lower()}""" for field in FIELDS)
    connection.execute(
        f"""create table people as
            select row_number() over () as unique_id, split_part("externalIds.truth", '-', 1) as truth, {fields}
            from read_csv(?, all_varchar = true)""",
        [path],
    )
    return connection


def splink_pairs(connection):
    import splink.comparison_library as cl
    import splink.comparison_level_library as cll
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    # Street, zip and city say the same thing: as comparisons of their own they would count it three times.
    address = cl.CustomComparison(
        output_column_name="address",
        comparison_levels=[
            cll.And(cll.NullLevel("street"), cll.NullLevel("zip")),
            cll.And(cll.ExactMatchLevel("street"), cll.ExactMatchLevel("zip")),
            cll.And(cll.JaroWinklerLevel("street", 0.9), cll.ExactMatchLevel("zip")),
            cll.Or(cll.ExactMatchLevel("zip"), cll.ExactMatchLevel("city")),
            cll.ElseLevel(),
        ],
    )
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("firstname", [0.92, 0.85, 0.7]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("lastname", [0.92, 0.85, 0.7]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("birthdate", [1, 2]),
            cl.EmailComparison("email"),
            cl.LevenshteinAtThresholds("phone", [1, 2]),
            address,
        ],
        blocking_rules_to_generate_predictions=[
            block_on("email"),
            block_on("phone"),
            block_on("birthdate", "substr(firstname, 1, 1)"),
            block_on("birthdate", "substr(lastname, 1, 1)"),
            block_on("lastname", "zip", "substr(firstname, 1, 1)"),
            block_on("street", "zip"),
        ],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("people") if hasattr(api, "register") else "people", settings, **({} if hasattr(api, "register") else {"db_api": api}))
    sure = [block_on("email", "firstname"), block_on("firstname", "lastname", "birthdate")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for rule in (block_on("birthdate"), block_on("email"), block_on("lastname", "zip")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=THRESHOLDS[0])
    connection.execute(
        f"create table found as select unique_id_l as one, unique_id_r as other, match_probability as probability from {found.physical_name}"
    )


def recordlinkage_pairs(connection):
    import recordlinkage

    frame = connection.execute("select * exclude (truth) from people").df().set_index("unique_id")
    frame["initial"] = frame["firstname"].str[:1]
    indexer = recordlinkage.Index()
    for block in (["email"], ["phone"], ["birthdate", "initial"], ["lastname", "zip", "initial"], ["street", "zip"]):
        indexer.block(block)
    pairs = indexer.index(frame)
    compare = recordlinkage.Compare()
    for field in ("firstname", "lastname", "street"):
        compare.string(field, field, method="jarowinkler", threshold=0.85)
    for field in ("birthdate", "email", "phone", "zip"):
        compare.exact(field, field)
    features = compare.compute(pairs, frame)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(features)
    probability = classifier.prob(features).rename("probability").reset_index()
    probability.columns = ["one", "other", "probability"]
    probability = probability[probability["probability"] >= THRESHOLDS[0]]
    connection.execute("create table found as select * from probability")


def report(connection, began):
    seconds = time.time() - began
    (true,) = connection.execute("select sum(n * (n - 1) / 2) from (select count(*) as n from people group by truth)").fetchone()
    for threshold in THRESHOLDS:
        found, right = connection.execute(
            """select count(*), count(*) filter (where a.truth = b.truth) from found
               join people as a on a.unique_id = one join people as b on b.unique_id = other where probability >= ?""",
            [threshold],
        ).fetchone()
        precision, recall = right / max(found, 1), right / true
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        print(f"{threshold:7}  precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{seconds:.1f} s, {usage.ru_utime + usage.ru_stime:.1f} s of processor time, {memory:.0f} MiB")


def main():
    method, path = sys.argv[1:]
    connection = people(path)
    began = time.time()
    {"splink": splink_pairs, "recordlinkage": recordlinkage_pairs}[method](connection)
    report(connection, began)


if __name__ == "__main__":
    main()
