"""The proof of a request as a file to download."""

from django.http import HttpResponse, JsonResponse

from gasutil import access
from gasutil.access import Actor
from gasutil.models import ServiceRequest
from gasutil.proof import proofs


def proof_file(actor: Actor, pk: int) -> HttpResponse:
    """Return the proof of a request, as far as the actor can see it. `gasutil_verify` checks it.

    Raises:
        NotFound: the actor can't see the request.
    """
    obj = access.find(actor, ServiceRequest, pk)
    headers = {"Content-Disposition": f"attachment; filename={obj.reference}.proof.json"}
    return JsonResponse(proofs.proof_of(actor, obj), headers=headers)
