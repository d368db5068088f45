"""A call goes to an address that was looked at, whatever the name service says a moment later."""

import socket

import pytest
import requests

from webapp import outgoing
from webapp.outgoing import PinnedSession, may_be_called

HOST = "cce.eu-de.otc.t-systems.com"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:10.0.0.1",
        "2002:0a00:0001::",
        "64:ff9b::10.0.0.1",
        "::10.0.0.1",
        "fec0::1",
    ],
)
def test_a_public_name_may_not_lead_into_a_private_network(address):
    assert not may_be_called(HOST, address)


@pytest.mark.parametrize("address", ["80.158.0.1", "2003:dead::1", "64:ff9b::80.158.0.1"])
def test_a_public_address_may_be_called(address):
    assert may_be_called(HOST, address)


def test_a_name_of_the_loopback_leads_nowhere_else():
    assert may_be_called("localhost", "127.0.0.1")
    assert not may_be_called("localhost", "80.158.0.1")


@pytest.mark.parametrize("host", ["cloud", "chat.tools.svc"])
def test_a_host_that_the_operator_calls_private_may_be_anywhere(host):
    assert may_be_called(host, "172.18.0.5", ["cloud", "*.tools.svc"])


def test_the_certificate_is_asked_for_by_name_and_not_by_address(monkeypatch, tmp_path):
    """A real TLS server with a certificate for the name: reached by its address, verified by its name."""
    certificate, key = a_certificate(tmp_path, HOST)
    with a_tls_server(certificate, key) as (port, asked):
        answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_, **__: answer)
        monkeypatch.setattr(outgoing, "may_be_called", lambda *_: True)
        session = PinnedSession(tuple)
        said = session.get(f"https://{HOST}:{port}/", verify=str(certificate), timeout=5)
        with pytest.raises(requests.exceptions.SSLError):
            session.get(f"https://other.{HOST}:{port}/", verify=str(certificate), timeout=5)
        session.close()
    assert said.text == f"{HOST}:{port}"
    assert asked[0] == HOST


def a_certificate(folder, name):
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    return folder / "cert.pem", folder / "key.pem"


def a_tls_server(certificate, key):
    """Serve the Host header; note which name the client asked for in the handshake."""
    import ssl
    import threading
    from contextlib import contextmanager
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.headers["Host"].encode())

        def log_message(self, *_) -> None:
            """Say nothing."""

    @contextmanager
    def served():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.sni_callback = lambda _, name, __: asked.append(name)
        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            server.handle_error = lambda *_: None
            server.socket = context.wrap_socket(server.socket, server_side=True)
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            yield server.server_port, asked
            server.shutdown()
            thread.join()

    return served()
