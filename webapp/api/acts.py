"""Acts on requests: decide, comment, withdraw, launch."""

from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.models import User
from webapp.api.authentication import cloud_of_call
from webapp.api.calls import CloudTokenNeeded, read_by
from webapp.api.describing import described
from webapp.api.request_access import answer, person_of, possible, seen_request
from webapp.api.request_forms import ActSerializer, RequestSerializer
from webapp.approvals import actions, deciding, talking
from webapp.approvals.following import resend
from webapp.approvals.identity import session_at_hand
from webapp.approvals.launching import launch
from webapp.approvals.models import PoolRequest
from webapp.approvals.rights import demand, demand_seen
from webapp.approvals.workflow import ACTS, NotPossible
from webapp.cloud.tokens import CloudSession


class ActView(GenericAPIView):
    """An act on a request."""

    serializer_class = RequestSerializer
    pagination_class = None

    @described(
        RequestSerializer,
        call=ActSerializer,
        cloud=True,
        errors=[404, 409],
        operation_id="requests_act",
        tags=["Requests"],
        summary="Act on a request",
        description="approve, reject (comment), ask-changes (comment, pointer), delegate (to), comment, withdraw, "
        "launch, retry, ask-quota, send-again. A retry that cannot help, as the failure catalogue says, is refused. "
        "With `digest` the act is refused when the request was changed meanwhile.",
    )
    def post(self, request: Request, reference: str, act: str) -> Response:
        """Do it."""
        found = seen_request(request, reference)
        said = read_by(ActSerializer, request.data if request.data is not None else {}, "")
        possible(_demand, found, request, act, said["digest"])
        possible(_ACTS[act], found, request, said)
        found.refresh_from_db()
        return answer(found)


def _demand(found: PoolRequest, request: Request, act: str, seen: str) -> None:
    """Raise NotAllowed for somebody who may not do it, whatever they bring; NotPossible for what was not seen."""
    demand(person_of(request), found, ACTS[act])
    demand_seen(found, seen)


def _approve(found: PoolRequest, request: Request, said: dict[str, str]) -> None:
    deciding.approve(found, by=person_of(request), comment=said["comment"], seen=said["digest"])


def _reject(found: PoolRequest, request: Request, said: dict[str, str]) -> None:
    deciding.reject(found, by=person_of(request), comment=said["comment"], seen=said["digest"])


def _ask_changes(found: PoolRequest, request: Request, said: dict[str, str]) -> None:
    words = {"comment": said["comment"], "pointer": said["pointer"], "seen": said["digest"]}
    deciding.ask_changes(found, by=person_of(request), **words)


def _delegate(found: PoolRequest, request: Request, said: dict[str, str]) -> None:
    to = User.objects.filter(username=said["to"]).first()
    if to is None:
        raise NotPossible("There is nobody of this name: send the user name as `to`.")
    deciding.delegate(found, by=person_of(request), to=to)


def _comment(found: PoolRequest, request: Request, said: dict[str, str]) -> None:
    talking.comment_on(found, by=person_of(request), comment=said["comment"], pointer=said["pointer"])


def _withdraw(found: PoolRequest, request: Request, said: dict[str, str]) -> None:
    actions.withdraw(found, by=person_of(request), comment=said["comment"])


def _ask_quota(found: PoolRequest, request: Request, _: dict[str, str]) -> None:
    talking.ask_for_quota(found, by=person_of(request))


def _launch(found: PoolRequest, request: Request, _: dict[str, str]) -> None:
    launch(found, _session(found, request), by=person_of(request))


def _send_again(found: PoolRequest, request: Request, _: dict[str, str]) -> None:
    resend(found, _session(found, request), by=person_of(request))


def _session(found: PoolRequest, request: Request) -> CloudSession:
    """Return the session that launches. Raises CloudTokenNeeded, NotPossible, CloudError."""
    session = session_at_hand(cloud_of_call(request), found)
    if session is None:
        raise CloudTokenNeeded
    return session


_ACTS = {
    "approve": _approve,
    "reject": _reject,
    "ask-changes": _ask_changes,
    "delegate": _delegate,
    "comment": _comment,
    "withdraw": _withdraw,
    "ask-quota": _ask_quota,
    "launch": _launch,
    "retry": _launch,
    "send-again": _send_again,
}
ACT_NAMES = tuple(_ACTS)
