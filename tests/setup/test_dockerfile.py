"""What of the image can be proven without an engine."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.conftest import ROOT, free_port, wait_until_answering

DOCKERFILE = (ROOT / "Dockerfile").read_text()
BIN = Path(sys.executable).parent


def test_the_dockerfile_has_no_lint():
    subprocess.run([BIN / "hadolint", ROOT / "Dockerfile"], check=True)


def test_the_image_does_not_run_as_root():
    assert re.findall(r"^USER (\w+)", DOCKERFILE, re.M) == ["10001"]


def test_the_image_brings_no_folder_that_a_read_only_container_could_write_to():
    assert not re.findall(r"^VOLUME", DOCKERFILE, re.M)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The files that the image copies, in a folder of their own, and the environment that it sets."""
    folder = tmp_path_factory.mktemp("app")
    for source, target in re.findall(r"^COPY (?!--from)(\S+) (\S+)", DOCKERFILE, re.M):
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, folder / (source if target == "./" else target))
    kept = {"PATH": f"{BIN}:{os.environ['PATH']}", "VAR_DIR": str(folder), "STATIC_ROOT": str(folder / "staticfiles")}
    return folder, kept


def test_the_lock_installs_by_its_hashes_in_a_fresh_environment(image, tmp_path):
    folder, _ = image
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "v"], check=True)
    pip = [sys.executable, "-m", "pip", "--python", tmp_path / "v" / "bin" / "python", "install", "--quiet"]
    subprocess.run([*pip, "--dry-run", "--no-deps", "--require-hashes", "-r", folder / "requirements.lock"], check=True)


@pytest.fixture(scope="module")
def built(image):
    """The image after the one command that its build runs in it."""
    folder, environment = image
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput"], cwd=folder, env=environment, check=True)
    return image


def test_static_files_are_collected_and_compressed_without_a_secret(built):
    folder, _ = built
    names = [path.name for path in (folder / "staticfiles").rglob("poolwright*.css*")]
    assert any(name.endswith(".br") for name in names)


def test_the_command_serves_and_the_health_check_agrees(built):
    folder, environment = built
    environment = {
        **environment,
        "SECRET_KEY": "only-for-this-test-" * 3,
        "CLOUD_TOKEN_KEYS": Fernet.generate_key().decode(),
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=folder, env=environment, check=True)
    port = str(free_port())
    health, serve = (json.loads(one) for one in re.findall(r"CMD (\[.*\])", DOCKERFILE))
    serve = [port if word == "8000" else word for word in serve]
    health = [sys.executable, *(word.replace(":8000", f":{port}") for word in health[1:])]
    with subprocess.Popen(serve, cwd=folder, env=environment) as process:
        wait_until_answering(f"http://127.0.0.1:{port}/healthz", process)
        subprocess.run(health, check=True)
        process.terminate()


def test_a_server_that_is_stopped_while_it_starts_ends(tmp_path):
    port = str(free_port())
    serve = json.loads(re.findall(r"CMD (\[.*\])", DOCKERFILE)[-1])
    other = {"8000": port, "webapp.config.wsgi:application": "tests.setup.slow_start:application", "30": "1"}
    environment = {"PATH": f"{BIN}:{os.environ['PATH']}", "FIRST_IS_THERE": str(tmp_path / "first")}
    process = subprocess.Popen([other.get(word, word) for word in serve], cwd=ROOT, env=environment, process_group=0)
    try:
        wait_until_answering(f"http://127.0.0.1:{port}/", process)
        process.terminate()
        process.wait(timeout=20)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
