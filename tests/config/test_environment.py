"""What is told by the environment, and what is wrong with it."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from webapp.config import environment as env
from webapp.config import services


def test_without_an_address_everything_is_embedded(tmp_path):
    assert services.database("", tmp_path, 1)["ENGINE"] == "django.db.backends.sqlite3"
    assert services.cache("", "x")["BACKEND"].endswith(".LocalCache")
    assert services.broker("") == ""


def test_an_address_of_postgresql_is_read_with_its_options(tmp_path):
    found = services.database("postgresql://me:p%40ss@db.example:5433/pools?sslmode=require", tmp_path, 7)
    assert [found[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "me",
        "p@ss",
        "db.example",
        "5433",
        "pools",
    ]
    assert (found["OPTIONS"]["sslmode"], found["OPTIONS"]["pool"]["max_size"]) == ("require", 7)


@pytest.mark.parametrize(
    "url", ["mysql://me:s3cret@db/x", "postgresql://me:s3cret@db:no/x", "s3cret", "postgresql:///x"]
)
def test_a_wrong_address_is_refused_by_its_name_and_without_its_password(tmp_path, url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must be") as caught:
        services.database(url, tmp_path, 1)
    assert "s3cret" not in str(caught.value)


def test_the_password_of_an_address_can_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "password").write_text("p@ss/word\n")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@db:5432/pools")
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", str(tmp_path / "password"))
    assert services.database(env.address("DATABASE_URL"), tmp_path, 1)["PASSWORD"] == "p@ss/word"


def test_a_whole_address_can_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "url").write_text("redis://cache/0\n")
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("REDIS_URL_FILE", str(tmp_path / "url"))
    assert env.address("REDIS_URL") == "redis://cache/0"


@pytest.mark.parametrize("value", ["-1", "2.5", "many", "²"])
def test_a_count_must_be_a_whole_number(monkeypatch, value):
    monkeypatch.setenv("DATABASE_POOL_SIZE", value)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_POOL_SIZE"):
        env.whole("DATABASE_POOL_SIZE", 10)


def test_rabbitmq_gets_none_of_the_options_of_redis():
    assert services.broker_options("amqp://rabbit/") == {}
    assert services.broker_options("redis://redis/1")["visibility_timeout"]
