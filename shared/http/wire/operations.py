"""The words of the API document: the id and summary of every operation, and what each tag is about."""

from __future__ import annotations

from fastapi.routing import APIRoute

OPERATIONS: dict[str, tuple[str, str]] = {
    "submit_registration": ("submitRegistration", "Submit a registration"),
    "amend_registration": ("amendRegistration", "Amend a registration"),
    "withdraw_registration": ("withdrawRegistration", "Withdraw a registration"),
    "add_evidence": ("addEvidence", "Add evidence to a registration"),
    "request_extension": ("requestExtension", "Request an extension of protection"),
    "raise_objection": ("raiseObjection", "Object to a reported loss"),
    "confirm_registration": ("confirmRegistration", "Confirm a registration whose turn has come"),
    "get_registration": ("getRegistration", "Get a registration"),
    "history": ("listRegistrationHistory", "List the history of a registration"),
    "explanation": ("explainRegistration", "Explain the decisions on a registration"),
    "check_deal": ("checkDeal", "Check whether a deal is already claimed"),
    "list_checks": ("listChecks", "List blind checks"),
    "list_pipeline": ("listPipeline", "List registrations in the pipeline"),
    "summarise": ("summarizePipeline", "Summarize the pipeline"),
    "decide_review": ("decideReview", "Decide a review"),
    "decide_match": ("decideRegistrationMatch", "Decide whether two registrations have one customer"),
    "answer_match": ("decideMatch", "Decide a customer match"),
    "revoke_match": ("revokeMatch", "Revoke a customer match decision"),
    "list_matches": ("listMatches", "List customer matches"),
    "get_match": ("getMatch", "Get a customer match"),
    "merge_customers": ("mergeCustomers", "Merge two customers"),
    "split_customers": ("splitCustomers", "Split two customers"),
    "judge_evidence": ("verifyEvidence", "Verify or refute evidence"),
    "resolve_case": ("resolveCase", "Resolve a case"),
    "list_cases": ("listCases", "List cases"),
    "get_case": ("getCase", "Get a case"),
    "list_conflicts": ("listConflicts", "List conflicts between registrations"),
    "arm_timer": ("armTimer", "Rearm a failed timer"),
    "decide_link": ("linkOpportunity", "Link an opportunity to a registration"),
    "list_opportunities": ("listOpportunities", "List opportunities"),
    "get_opportunity": ("getOpportunity", "Get an opportunity"),
    "attribution": ("explainAttribution", "Explain how the value of a deal was credited"),
    "list_credits": ("listCredits", "List credit of won deals"),
    "list_rewards": ("listRewards", "List rewards"),
    "list_payouts": ("listPayouts", "List reward accounts by month"),
    "summarise_payouts": ("summarizePayouts", "Summarize reward accounts"),
    "list_postings": ("listPostings", "List ledger postings"),
    "list_events": ("listEvents", "List events in order"),
    "list_audit": ("listAudit", "List acts of administration"),
    "get_fact": ("getFact", "Get the outcome of a request"),
    "configure_vendor": ("replaceVendorDocument", "Replace the vendor document"),
    "go_live": ("goLive", "End the import of history"),
    "enroll_partner": ("enrollPartner", "Enroll a partner"),
    "change_partner": ("changePartner", "Change a partner"),
    "publish_rates": ("publishRates", "Publish exchange rates"),
    "score_partner": ("scorePartner", "Give a partner a score"),
    "certify_partner": ("certifyPartner", "Certify a partner"),
    "suspend_partner": ("suspendPartner", "Suspend a partner"),
    "reinstate_partner": ("reinstatePartner", "Reinstate a partner"),
    "list_partners": ("listPartners", "List partners"),
    "read_partner": ("getPartner", "Get a partner"),
    "publish_program": ("publishProgram", "Publish a version of a program"),
    "withdraw_program": ("withdrawProgram", "Withdraw a program"),
    "list_programs": ("listPrograms", "List programs"),
    "read_program": ("getProgram", "Get a program"),
    "read_document": ("readVendorDocument", "Read the vendor document"),
    "list_products": ("listProducts", "List products"),
    "bulk": ("submitBulk", "Submit up to 1,000 rows"),
    "receive_opportunity": ("receiveOpportunity", "Receive a signed opportunity message from a CRM"),
    "create_connection": ("createConnection", "Create a CRM connection"),
    "read_connection": ("readConnection", "Read a CRM connection"),
    "list_connections": ("listConnections", "List CRM connections"),
    "rotate_connection": ("rotateConnection", "Rotate the secret of a CRM connection"),
    "delete_connection": ("deleteConnection", "Delete a CRM connection"),
    "create_credential": ("createCredential", "Create a credential"),
    "read_credential": ("readCredential", "Read a credential"),
    "list_credentials": ("listCredentials", "List credentials"),
    "rotate_credential": ("rotateCredential", "Rotate a credential"),
    "revoke_credential": ("revokeCredential", "Revoke a credential"),
    "erase_person": ("erasePerson", "Erase a person"),
    "livez": ("checkLiveness", "Check that the process runs"),
    "readyz": ("checkReadiness", "Check that requests can be served"),
}
"""By the name of the function that answers; `id_of` derives the words of an operation that is not listed."""

TAGS: dict[str, str] = {
    "registrations": "Claims of partners on deals: submit, amend, withdraw, check and read them.",
    "reviews": "Decisions that the rules leave to people of the vendor.",
    "pipeline": "All registrations, filtered, sorted and summarized, now or at any past moment.",
    "conflicts": "Registrations of different partners that claim the same deal.",
    "matches": "Pairs of registrations whose customers may be the same company.",
    "opportunities": "Deals as the vendor's CRM reports them.",
    "finance": "Credit, rewards, cases and the double-entry ledger.",
    "events": "The vendor's journal, as a feed.",
    "audit": "Who administered what, and when.",
    "facts": "The outcome of each accepted request.",
    "checks": "Blind checks: whether a deal is claimed, without saying by whom.",
    "vendor, partners and programs": "Administration of the vendor's products, partners and programs.",
    "directory": "Programs, products and partners that the caller may see.",
    "bulk": "Many requests in one, as newline-delimited JSON.",
    "CRM": "Signed messages from CRMs, and the connections that authenticate them.",
    "credentials": "API keys and their scopes.",
    "persons": "Erasure of personal data.",
    "health": "Probes for load balancers and orchestrators.",
}
"""In the order in which a reader meets them."""

PATH_PARAMETERS: dict[str, str] = {
    "registration": "Id of the registration, such as `reg_5f0c2b6d8a1e4f7c9b3d2a1e0f4c6b8a`.",
    "opportunity": "Id of the opportunity.",
    "opportunity_id": "Id of the opportunity.",
    "partner": "Id of the partner, as it was enrolled.",
    "program": "Name of the program.",
    "case": "Id of the case.",
    "match": "Id of the match, as `/v1/matches` lists it.",
    "fact": "Id of the fact, from the answer to the write.",
    "connection": "Id of the CRM connection.",
    "credential": "Id of the credential.",
}
FILTERS: dict[str, str] = {
    "account": "Only postings on this account.",
    "answer": "Only matches with this answer.",
    "case": "Only opportunities with this win outcome, such as `protected` or `breach`.",
    "connection": "Only opportunities from this CRM connection.",
    "currency": "Only amounts in this ISO 4217 currency.",
    "external_id": "Only items with this id of the sender's own system.",
    "group_by": "What to group by.",
    "limit": "Items per page.",
    "opened_before": "Only items opened before this time.",
    "opened_from": "Only items opened at or after this time.",
    "opportunity": "Only items of this opportunity.",
    "outcome": "Only items with this outcome.",
    "partner": "Only items of this partner.",
    "program": "Only items of this program.",
    "registration": "Only items of this registration.",
    "reward": "Only items of this reward.",
    "role": "Only shares with this role.",
    "state": "Only items in this state.",
    "status": "Only rewards with this status.",
    "submitted_before": "Only registrations submitted before this time.",
}
"""What a parameter of a query is for, where the query itself says nothing of it."""


def operation_id(route: APIRoute) -> str:
    """The operation's id: a verb and its object in camel case."""
    return id_of(route.name)


def id_of(function: str) -> str:
    """The id of the operation that the function answers."""
    if function in OPERATIONS:
        return OPERATIONS[function][0]
    first, *rest = function.split("_")
    return first + "".join(map(str.capitalize, rest))


SUMMARIES = dict(OPERATIONS.values())
"""Id to summary."""
