"""Whatever happens to a vendor: open questions are what its claims are held for, answers what was said."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from services.attribution.domain.documents.registration import Registration
from services.projections.views import MATCHES
from services.projections.views.versions import Versions
from shared.events.customer import match_id
from tests.property.attribution.histories import Step, Story, histories, policies
from tests.property.attribution.laws import every


@settings(max_examples=40)
@given(policies(), policies(), histories)
def test_what_is_open_is_what_claims_are_held_for_and_what_is_decided_was_said(
    hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step]
) -> None:
    story = Story(hunting, teaming, spare=teaming)
    rows: Versions[Any] = Versions({})
    folded = 0
    for step in steps:
        story.tell(step)
        news = [one for one in story.house.entries[folded:] if one.event.type in MATCHES.declares]
        rows, folded = MATCHES.fold(Versions(dict(rows.current)), news), len(story.house.entries)
        claims = every(story.house.ledger.documents, Registration)
        held = [one for one in claims if one.life.hold == "customer_match"]
        asked = {match_id(one.id, other): one.id for one in held for other in one.lookalikes}
        current = rows.current.values()
        assert {row.match_id: row.registration_id for row in current if row.state == "open"} == asked
        said = {(match_id(one.id, other), same) for one in claims for other, same in one.verdicts}
        # An answer stays on file where a customer was changed since, and where it is asked of the changed one.
        assert said <= {(row.match_id, row.same) for row in current}
