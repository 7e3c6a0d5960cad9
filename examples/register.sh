#!/usr/bin/env bash
# Register a deal, wait until it is decided, read why, and read the partner's first events.
#
#   URL=http://127.0.0.1:8080 PARTNER_KEY=dr_… examples/register.sh
#
# The key belongs to a partner and has the scopes registrations:write, pipeline:read and events:read.
# Running the script again is safe: the idempotency key makes it the same claim, with the same answer.
set -euo pipefail

URL=${URL:-http://127.0.0.1:8080}
: "${PARTNER_KEY:?set PARTNER_KEY to a key of a partner, as printed by: dealreg credential create VENDOR --partner PARTNER --all-scopes}"
WORK=$(mktemp -d)
trap 'rm -r "$WORK"' EXIT

# --fail-with-body: an error ends the script, and its problem document says what is wrong.
api() {
  curl --silent --show-error --fail-with-body --header "Authorization: Bearer $PARTNER_KEY" "$@"
}

# One field of the JSON on standard input; Python is there because dealreg needs it.
field() {
  python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

# 1. Submit. 202 means that the claim is in the log; Location is where its decision will be.
api "$URL/v1/registrations" --header 'Content-Type: application/json' \
  --header "Idempotency-Key: ${CLAIM_KEY:-example-1}" --output "$WORK/accepted" --data '{
    "program": "hunting",
    "customer": {"legal_name": "Kanzlei Adler GmbH", "country": "DE", "tax_id": "DE136695976"},
    "products": ["GTX Pro"],
    "amount": {"amount": "48000.00", "currency": "EUR"},
    "close_date": "2027-03-31"}'
LOCATION=$(field location <"$WORK/accepted")
FACT=$(field fact <"$WORK/accepted")

# 2. Wait. min_position answers as soon as the view has seen the fact, and with 503 if that takes longer.
api "$URL$LOCATION?min_position=$FACT&wait=10" >"$WORK/decided"
echo "state: $(field state <"$WORK/decided")"

# 3. Read why. The explanation comes from other views, so it waits for the fact as well.
api "$URL$LOCATION/explanation?min_position=$FACT&wait=10" >"$WORK/why"
echo "why: $(field sentence <"$WORK/why")"

# 4. Follow. Positions rise by one; ask again with the position of the last event that you have handled.
api "$URL/v1/events?after=0&limit=100" |
  python3 -c 'import json, sys
for event in json.load(sys.stdin)["items"]:
    print("event:", event["position"], event["type"])'
