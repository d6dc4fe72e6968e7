#!/bin/bash
# The main job on real input: 6 919 orders of 2 357 customers of an online music shop.
#
#   demo/cdnow.sh PATH/cdnow_orders.csv
#
# cdnow_orders.csv is the CDNOW 1/10 sample (Fader and Hardie): customer_id,date,quantity,amount_usd. It is not part of this
# repository. What happens, each step with its outcome on the screen, the script ending at the first that is not as it must be:
#
#  1. the orders as they are, of 1997 and 1998: customers and orders imported, three segments, counts as counted from the CSV
#     (as of today nobody has ordered within 90 days, and everybody has been silent for 180)
#  2. the same with all dates moved so that the last day is yesterday: now the windows have someone in them
#  3. a rule: a further order puts the customer into "regular" and mails him. One order by curl: he is in the segment when the
#     request is answered, the mail arrives once; the same order sent again changes nothing and mails nobody
#  4. the server restarted: everything is still there, no second mail
#  5. an import of forty times as many orders, because the file alone takes a tenth of a second, killed (SIGKILL) again and
#     again in the middle and started again by the same command: every order is there exactly once, the segments are those
#     counted from the file
#
# Counted independently by demo/expected.py and demo/compare.py (standard library of Python only); how, is said there.
#
# Environment: REGULARS     the binary (default: built by cargo, release)
#              DATABASE     a URL without the name of the database, such as postgres://postgres@127.0.0.1:5432/, where three
#                           databases cdnow_… are made (needs psql); default: SQLite files in a temporary folder
#              KEEP=1       keep the temporary folder
set -euo pipefail
export PYTHONDONTWRITEBYTECODE=1

orders=$(realpath "${1:?name the file cdnow_orders.csv}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [[ -z ${REGULARS:-} ]]; then
  (cd "$here/.." && cargo build --release --locked --package regulars)
  REGULARS=$here/../target/release/regulars
fi
regulars=$(realpath "$REGULARS")
work=$(mktemp -d)
started=()
server=

finish() {
  for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if [[ -n ${KEEP:-} ]]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
json() { python3 -c "import json,sys; value=json.load(sys.stdin); print(eval(sys.argv[1], {'it': value}))" "$1"; }
free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }

# A fresh database of this name; gives its URL.
database() {
  if [[ -z ${DATABASE:-} ]]; then
    echo "sqlite:$work/$1.db"
  else
    psql --quiet --no-psqlrc "${DATABASE%/}/postgres" -c "drop database if exists cdnow_$1" -c "create database cdnow_$1" >&2
    echo "${DATABASE%/}/cdnow_$1"
  fi
}

import_all() { # database, orders
  "$regulars" --database "$1" import customers "$work/customers.csv" --map 'number=external:shop,mail=email'
  "$regulars" --database "$1" import activities "$2" --type order --row-ids --map "$map"
}
map='customer_id=customer.external:shop,date=occurredAt,quantity=attributes.quantity:number,amount_usd=attributes.amount:number'

api() { # method, path, [body]
  local body=()
  if [[ -n ${3:-} ]]; then body=(-d "$3"); fi
  curl --noproxy '*' -sS --fail-with-body -X "$1" "$address$2" -H "X-API-Key: $key" -H 'Content-Type: application/json' "${body[@]}"
}

serve() { # database
  local port
  port=$(free_port)
  address=http://127.0.0.1:$port
  REGULARS__MAIL__SMTP_URL=smtp://127.0.0.1:$sink_port REGULARS__LOG__LEVEL=warn \
    "$regulars" --database "$1" serve --listen "127.0.0.1:$port" >>"$work/server.log" 2>&1 &
  server=$!
  started+=("$server")
  for _ in $(seq 100); do
    if curl --noproxy '*' -sf -o "$work/ready" "$address/readyz"; then return; fi
    kill -0 "$server" 2>/dev/null || fail "the server ended: $(cat "$work/server.log")"
    sleep 0.1
  done
  fail "the server was not ready within 10 s"
}

stop() {
  kill -TERM "$server"
  wait "$server" || fail "the server did not end well"
}

segments() {
  local group
  group=$(api POST /api/segment-groups '{"name":"CDNOW","calculated":true}' | json 'it["id"]')
  segment "$group" three-in-90-days '3 or more orders in 90 days' '{"fact":"activity","type":"order","within":"90d","op":"gte","value":3}'
  segment "$group" spent-200 'Spent 200 dollars or more' \
    '{"fact":"activity","type":"order","measure":"sum","attribute":"amount","op":"gte","value":200}'
  segment "$group" silent-180-days 'No order for 180 days but ordered before' \
    '{"all":[{"fact":"activity","type":"order","op":"gte","value":1},{"fact":"activity","type":"order","within":"180d","op":"eq","value":0}]}'
  for _ in $(seq 100); do
    if [[ $(api GET '/api/segments?limit=500' | json 'any(s["building"] for s in it["items"])') == False ]]; then return; fi
    sleep 0.1
  done
  fail "the segments were not built within 10 s"
}

segment() { # group, reference, name, condition
  api POST /api/segments "{\"groupId\":$1,\"reference\":\"$2\",\"name\":\"$3\",\"condition\":$4}" >>"$work/answers"
}

mails() { find "$work/mails" -name '*.eml' | wc -l; }
in_segments() { # customer; the references of his segments
  api GET "/api/customers/$1" | json '" ".join(sorted(s["reference"] for s in it["segments"]))'
}

say "Prepare"
python3 "$here/shift_dates.py" "$orders" >"$work/orders.csv"
# The data has no mail addresses: these are made up, under a name that can never be anybody's.
python3 - "$orders" >"$work/customers.csv" <<'PYTHON'
import csv, sys
numbers = dict.fromkeys(row["customer_id"] for row in csv.DictReader(open(sys.argv[1], newline="")))
print("number,mail")
for number in numbers:
    print(f"{number},customer-{number}@cdnow.example")
PYTHON
mkdir "$work/mails"
sink_port=$(free_port)
python3 "$here/smtp_sink.py" "$work/mails" "$sink_port" >"$work/sink.log" 2>&1 &
started+=($!)
echo "mail server on 127.0.0.1:$sink_port, working in $work"

say "1. The orders as they are"
as_is=$(database as_is)
import_all "$as_is" "$orders"
key=$("$regulars" --database "$as_is" key add cdnow --scope all)
serve "$as_is"
segments
python3 "$here/compare.py" "$address" "$key" "$orders" || fail "the counts differ"
stop

say "2. The same, the last day being yesterday"
moved=$(database moved)
import_all "$moved" "$work/orders.csv"
key=$("$regulars" --database "$moved" key add cdnow --scope all)
serve "$moved"
segments
python3 "$here/compare.py" "$address" "$key" "$work/orders.csv" || fail "the counts differ"

say "3. A rule, and a further order by curl"
number=$(python3 "$here/expected.py" "$work/orders.csv" | json 'it["candidate"]')
customer=$(api POST /api/customers/lookup "{\"identities\":[{\"kind\":\"external:shop\",\"value\":\"$number\"}]}" | json 'it["items"][0]["customerId"]')
group=$(api POST /api/segment-groups '{"name":"By rule"}' | json 'it["id"]')
regular=$(api POST /api/segments "{\"groupId\":$group,\"name\":\"Regular\",\"reference\":\"regular\"}" | json 'it["id"]')
template=$(api POST /api/templates '{"name":"Thanks","subject":"Thank you, again","text":"Three orders in three months: you are a regular now."}' | json 'it["id"]')
api POST /api/rules "{\"name\":\"Regular\",\"active\":true,\"triggers\":[{\"type\":\"new_activity\",\"activityType\":\"order\"}],
  \"condition\":{\"fact\":\"segment\",\"reference\":\"three-in-90-days\"},
  \"actions\":[{\"type\":\"add_segment\",\"segmentId\":$regular},{\"type\":\"send_mail\",\"templateId\":$template}]}" >>"$work/answers"
echo "customer $number before: $(in_segments "$customer")"
[[ " $(in_segments "$customer") " != *" three-in-90-days "* ]] || fail "he is in it already"
further="{\"customer\":{\"externalId\":{\"shop\":\"$number\"}},\"type\":\"order\",\"externalId\":\"further-1\",\"attributes\":{\"amount\":14.5,\"quantity\":1}}"
api POST /api/activities "$further" >>"$work/answers"
echo "customer $number after:  $(in_segments "$customer")"
[[ " $(in_segments "$customer") " == *" regular "*" three-in-90-days "* ]] || fail "his segments did not change with the order"
for _ in $(seq 100); do [[ $(mails) -gt 0 ]] && break; sleep 0.1; done
[[ $(mails) -eq 1 ]] || fail "there are $(mails) mails, and not 1"
grep -q "customer-$number@cdnow.example" "$work/mails/0001.eml" || fail "the mail is for somebody else"
echo "one mail: $(grep -i '^Subject' "$work/mails/0001.eml" | tr -d '\r')"
api POST /api/activities "$further" >>"$work/answers"
sleep 3
[[ $(mails) -eq 1 ]] || fail "the same order sent again sent another mail"
echo "the same order sent again: still one mail"

say "4. Restart"
before=$(in_segments "$customer")
stop
serve "$moved"
sleep 3
[[ $(in_segments "$customer") == "$before" ]] || fail "his segments changed with the restart"
[[ $(mails) -eq 1 ]] || fail "the restart sent another mail"
python3 "$here/compare.py" "$address" "$key" "$work/orders.csv" 1 || fail "the counts differ"
stop

say "5. An import killed in the middle, and the same command again"
killed=$(database killed)
"$regulars" --database "$killed" import customers "$work/customers.csv" --map 'number=external:shop,mail=email'
key=$("$regulars" --database "$killed" key add cdnow --scope all)
serve "$killed"
(cat "$work/orders.csv"; for _ in $(seq 39); do tail -n +2 "$work/orders.csv"; done) >"$work/many.csv"
many=$(($(wc -l <"$work/many.csv") - 1))
rows_done() { api GET '/api/imports?limit=1' | json '([0] + [i["rowsDone"] for i in it["items"] if i["kind"] == "activities"])[-1]'; }
kills=0
for rows in 1 60000 120000 180000; do
  "$regulars" --database "$killed" import activities "$work/many.csv" --type order --row-ids --map "$map" >>"$work/killed.log" 2>&1 &
  importing=$!
  while kill -0 "$importing" 2>/dev/null && [[ $(rows_done) -lt $rows ]]; do sleep 0.01; done
  if kill -KILL "$importing" 2>/dev/null; then
    kills=$((kills + 1))
    echo "killed when $(rows_done) rows were in"
  fi
  # It was killed, or it was faster: both are fine here.
  { wait "$importing"; } 2>/dev/null || true
done
"$regulars" --database "$killed" --json import activities "$work/many.csv" --type order --row-ids --map "$map" >"$work/report"
echo "killed $kills times; the last run went on after row $(json 'it["resumedAfterRow"]' <"$work/report") (done before: $(json 'it["doneBefore"]' <"$work/report"))"
[[ $kills -gt 0 ]] || fail "the import was too fast to be killed"
[[ $(json '(it["created"], it["updated"], it["rejected"])' <"$work/report") == "($many, 0, 0)" ]] || fail "$(cat "$work/report")"
segments
python3 "$here/compare.py" "$address" "$key" "$work/many.csv" || fail "the counts differ"
stop

say "All is as it must be."
