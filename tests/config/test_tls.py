"""A broker that is spoken to by TLS: only to the one that proves to be it."""

import ipaddress
import os
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from kombu.exceptions import OperationalError

from tests.conftest import ROOT
from webapp.config import services

HERE, ELSEWHERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("redis.example")


def a_certificate(path, host):
    """Write a certificate of a host that is its own authority, with its key."""
    key, name, now = ec.generate_private_key(ec.SECP256R1()), x509.Name([]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([host]), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(pem))
    return path


@pytest.fixture
def serve():
    """Give a function that serves with a certificate, and returns the port and whether each caller has accepted it."""
    listening = []

    def start(certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)
        accepted = []
        threading.Thread(target=shake_hands, args=(server, context, accepted), daemon=True).start()
        return server.getsockname()[1], accepted

    yield start
    for server in listening:
        server.close()


def shake_hands(server, context, accepted):
    with suppress(OSError):  # it is closed when the test is over
        while True:
            caller, _ = server.accept()
            with caller, suppress(OSError):
                accepted.append(False)
                ours = context.wrap_socket(caller, server_side=True)
                accepted[-1] = True
                ours.close()


@pytest.mark.parametrize("scheme", ["rediss", "amqps"])
@pytest.mark.parametrize("proof", [(HERE, True, True), (HERE, False, False), (ELSEWHERE, True, False)])
def test_only_a_broker_that_proves_its_name_is_spoken_to(tmp_path, serve, monkeypatch, scheme, proof):
    from webapp.config.celery import app

    host, is_trusted, is_accepted = proof
    certificate = a_certificate(tmp_path / "server.pem", host)
    port, accepted = serve(certificate)
    trusted = certificate if is_trusted else a_certificate(tmp_path / "other.pem", host)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    address = f"{scheme}://127.0.0.1:{port}"
    connection = app.connection(address, ssl=services.broker_tls(address))
    with pytest.raises(OperationalError) as caught:  # for it hangs up after the handshake
        connection.ensure_connection(max_retries=1, interval_start=0)
    assert set(accepted) == {is_accepted}
    assert ("CERTIFICATE_VERIFY_FAILED" in str(caught.value)) != is_accepted


def test_workers_demand_that_proof():
    code = "from webapp.config.celery import app; print(app.connection().ssl)"
    environment = {"DJANGO_SETTINGS_MODULE": "webapp.config.settings", "BROKER_URL": "rediss://redis", "HTTPS": "0"}
    said = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=os.environ | environment, text=True)
    assert said.strip() == str(services.broker_tls("rediss://redis"))


def test_where_there_is_no_tls_nothing_is_demanded():
    assert services.broker_tls("redis://redis") == services.broker_tls("amqp://rabbitmq") == {}
