"""The route that erases a person."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from services.registration.api.documents import plain_spec
from services.registration.api.edge import edge_of
from services.registration.api.routing import DirectRoute
from shared.credentials.dependency import authenticate
from shared.http.wire.body import read_model
from shared.http.wire.fields import Email, Identity, WirePart
from shared.values.written import written_json

router = APIRouter(route_class=DirectRoute, tags=["persons"])


class Erasure(WirePart):
    """The person whose texts to erase: exactly one of the four fields."""

    model_config = ConfigDict(json_schema_extra={"example": {"email": "jana@adler.example"}})

    email: Email | None = None
    registration: Identity | None = Field(
        default=None, description="Texts of this registration that were sent without an e-mail address."
    )
    person: Identity | None = Field(default=None, description="Id of the person, as sealed texts carry it.")
    principal: Identity | None = Field(
        default=None,
        description="Somebody who works with dealreg: the principal of a credential, or `identity:` and the id in "
        "`/v1/identities`. Their saved views are deleted; their access is ended by revoking keys, or by a block.",
    )

    @model_validator(mode="after")
    def _one(self) -> Erasure:
        if sum(given is not None for given in (self.email, self.registration, self.person, self.principal)) != 1:
            raise PydanticCustomError("person.one_of", "give exactly one of email, registration, person, principal")
        return self


class ErasureDone(WirePart):
    """The result of an erasure. If nobody was found, all three fields are null or false."""

    person: str | None
    erased: bool = Field(description="True if this request erased the person; false if it was done before.")
    fact: str | None = Field(description="Id of the fact `person.erased`.")


# A POST with the address in its body, because access logs contain paths and queries.
@router.post("/v1/persons/erasure", **plain_spec(Erasure, 200, ErasureDone))
async def erase_person(request: Request) -> Response:
    """Erase a person: delete the key that seals its texts. They read as null from then on.

    You can repeat the request at any time; it takes no `Idempotency-Key`.
    """
    caller = await authenticate(request)
    caller.need("vendor:admin")
    edge = edge_of(request)
    asked = await read_model(request, Erasure, edge.settings.max_body_bytes)
    if asked.person is not None:
        done = await edge.erasures.erase(caller.vendor, asked.person)
    elif asked.principal is not None:
        done = await edge.erasures.erase_principal(caller.vendor, asked.principal)
    else:
        done = await edge.erasures.erase_by(caller.vendor, asked.email or asked.registration or "")
    shown = {"person": done.person, "erased": done.erased, "fact": done.published and done.published.fact}
    return Response(written_json(shown), 200, request.state.answer_headers, "application/json")
