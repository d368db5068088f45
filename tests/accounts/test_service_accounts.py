"""A project's service account: its password goes in and never comes out."""

import json
import logging

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.http import HttpResponse
from django.utils import timezone

from tests.conftest import ANNA
from tests.people import a_person
from webapp.accounts.middleware import CloudSessionMiddleware
from webapp.accounts.models import ServiceAccount
from webapp.accounts.roles import Role
from webapp.accounts.service_accounts import (
    MARGIN_S,
    PAUSE_AFTER_REFUSAL,
    ServiceAccountRejected,
    session_of_service_account,
    try_sign_in,
)
from webapp.audit.models import AuditLine
from webapp.cloud.errors import CloudUnreachable, TokenRejected
from webapp.simulator import seed

pytestmark = pytest.mark.django_db


def an_account(**wishes):
    password = wishes.pop("password", "ben-demo-1")
    facts = {"project_id": seed.SANDBOX, "project_name": "eu-de_sandbox", "domain": ANNA["domain"], "user": "ben"}
    account = ServiceAccount(**{**facts, **wishes})
    account.set_password(password)
    account.save()
    return account


def sign_ins(local_cloud):
    return len(local_cloud.log("POST", "/auth/tokens"))


def acts():
    return list(AuditLine.objects.order_by("number").values_list("act", flat=True))


def test_it_signs_in_once_and_keeps_the_token(local_cloud):
    an_account()
    sessions = [session_of_service_account(seed.SANDBOX) for _ in range(3)]
    assert {one.user_name for one in sessions} == {"ben"}
    assert sign_ins(local_cloud) == 1
    assert acts() == ["service_account.signed_in"]


def raw_cache():
    """What an onlooker sees in the cache, be it this process's memory or Redis."""
    inside = cache._cache
    if hasattr(inside, "values"):
        return list(inside.values())
    redis = inside.get_client()
    return redis.mget(redis.keys("*"))


def test_the_password_is_in_no_column_and_the_token_sealed_in_the_cache(local_cloud):
    account = an_account()
    session = session_of_service_account(seed.SANDBOX)
    assert "ben-demo-1" not in str(ServiceAccount.objects.values().get()) + repr(account) + str(vars(account))
    kept = str(raw_cache())
    assert kept
    assert session.token not in kept


def test_a_token_near_its_end_is_not_used_any_more(local_cloud, monkeypatch):
    an_account()
    monkeypatch.setattr("webapp.cloud.tokens.CloudSession.seconds_left", lambda *_: MARGIN_S - 1)
    for _ in range(2):
        session_of_service_account(seed.SANDBOX)
    assert sign_ins(local_cloud) == 2


def test_a_project_without_an_account_or_with_one_off_duty_has_no_session(local_cloud):
    assert session_of_service_account(seed.SANDBOX) is None
    an_account(is_active=False)
    assert session_of_service_account(seed.SANDBOX) is None
    assert sign_ins(local_cloud) == 0


def test_a_wrong_password_is_said_clearly_noted_and_not_tried_again_at_once(local_cloud):
    an_account(password="wrong-one")
    for _ in range(2):
        with pytest.raises(TokenRejected, match="does not accept the service account of eu-de_sandbox") as caught:
            session_of_service_account(seed.SANDBOX)
    assert "wrong-one" not in json.dumps(caught.value.as_dict())
    assert sign_ins(local_cloud) == 1
    assert acts() == ["service_account.refused"]
    assert "wrong-one" not in str(list(AuditLine.objects.values()))


def refused_in_a_process_of_its_own():
    cache.clear()
    with pytest.raises(ServiceAccountRejected):
        session_of_service_account(seed.SANDBOX)


def test_the_pause_after_a_wrong_password_holds_in_every_process_until_it_is_over(local_cloud):
    an_account(password="wrong-one")
    refused_in_a_process_of_its_own()
    refused_in_a_process_of_its_own()
    assert sign_ins(local_cloud) == 1
    with time_machine.travel(timezone.now() + PAUSE_AFTER_REFUSAL):
        refused_in_a_process_of_its_own()
    assert sign_ins(local_cloud) == 2


def test_an_admins_test_does_not_wait_for_the_pause(local_cloud):
    account, admin = an_account(password="wrong-one"), a_person("admin", Role.ADMIN)
    refused_in_a_process_of_its_own()
    with pytest.raises(ServiceAccountRejected):
        try_sign_in(account, by=admin)
    assert sign_ins(local_cloud) == 2


def test_a_new_password_counts_at_once(local_cloud):
    account = an_account(password="wrong-one")
    with pytest.raises(ServiceAccountRejected):
        session_of_service_account(seed.SANDBOX)
    account.set_password("ben-demo-1")
    account.save()
    assert session_of_service_account(seed.SANDBOX).user_name == "ben"


def test_an_account_whose_name_leads_to_another_project_is_refused(local_cloud):
    an_account(project_name="eu-de_team")
    with pytest.raises(ServiceAccountRejected):
        session_of_service_account(seed.SANDBOX)


def test_a_password_sealed_with_a_lost_key_is_like_a_wrong_one(local_cloud, settings):
    an_account()
    settings.CLOUD_TOKEN_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(ServiceAccountRejected):
        session_of_service_account(seed.SANDBOX)


def test_a_cloud_out_of_reach_is_no_wrong_password(local_cloud, settings):
    an_account()
    settings.CLOUD_AUTH_URL = "http://127.0.0.1:9/v3"
    with pytest.raises(CloudUnreachable):
        session_of_service_account(seed.SANDBOX)
    assert acts() == []


def test_the_log_shows_no_secret(local_cloud, caplog):
    caplog.set_level(logging.DEBUG)
    an_account()
    session = session_of_service_account(seed.SANDBOX)
    assert "ben-demo-1" not in caplog.text
    assert session.token not in caplog.text


def test_its_refusal_does_not_sign_the_waiting_person_out(rf):
    request = rf.get("/")
    request.user, request.session = a_person("ada", Role.REQUESTER), {"cloud": "sealed"}
    middleware = CloudSessionMiddleware(lambda _: HttpResponse())
    answer = middleware.process_exception(request, ServiceAccountRejected(an_account()))
    assert answer.status_code == 502
    assert "service account of eu-de_sandbox" in answer.content.decode()
    assert "cloud" in request.session
