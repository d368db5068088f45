"""The cache in Redis, there and gone."""

import pickle
import time

import pytest
import redis
from django.core.cache import caches
from django.test import override_settings

from tests.conftest import free_port
from webapp.config import services
from webapp.config.cache import ForgivingRedisCache, SignedPickles, health


def cache_at(url: str) -> ForgivingRedisCache:
    made = services.cache(url, "test")
    return ForgivingRedisCache(made["LOCATION"], {"OPTIONS": made["OPTIONS"], "KEY_PREFIX": "test"})


@pytest.fixture(autouse=True)
def _healthy(monkeypatch):
    monkeypatch.setattr(health, "dead_until", 0.0)
    monkeypatch.setattr(health, "said_at", -1000.0)


@pytest.fixture
def dead():
    return cache_at(f"redis://127.0.0.1:{free_port()}/0")


def test_without_redis_every_question_is_a_miss(dead):
    dead.set("a", 1)
    assert dead.get("a", "default") == "default"
    assert dead.get_many(["a", "b"]) == {}
    assert dead.set_many({"a": 1}) == ["a"]
    assert dead.get_or_set("a", lambda: 7) == 7
    assert (dead.delete("a"), dead.touch("a"), dead.has_key("a"), dead.clear()) == (False, False, False, None)
    with pytest.raises(ValueError, match="not found"):
        dead.incr("a")


def test_without_redis_whoever_asks_first_does_the_work(dead):
    assert dead.add("claim", 1) is True


def test_a_dead_redis_is_said_once_and_asked_again_only_after_a_pause(dead, caplog):
    for _ in range(50):
        dead.get("a")
    assert [one.message.split("(")[0] for one in caplog.records] == ["The cache does not work "]
    assert health.dead_until > time.monotonic()


def test_a_redis_that_hangs_costs_a_request_half_a_second_at_most(monkeypatch):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = cache_at(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        started = time.monotonic()
        for _ in range(10):
            slow.get("a")
        assert time.monotonic() - started < 5


def test_the_portal_works_without_redis(anna_client):
    made = services.cache(f"redis://127.0.0.1:{free_port()}/0", "test")
    with override_settings(CACHES={"default": made}):
        caches["default"].set("a", 1)
        page = anna_client.get("/clusters")
    assert page.status_code == 200
    assert "prod-standard" in page.content.decode()


@pytest.mark.parametrize("value", [0, -5, True, "text", b"\x00", ["a", {"b": None}], 10**40])
def test_a_value_comes_back_as_it_was(value):
    box = SignedPickles()
    stored = box.dumps(value)
    back = box.loads(stored if isinstance(stored, bytes) else str(stored).encode())
    assert (back, type(back)) == (value, type(value))


def test_with_redis_values_are_kept_and_counted(redis_url):
    cache = cache_at(redis_url)
    cache.clear()
    cache.set_many({"a": [1], "n": 1})
    assert cache.get_many(["a", "n", "b"]) == {"a": [1], "n": 1}
    assert (cache.incr("n"), cache.add("n", 5), cache.is_alive()) == (2, False, True)


def test_a_value_that_somebody_else_wrote_is_a_miss_and_never_run(redis_url, tmp_path):
    class Trap:
        def __reduce__(self):
            return (tmp_path.joinpath("sprung").touch, ())

    cache = cache_at(redis_url)
    redis.Redis.from_url(redis_url).set(cache.make_key("a"), pickle.dumps(Trap()))
    assert cache.get("a", "miss") == "miss"
    assert not (tmp_path / "sprung").exists()
