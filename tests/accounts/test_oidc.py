"""Whose ID token it is, and for whom: what the library leaves to us."""

import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import SuspiciousOperation
from jwt.algorithms import RSAAlgorithm

from webapp.accounts.oidc import OidcBackend
from webapp.accounts.oidc_provider import OidcFailure

SECRET = "a-secret-of-the-client-that-is-long-enough"
ISSUER = "https://login.example.com"


@pytest.fixture
def backend(settings):
    settings.OIDC_ISSUER, settings.OIDC_ORIGINS = ISSUER, [ISSUER]
    settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = "poolwright", SECRET
    settings.OIDC_RP_SIGN_ALGO = "HS256"
    names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
    settings.OIDC_ENDPOINTS = {**{name: f"{ISSUER}/{name}" for name in names}, "end_session_endpoint": ""}
    return OidcBackend()


def a_token(key=SECRET, leave_out="", **claims):
    now = int(time.time())
    said = {"iss": ISSUER, "sub": "carla", "aud": "poolwright", "exp": now + 60, "iat": now, "nonce": "n", **claims}
    return jwt.encode({name: value for name, value in said.items() if name != leave_out}, key, algorithm="HS256")


@pytest.mark.parametrize("claims", [{}, {"aud": ["other", "poolwright"], "azp": "poolwright"}])
def test_a_token_of_the_provider_for_this_portal_is_taken(backend, claims):
    assert backend.verify_token(a_token(**claims), nonce="n")["sub"] == "carla"


@pytest.mark.parametrize(
    "wishes",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": ["poolwright", "other"], "azp": "other"},
        {"nonce": "another"},
        {"exp": 1},
        {"sub": ""},
        {"key": "a-secret-of-somebody-else-that-is-long-enough"},
        *({"leave_out": name} for name in ("iss", "sub", "aud", "exp", "nonce")),
    ],
    ids=str,
)
def test_any_other_token_is_not(backend, wishes):
    with pytest.raises((SuspiciousOperation, jwt.PyJWTError, KeyError)):
        backend.verify_token(a_token(**wishes), nonce="n")


def test_a_token_without_a_signature_is_not_taken(backend):
    token = jwt.encode({"iss": ISSUER, "sub": "carla", "aud": "poolwright", "nonce": "n"}, None, algorithm="none")
    with pytest.raises(SuspiciousOperation):
        backend.verify_token(token, nonce="n")


def test_user_info_of_somebody_else_is_refused(backend, monkeypatch):
    monkeypatch.setattr(backend, "get_userinfo", lambda *_: {"sub": "mallory"})
    with pytest.raises(OidcFailure, match="could not be trusted"):
        backend.get_or_create_user("", "", {"sub": "carla", "iss": ISSUER})


class Answer:
    def __init__(self, body):
        self.body = body

    def raise_for_status(self):
        pass

    def json(self):
        return self.body


@pytest.fixture(scope="module")
def pairs():
    """Two private keys, and the public halves as a provider publishes them."""
    keys = {name: rsa.generate_private_key(public_exponent=65537, key_size=2048) for name in ("old", "new")}
    shown = [
        {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": name, "alg": "RS256", "use": "sig"}
        for name, key in keys.items()
    ]
    return keys, shown


@pytest.fixture
def signed(backend, settings, monkeypatch, pairs):
    """Give a function: a token signed with the new key, and a backend in front of a provider with some keys."""

    def made(named: str | None, published: list[str]):
        keys, shown = pairs
        settings.OIDC_RP_SIGN_ALGO = "RS256"
        answer = Answer({"keys": [key for key in shown if key["kid"] in published]})
        monkeypatch.setattr("webapp.accounts.oidc.ask", lambda *_, **__: answer)
        payload = jwt.decode(a_token(), SECRET, algorithms=["HS256"], audience="poolwright")
        headers = {"kid": named} if named else None
        return jwt.encode(payload, keys["new"], algorithm="RS256", headers=headers), OidcBackend()

    return made


@pytest.mark.parametrize(("named", "published"), [("new", ["old", "new"]), (None, ["new"])])
def test_the_key_is_the_one_that_is_named_or_the_only_one(signed, named, published):
    token, backend = signed(named, published)
    assert backend.verify_token(token, nonce="n")["sub"] == "carla"


@pytest.mark.parametrize(
    ("named", "published"), [(None, ["old", "new"]), ("new", ["old"]), (None, ["old"]), ("old", ["old"]), ("new", [])]
)
def test_a_token_whose_key_is_unclear_unknown_or_of_somebody_else_is_not_taken(signed, named, published):
    token, backend = signed(named, published)
    with pytest.raises(SuspiciousOperation):
        backend.verify_token(token, nonce="n")
