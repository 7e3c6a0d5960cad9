# English. One message a code; dots of a code are hyphens here. `none` stands for a value that is absent.
# What a message may name: the fields of the entry, the inputs of the finding, the parameters of the refusal.

# Whose dates, numbers and lists: a locale as CLDR names it.
locale = en-GB

## Words within sentences

word-house = house
word-sourced = sourced
word-influenced = influenced
word-fulfilled = fulfilled
word-unregistered = unregistered
word-draft = incomplete
word-submitted = submitted
word-waiting = waiting
word-in_review = in review
word-action_required = waiting for its partner
word-rejected = rejected
word-withdrawn = withdrawn
word-closed = closed
word-protected = protected
word-expired = expired
word-converted = converted
word-lost = lost
word-released = released
word-revoked = revoked
word-open = open
word-won = won
word-meeting = a meeting
word-demo = a demonstration
word-poc = a proof of concept
word-site_survey = a site survey
word-proposal = a proposal
word-other = other work

share = { $whose } { $amount } ({ $role })
share-own = { $amount } ({ $role })
against = Against { $rivals }{ $more ->
    [0] .
    [one] {" "}and { $more } other.
   *[other] {" "}and { $more } others.
}

## Facts: what partners, people of the vendor and the CRM told

entry-vendor-created = The vendor { $name } begins.
entry-vendor-configured = The vendor's document is replaced.
entry-vendor-went_live = The vendor goes live.
entry-clock-ticked = A deadline fell due.
entry-rates-published = Exchange rates of { $base } are published, which count from { $day }.
entry-program-published = Version { $number } of { $program } is published.
entry-program-withdrawn = { $program } is withdrawn for new registrations{ $reason ->
    [none] .
   *[other] {" "}({ $reason }).
}
entry-credential-created = Credential { $credential } is created.
entry-credential-rotated = Credential { $credential } gets a successor, and ends at { $expires_at }.
entry-credential-revoked = Credential { $credential } is revoked.
entry-connection-created = CRM connection { $connection } is created.
entry-connection-rotated = CRM connection { $connection } gets a new secret; the old one ends at { $expires_at }.
entry-connection-deleted = CRM connection { $connection } is deleted.
entry-person-erased = A person's data is erased.
entry-partner-enrolled = { $partner } is enrolled.
entry-partner-changed = { $partner } is changed.
entry-partner-scored = { $partner } has a score of { $value } ({ $score }).
entry-partner-certified = { $partner } is certified ({ $certification }){ $valid_until ->
    [none] .
   *[other] , until { $valid_until }.
}
entry-partner-suspended = { $partner } is suspended ({ $reason }).
entry-partner-reinstated = { $partner } is reinstated.
entry-registration-submitted = { $partner } registers { $customer }: { $products }{ $amount ->
    [none] .
   *[other] , { $amount }.
}
entry-registration-amended = The partner changes { $fields ->
    [none] nothing
   *[other] { $fields }
}.
entry-amendment-held = The change of { $fields ->
    [none] nothing
   *[other] { $fields }
} waits for its turn; protection goes on as it was. { $because }
entry-amendment-taken = The held amendment's turn came: the registration is changed and keeps the end of its protection. { $because }
entry-amendment-refused = The held amendment was refused ({ $code }); the registration stays as it is. { $because }
entry-amendment-refused-claim_ended = The held amendment ended with the registration.
entry-amendment-refused-won_by_holder = The held amendment was refused: the deal is won. { $because }
entry-registration-withdrawn = The partner withdraws.
entry-registration-confirmed = The partner confirms that it still wants the deal.
entry-evidence-added = The partner adds evidence of work: { $evidence }.
entry-evidence-verified = A reviewer verifies the evidence.
entry-evidence-refuted = A reviewer refutes the evidence.
entry-extension-requested = The partner asks for an extension.
entry-objection-raised = The partner objects: the deal is not lost.
entry-timer-armed = A reviewer arms the timer { $timer } of { $subject } again.
entry-customer-match_decided = A reviewer says that { $registration } and { $other } have { $same ->
    [true] the same customer
   *[false] different customers
}.
entry-customer-match_revoked = A reviewer revokes the answer on the customers of { $registration } and { $other }.
entry-customer-merged = A reviewer says that { $customer } and { $other_customer } are one customer from now on.
entry-customer-split = A reviewer says that { $customer } and { $other_customer } are different customers from now on.
entry-review-decided = { $verdict ->
    [approve] A reviewer approves it.
    [reject] A reviewer rejects it.
    [action_required] A reviewer asks the partner for more.
    [revoke] A reviewer revokes it.
    [grant_extension] A reviewer grants the extension.
    [refuse_extension] A reviewer refuses the extension.
    [uphold_objection] A reviewer upholds the objection.
    [dismiss_objection] A reviewer dismisses the objection.
   *[other] A reviewer reviews it: { $verdict }.
}
entry-opportunity-created = The CRM reports: { $external_id } is a new opportunity{ $amount ->
    [none] .
   *[other] {" "}for { $amount }.
}
entry-opportunity-changed = The CRM reports: { $external_id } changed{ $amount ->
    [none] .
   *[other] {" "}for { $amount }.
}
entry-opportunity-won = The CRM reports: { $external_id } was won{ $amount ->
    [none] .
   *[other] {" "}for { $amount }.
}
entry-opportunity-lost = The CRM reports: { $external_id } was lost{ $reason ->
    [none] .
   *[other] {" "}({ $reason }).
}
entry-opportunity-reopened = The CRM reports: { $external_id } is open again.
entry-link-decided = { $registration ->
    [none] A reviewer says that it belongs to no registration.
   *[other] A reviewer links the opportunity to { $registration }.
}
entry-order-refunded = The CRM reports: { $amount } of the order was refunded ({ $refund }).
entry-order-cancelled = The CRM reports: the order was cancelled ({ $refund }).
entry-case-resolved = { $verdict ->
    [release] A reviewer releases what the case holds
    [reverse] A reviewer reverses what the case holds
   *[other] A reviewer decides the case: { $verdict }
} ({ $reason }).

## Decisions: what the rules concluded

entry-decider-upgraded = Facts are decided by release { $release } from now on.
entry-timer-failed = The timer { $timer } of { $subject } could not be decided; arm it again, or repair the release.
entry-fact-refused = Refused: { $because }
entry-program-took_effect = Version { $number } of { $program } is in force.

entry-registration-completed = Complete: decided under { $policy } from now on.
entry-registration-recognised = The claim is recognised anew: its place in the order is that of now.
entry-registration-held-incomplete = { $because } The claim has no place in the order until then.
entry-registration-held-conflict = Waits. { $because }
entry-registration-held-customer_match = Held for a reviewer, who says whether two customers are one. { $because }
entry-registration-held-review = Held for a reviewer. { $because }
entry-registration-held-too_many_candidates = Held for a reviewer. { $because }
entry-registration-held-unsettled = Held for a reviewer. { $because }
entry-registration-held-confirmation = Its turn came. { $because }
entry-registration-held-action_required = The partner is asked for { $fields ->
    [none] more
   *[other] { $fields }
}.
entry-registration-approved = { $promoted ->
    [true] Approved, since its turn came
   *[false] Approved
}; protected until { $protected_until }. { $because }
entry-registration-rejected = Rejected ({ $code }). { $because }
entry-registration-closed-opportunity_lost = Closed: its opportunity was lost.
entry-registration-closed-won_by_holder = Closed: the deal is won. { $because }
entry-registration-closed-won_unprotected = Lost: the deal was won while this claim was not protected.
entry-registration-closed-confirmation_lapsed = Closed: its turn came and it was not confirmed in time; the next in line is asked.

entry-conflict-detected = { $contested ->
    [true] Two protected registrations turned out to be the same deal; a reviewer decides.
   *[false] It meets a claim of another partner.
}
entry-conflict-resolved-promoted = The conflict is over: it took its turn.
entry-conflict-resolved-rejected = The conflict is over: this claim was rejected.
entry-conflict-resolved-withdrawn = The conflict is over: this claim was withdrawn.
entry-conflict-resolved-closed = The conflict is over: this claim ended.
entry-conflict-resolved-no_longer_same_deal = The conflict is over: it is no longer the same deal.
entry-conflict-resolved-holder_ended = The conflict is over: nobody holds the deal any more.

entry-extension-held = A reviewer decides on the extension; protection goes on until then, at most to { $until }.
entry-extension-refused = The extension was refused ({ $code }); protection ends at its own end.
entry-extension-refused-extension-undecided = The extension was not decided in time, so protection ends.
entry-protection-extended = Extended: protected until { $protected_until }. { $because }
entry-protection-expired-period_over = Expired: the last day of protection is over.
entry-protection-expired-claimed_meanwhile = Expired: the win was reversed and another claim has the deal.
entry-protection-expired-over_meanwhile = Expired: the win was reversed and protection has ended meanwhile.
entry-protection-converted = { $late ->
    [true] Converted: won late, but soon enough after protection and with no rival holding.
   *[false] Converted: won under protection.
}
entry-deal-closed = { $claims ->
    [one] { $claims } other claim on the won deal ended.
   *[other] { $claims } other claims on the won deal ended.
}
entry-deal-reopened = The win was taken back: { $claims ->
    [one] { $claims } claim that it had ended is back in its old place.
   *[other] { $claims } claims that it had ended are back in their old order.
}
entry-loss-held = The CRM reports the deal lost; protection ends at { $until } unless the partner objects.
entry-loss-lifted-open = The deal is open again: protection runs on.
entry-loss-lifted-won = The deal was won: the reported loss no longer counts.
entry-loss-lifted-relinked = The lost opportunity no longer belongs to it: protection runs on.
entry-loss-lifted-objection_upheld = The reported loss no longer counts: protection runs on. { $because }
entry-protection-lost = Lost: its last open opportunity was lost and none was won. { $because }
entry-protection-released = Released: the partner released the deal.
entry-protection-revoked = Revoked by the vendor ({ $code }).
entry-protection-resumed = What ended it was reversed and nobody else holds the deal: protection runs on.

entry-opportunity-linked-number = Linked to { $registration }: the CRM names it.
entry-opportunity-linked-partner = Linked to { $registration }: the partner's own claim on the deal.
entry-opportunity-linked-holder = Linked to { $registration }: it holds the deal.
entry-opportunity-linked-person = Linked to { $registration } by a reviewer.
entry-opportunity-linked-followed = Linked to { $registration }: the registration that now stands for the deal.
entry-opportunity-linked-duplicate = Linked to { $registration }: the one that the named registration repeats.
entry-opportunity-unlinked = It belongs to no registration ({ $code }).
entry-opportunity-unlinked-no_registration = Belongs to no registration yet; listed for a reviewer to link.
entry-opportunity-unlinked-customer_missing = Belongs to no registration yet, for the CRM names no customer; listed for a reviewer to link.
entry-opportunity-unlinked-partner_unknown = Belongs to no registration, for the CRM names a partner that is not enrolled; listed for a reviewer to link.
entry-opportunity-unlinked-by_person = Unlinked by a reviewer.
entry-opportunity-classified = { $because }

entry-credit-assigned = Credited{ $reader ->
    [partner] {" "}to you
   *[vendor] {""}
}: { $shares }.
entry-credit-revised = Credited{ $reader ->
    [partner] {" "}to you
   *[vendor] {""}
}, revised ({ $why }): { $shares ->
    [none] nothing any more
   *[other] { $shares }
}.
entry-credit-reversed = Credit is reversed ({ $why }).
entry-refund-counted = Refunded: { $amount }; { $total } of the order in all.
entry-refund-waiting-before_win = The refund waits: the opportunity is not won; it counts at the win.
entry-refund-waiting-no_amount = The refund waits: the value of the win is not known; it counts once it is.
entry-refund-waiting-other_currency = The refund waits: it is in another currency than the value of the win.
entry-refund-waiting-too_large = The refund waits: it is more than is left of the order.
entry-refund-disregarded-win_taken_back = The refund changes nothing any more: it belonged to a win that was reversed.
entry-refund-disregarded-not_in_policy = The refund changes no credit and no reward: the policy does not name it.
entry-refund-disregarded-too_late = The refund changes no credit and no reward: the policy's months are over.
entry-refund-disregarded-nothing_left = The cancellation changes no credit and no reward: nothing is left of the order.

entry-reward-accrued = Earned { $amount } as { $name }{ $base ->
    [none] {""}
   *[other] : { $pct } % of { $base }
}{ $cap ->
    [none] {""}
   *[other] , at most { $cap }
}{ $adjusts ->
    [none] {""}
   *[other] , less what was earned or refunded before
}.
entry-reward-held = Reward { $name } stays held ({ $code }).
entry-reward-held-partner-suspended = Reward { $name } stays held: its partner is suspended.
entry-reward-released = Payable: { $amount } of { $name }; the hold is over and nothing else holds it.
entry-reward-reversed = Reversed: { $amount } of { $name } ({ $why }).
entry-reward-withheld = No reward { $name }; a reviewer decides. { $because }
entry-case-opened = A partner won the deal that another holds; the holder's rewards wait for a reviewer.
entry-case-closed-released = A reviewer released what the case held.
entry-case-closed-reversed = A reviewer reversed what the case held.
entry-case-closed-win_taken_back = Closed: the win that it rests on was reversed.

## Why money was revised or taken back

why-reopened = the win was reversed
why-lost = the deal was lost
why-relinked = it belongs to another registration
why-currency_changed = the value is in another currency
why-value_changed = the value changed
why-refunded = part of the order was refunded
why-cancelled = the order was cancelled
why-case_reversed = a reviewer reversed the case
why-won = the deal was won

## Findings: each clause as it was applied

finding-required_fields = Incomplete: { $missing } missing.
finding-eligibility-partner_types = The program is open to { $allowed }; the partner is { $has ->
    [none] of no type
   *[other] { $has }
}.
finding-eligibility-partner_types-passed = Partners of this type may register.
finding-eligibility-min_tier = The program asks for tier { $least }; the partner has { $has ->
    [none] none
   *[other] { $has }
}.
finding-eligibility-min_tier-passed = The partner's tier is enough ({ $least }).
finding-eligibility-min_score = The program asks for scores of at least { $least }; the partner has { $has }.
finding-eligibility-min_score-passed = The partner's scores are high enough ({ $has }).
finding-eligibility-certifications = The program asks for certifications that the partner does not have: { $missing }{ $expired ->
    [none] .
   *[other] . Expired: { $expired }.
}
finding-eligibility-certifications-passed = The partner has every certification that the program asks for.
finding-eligibility-segments = The program is open to { $allowed }; the partner is in { $has }.
finding-eligibility-segments-passed = Partners of this segment may register ({ $has }).
finding-eligibility-territories = The program is for customers in { $allowed }; this one is in { $has }.
finding-eligibility-territories-passed = The customer is in a territory of the program ({ $has }).
finding-eligibility-own_territory = The customer is in { $has }; the partner sells in { $own }.
finding-eligibility-own_territory-passed = The customer is in a territory of the partner ({ $has }).
finding-eligibility-max_open_registrations = The partner has { $open ->
    [one] { $open } open registration
   *[other] { $open } open registrations
} in the program, this one included; it may have { $most }.
finding-eligibility-max_open_registrations-passed = The partner has { $open ->
    [one] { $open } open registration
   *[other] { $open } open registrations
} of { $most }.
finding-gates-min_amount = { $basis ->
    [list] The amount at list prices
   *[net] The amount
} is { $has ->
    [none] not given
   *[other] { $has }
}{ $converted ->
    [none] {""}
   *[other] {" "}({ $converted } at the rate of { $rate_on })
}; the program asks for { $least }.
finding-gates-min_amount-passed = { $basis ->
    [list] The amount at list prices, { $has }
   *[net] The amount { $has }
}{ $converted ->
    [none] {""}
   *[other] {" "}({ $converted } at the rate of { $rate_on })
} reaches { $least }.
finding-gates-min_amount-currency = { $basis ->
    [list] The amount at list prices, { $has },
   *[net] The amount { $has }
} is in another currency than the { $least } that the program asks for, and no rate between the two was known.
finding-gates-min_units = { $has ->
    [none] The claim states no number of units
    [one] The claim is for one unit
   *[other] The claim is for { $has } units
}; the program asks for { $least }.
finding-gates-min_units-passed = Enough units: { $has } of { $least }.
finding-gates-min_term_months = { $has ->
    [none] The claim states no term
    [one] The contract runs for one month
   *[other] The contract runs for { $has } months
}; the program asks for { $least }.
finding-gates-min_term_months-passed = The term is long enough: { $has } of { $least } months.
finding-gates-before_rfp = The customer's request for proposals is of { $rfp_on }; the claim was complete on { $completed_on }, and the program takes only claims from before the request.
finding-gates-before_rfp-passed = { $rfp_on ->
    [none] The claim names no request for proposals.
   *[other] The claim was complete on { $completed_on }, before the customer's request for proposals of { $rfp_on }.
}
finding-gates-single_end_customer = { $further ->
    [one] The deal is for one more end customer
   *[other] The deal is for { $further } more end customers
}; the program takes deals of one end customer.
finding-gates-single_end_customer-passed = The deal is for one end customer.
finding-same_deal-passed = No claim on this deal is ahead.
finding-customer_match = A protected registration's customer may be the same; it was recognised by { $keys }.
finding-exclusivity = The same deal is { $held_since ->
    [none] offered to another claim, which may confirm it
   *[other] protected since { $held_since }
}; the customer was recognised by { $keys }.
finding-exclusivity-passed = Nobody holds the deal.
finding-conflict-order-first_complete_submission = The same deal is claimed earlier; the customer was recognised by { $keys }.
finding-conflict-order-approved_first = A claim on the same deal could be approved before this one; the customer was recognised by { $keys }.
finding-conflict-order-evidence_score = A claim on the same deal shows more work done; the customer was recognised by { $keys }.
finding-conflict-order-tier = A claim on the same deal goes before this one by its partner's standing; the customer was recognised by { $keys }.
finding-conflict-order-manual = Several claims wait and the policy leaves the choice to a reviewer.
finding-won_by_holder = The registration that held the deal won it, and keeps it until { $until }.
finding-conflict-waiter_confirm = Confirm before { $until } that the deal is still wanted.
finding-conflict-on_lost = Object before { $until } if the deal is not lost.
finding-conflict-on_lost-unopposed = Nobody objected in time.
finding-review-auto_approve_if = The policy approves nothing by itself.
finding-review-auto_approve_if-passed = Every rule is met.
finding-protection-extension-passed = The policy's rule grants it.
finding-protection-cooling_off_days = The partner's own protection of this deal ended a short time ago; it may claim the deal again from { $until }.
finding-same_deal-products = { $compares ->
    [overlap] Both claims name one product{ $common ->
        [none] {""}
       *[other] {" "}({ $common })
    }.
    [same_line] Both claims name products of one line.
   *[any] The policy compares no products: any claim on the customer is on the same deal.
}
finding-same_deal-close_window_days = { $days ->
    [0] The close dates are the same.
    [one] The close dates are not more than { $days } day apart.
   *[other] The close dates are not more than { $days } days apart.
}
finding-same_deal-name_only = The names alone say that the customers are one, and the policy lets them.
finding-same_deal-name_only-look = Nothing but the names says that the customers are one; { $names ->
    [block] where they are only alike, a person decides
   *[look] the policy leaves that to a person
}.
finding-clock-starts-passed = { $starts ->
    [submitted] Protection counts from the complete submission, { $start }.
   *[approved] Protection counts from the approval, { $start }.
}
finding-protection-days-passed = { $days ->
    [one] Protection lasts { $days } day.
   *[other] Protection lasts { $days } days.
}
finding-protection-months-passed = { $months ->
    [one] Protection lasts { $months } month.
   *[other] Protection lasts { $months } months.
}
finding-credit-late_win_days = Won more than { $days ->
    [one] { $days } day
   *[other] { $days } days
} after protection ended: until { $until } the win would have converted the registration.
finding-credit-late_win_days-passed = Won within { $days ->
    [one] { $days } day
   *[other] { $days } days
} after protection ended, before { $until }.
finding-credit-roles-passed = The value divides by role{ $sourced ->
    [none] {""}
   *[other] ; sourced: { $sourced } %
}{ $influenced ->
    [none] {""}
   *[other] ; influenced: { $influenced } %
}{ $fulfilled ->
    [none] {""}
   *[other] ; fulfilled: { $fulfilled } %
}.
finding-credit-model-passed = { $model ->
    [registered] The partner of the registration sourced the deal.
    [first_touch] The partner that worked the deal first sourced it.
    [last_touch] The partner that worked the deal last sourced it.
    [linear] All that worked the deal sourced it, each time they did in equal parts.
    [position_based] All that worked the deal sourced it, the first and the last the most.
    [time_decay] All that worked the deal sourced it, the later the more.
   *[other] Who sourced the deal is said by the model { $model }.
}
finding-credit-unprotected_win-rival_holds-passed = A rival held the deal. Roles of the holder: { $holder_roles }; of the winner: { $winner_roles }; the rest is the house's.
finding-credit-unprotected_win-nobody_holds-passed = Nobody held the deal. Roles of the winner: { $winner_roles }; the rest is the house's.
finding-rewards-passed = { $reward }: { $pct } % of { $base } is { $exact }{ $role ->
    [none] {""}
   *[other] {" "}(role: { $role })
}{ $cap ->
    [none] {""}
   *[other] ; it is at most { $cap }
}.
finding-clawback-passed = { $kind ->
    [cancel] A cancellation takes back credit and rewards until { $until }.
   *[refund] A refund takes back credit and rewards until { $until }.
}
finding-clawback-not_in_policy = { $kind ->
    [cancel] The policy takes nothing back for a cancellation.
   *[refund] The policy takes nothing back for a refund.
}
finding-clawback-too_late = The policy takes credit and rewards back until { $until }: { $months ->
    [one] { $months } month
   *[other] { $months } months
} after the win.
finding-amount-missing = The registration states no amount.
finding-cap-other_currency = The cap is in { $cap_currency }, the value in { $value_currency }.
finding-always-suspended = Its turn came while its partner is suspended.
finding-always-crowd = { $live ->
    [none] More live claims name this customer than rules compare.
    [one] { $live } live claim names this customer; rules compare at most { $most }.
   *[other] { $live } live claims name this customer; rules compare at most { $most }.
}
finding-always-unsettled = The claim changed its place too often for rules to settle it.
finding-duplicate_of_own = The partner's own registration { $original } already claims this deal.
finding-always-place = The same deal is claimed earlier; the customer was recognised by { $keys }.
finding-review-approve = A reviewer approved it.
finding-review-reject = A reviewer rejected it.
finding-review-action_required = A reviewer asks for more.
finding-review-grant_extension = A reviewer granted it.
finding-review-uphold_objection = A reviewer upheld the objection.
finding-review-dismiss_objection = A reviewer dismissed the objection.
finding-win-protected = Won under protection: the registration converts.
finding-win-further = A further win within the registration's own protection.
finding-win-late = Won late, but soon enough after protection and with no rival holding: the registration converts.
finding-win-breach = Won by a partner that does not hold the deal while a rival does.
finding-win-unprotected = Won without protection, and nobody holds the deal.
finding-win-unlinked = Won, and belongs to no registration.

## Needs: what would have changed a finding

need-at_least = At least { $value } would have been enough.
need-at_most = At most { $value } would have been enough.
need-one_of = One of { $value } would have been enough.
need-is = { $value } would have been enough.
need-given = { $value ->
    [none] Giving it would have been enough.
   *[other] Give { $value }.
}

## Refusals: why a fact was not taken

refused = { $field ->
    [none] The request is not valid ({ $code }).
   *[other] { $field } is not valid ({ $code }).
}
refused-calendar-unknown = { $program ->
    [none] Calendar { $calendar } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Calendar { $calendar } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-case-closed = The case is closed already.
refused-case-unknown = There is no case { $case }.
refused-certification-unknown = { $program ->
    [none] Certification { $certification } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Certification { $certification } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-conflict-open = The claim is in conflict with a registration that holds the deal; end that one first.
refused-customer-identical = The two customers are written alike; name two that differ.
refused-customer-identifiers_equal = Both have { $keys }: equal identifiers are one customer; amend the wrong one.
refused-decider-fault = The service failed to decide this; its operator can have it decided again, so do not send it again.
refused-correction-vendor_only = Only the vendor corrects a claim; leave out the correction.
refused-duplicate_of_own = The partner's own registration { $original } claims this deal.
refused-evidence-too_many = The registration has { $most } pieces of evidence, and takes no more.
refused-evidence-unknown = Evidence { $evidence } is not on the registration.
refused-extension-deal_taken = Protection had ended, and the deal has another claim by now.
refused-extension-evidence_required = Add evidence to the registration first.
refused-extension-late = Protection can be extended while it runs; this registration is { $state }.
refused-extension-none_pending = No extension waits for a decision.
refused-extension-not_offered = The program offers no extension.
refused-extension-pending = An extension was already requested and is not decided yet.
refused-extension-used_up = The program allows { $max ->
    [one] { $max } extension; it is used
   *[other] { $max } extensions; all are used
}.
refused-fact-unknown = This release takes no { $fact_type }.
refused-fact-unreadable = The fact cannot be read: { $detail }. Send it anew as the API describes it.
refused-event-too_large = What follows from this fact is too large to be recorded.
refused-field-missing = Name the fields that the partner may change.
refused-field-not_open = { $field } cannot be changed now; the partner is asked for { $fields }.
refused-field-required = The program requires { $absent ->
    [none] { $field }
   *[other] { $absent }
}; it cannot be removed.
refused-field-unknown = { $name ->
    [none] { $field } is no field of a registration.
   *[other] { $name } is no field of a registration.
}
refused-items-currency = Items need the amount that they make up, in the same currency.
refused-items-sum = The items do not sum to the amount.
refused-line-unknown = { $program ->
    [none] Product line { $line } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Product line { $line } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-link-unchanged = The opportunity is linked so already.
refused-link-winner_required = The CRM names { $named } and the registration is { $holder }'s: say in winner which of the two won.
refused-link-winner_unknown = { $winner } is neither the partner that the CRM names nor the registration's.
refused-match-not_decided = Nobody has said whether the two have one customer, or a customer was changed since.
refused-match-self = A registration is not compared with itself.
refused-objection-none_pending = No objection waits for a decision.
refused-objection-nothing_lost = No loss of this registration, which is { $state }, waits for an objection.
refused-objection-pending = An objection was already raised and is not decided yet.
refused-opportunity-open = { $message } is no change of an opportunity that is { $state } already.
refused-opportunity-unknown = There is no opportunity { $opportunity }.
refused-partner-active = The partner is not suspended.
refused-partner-exists = Partner { $partner } is enrolled already.
refused-partner-suspended = { $reason ->
    [already] The partner is suspended already.
   *[other] The partner is suspended; it can register and change nothing.
}
refused-partner-unknown = { $reason ->
    [other_partner] The credential belongs to another partner.
   *[other] Partner { $partner } is not enrolled.
}
refused-partner_type-unknown = { $program ->
    [none] Partner type { $partner_type } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Partner type { $partner_type } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-policy-effective_in_past = effective_from is past; publish it to take effect immediately or on a later day.
refused-policy-invalid = { $kind ->
    [other_program] The policy names another program or version.
   *[other] { $field } is not as the schema of policies asks ({ $kind }).
}
refused-policy-version_exists = Version { $newest } is published; the next one needs a higher number.
refused-product-unknown = { $product } is not in the vendor's catalogue; see /v1/products.
refused-program-unknown = Program { $program } is not open.
refused-program-withdrawn = { $reason ->
    [already] The program is withdrawn already.
   *[other] Program { $program } takes no new registrations.
}
refused-recorded_at-older = The import has reached { $reached }; send facts in order of their recorded time.
refused-refund-currency = The order is in { $currency }.
refused-refund-nothing = A refund has an amount above zero.
refused-refund-repeated = This refund was taken already.
refused-refund-too_large = More is refunded than is left of the order.
refused-refund-too_many = { $most } refunds of this opportunity are on file; no more are taken.
refused-registration-exists = The registration exists already.
refused-registration-not_invited = The registration is { $state }: its turn has not come, so there is nothing to confirm.
refused-registration-not_open = A registration that is { $state } { $action ->
    [amend] cannot be amended.
    [withdraw] cannot be withdrawn.
    [add_evidence] takes no evidence.
    [take_opportunity] takes no opportunity.
    [extend] has no protection to extend.
    [approve] cannot be approved.
    [reject] cannot be rejected.
    [revoke] has no protection to revoke.
    [action_required] asks nothing of its partner.
   *[other] is not open to this.
}
refused-registration-unknown = There is no registration { $registration }.
refused-revision-mismatch = The registration has revision { $revision } now; read it again and repeat the change.
refused-source-older = A newer message of this opportunity was taken; this one changes nothing.
refused-score-unknown = { $program ->
    [none] Score { $score } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Score { $score } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-territory-unknown = { $program ->
    [none] Territory { $territory } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Territory { $territory } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-tier-unknown = { $program ->
    [none] Tier { $tier } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Tier { $tier } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-timer-not_failed = The timer { $timer } of { $subject } has not failed, so there is nothing to arm.
refused-vendor-exists = The vendor exists already.
refused-vendor-importing = The vendor is importing its history: send facts with their recorded time under the scope import.
refused-vendor-live = { $reason ->
    [already] The vendor is live already.
   *[other] The vendor is live: facts are recorded as they arrive.
}
refused-vendor-unknown = The vendor does not exist; create it first.

## Differences between two policies or vendor documents

difference-added = { $path } is new: { $after }.
difference-removed = { $path } is taken out; it was { $before }.
difference-changed = { $path } changes from { $before } to { $after }.
difference-members = { $path } { $after ->
    [none] loses { $before }.
   *[other] { $before ->
        [none] gains { $after }.
       *[other] gains { $after } and loses { $before }.
    }
}
difference-order = { $path } changes its order from { $before } to { $after }.

## Likeness: why two customers may be one company

likeness-identifier = { $differing ->
    [none] The same { $equal }.
   *[other] Another { $differing }, whatever the names say.
}
likeness-contradiction = The same { $equal }, but another { $differing }: a reviewer decides.
likeness-little = Equal, but of words that many companies share ({ $blank }).
likeness-no_name = One of the texts is no company's name ({ $blank }).
likeness-equal = The names are equal once spelling, legal form and abbreviations are put aside.
likeness-order = The names have the same words in another order.
likeness-spacing = The names differ only in where words are joined.
likeness-written = Every word of one name stands for one of the other ({ $likened }).
likeness-brand = One name is the other in short (without { $rest }), and its first word is hardly anybody else's.
likeness-forms = The names are equal, but their legal forms differ ({ $forms }): perhaps two entities of one group.
likeness-places = The names are equal, but of different states ({ $states }).
likeness-common = The names are equal, but of common words and without legal forms that could tell them apart.
likeness-acronym = One name is the initials of the other ({ $likened }).
likeness-initials = One name may be the initials or the beginnings of the other's words ({ $likened }).
likeness-group = { $group ->
    [subsidiary] One is said to be a subsidiary of the other: two entities of one group.
   *[other] { $domain ->
        [equal] Both use one domain, which makes them one group; left over of the names: { $rest }.
       *[other] One name is the other with a place or group word ({ $rest }): perhaps another entity of one group.
    }
}
likeness-domain = The names are alike, and both use one domain.
likeness-domains = The names are alike, but the domains differ.
likeness-countries = The names are alike, but the countries differ: perhaps two entities of one group.
likeness-part = One name is part of the other; left over: { $rest }.
likeness-kin = Both names have a word that is hardly anybody else's; left over: { $rest }.
likeness-similar = The names are similar; left over: { $rest }.
likeness-numbers_one = The names are alike, but only one has the number { $rest }.
likeness-numbers = A number tells them apart ({ $rest }).
likeness-differ = What tells companies apart differs ({ $rest }).
likeness-nothing = The names have no word in common.

## Blind checks: what is told of a deal that nobody registered yet

blind-clear = No live claim of another partner meets this deal. Only a registration holds a place.
blind-likely_conflict = A registration of this deal would probably wait, or be left to a reviewer: it is claimed.
blind-needs_identifier = Names alone do not settle it; give a valid { $settles }.
