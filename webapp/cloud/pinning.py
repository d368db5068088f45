"""Connections go to an address that was looked at: a name that is allowed cannot lead into the private network.

The name is resolved once for each connection. The very address that was checked is the one that is connected to; name
and certificate are checked as ever, so that neither a second answer of the name service (rebinding) nor a forged one
leads a token elsewhere.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from webapp.cloud.addresses import LOOPBACK

Address = IPv4Address | IPv6Address


class AddressNotAllowed(NewConnectionError):
    """A name leads only to addresses that may not be called; nothing was sent."""


def may_be_called(host: str, address: str) -> bool:
    """Return whether a connection for this host may go to this address.

    A host of the loopback leads to the loopback alone, one that the operator calls private may lead anywhere, every
    other one to public addresses only.
    """
    if host in settings.CLOUD_PRIVATE_HOSTS:
        return True
    plain = ip_address(address.partition("%")[0])
    if host in LOOPBACK:
        return plain.is_loopback
    return all(one.is_global and not one.is_multicast for one in (plain, *_inside(plain)))


def _inside(address: Address) -> list[Address]:
    """Return the IPv4 address that an IPv6 address carries, if it does."""
    if isinstance(address, IPv4Address):
        return []
    teredo = address.teredo
    carried = (address.ipv4_mapped, address.sixtofour, teredo[1] if teredo else None)
    return [one for one in carried if one is not None]


def _connected(connection: Any) -> socket.socket:
    """Return a socket to the first address of the connection's host that may be called and answers."""
    host, port = connection.host, connection.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as exc:
        raise NameResolutionError(host, connection, socket.gaierror(str(exc))) from exc
    addresses = dict.fromkeys(str(one[4][0]) for one in found)
    allowed = [one for one in addresses if may_be_called(host, one)]
    if not allowed:
        raise AddressNotAllowed(connection, f"{host} leads to no address that may be called")
    for address in allowed[:-1]:
        try:
            return _dial(connection, address)
        except OSError:
            continue
    return _dial_last(connection, allowed[-1])


def _dial(connection: Any, address: str) -> socket.socket:
    return create_connection(
        (address, connection.port),
        connection.timeout,
        source_address=connection.source_address,
        socket_options=connection.socket_options,
    )


def _dial_last(connection: Any, address: str) -> socket.socket:
    """Connect, and say as urllib3 does what went wrong."""
    try:
        return _dial(connection, address)
    except TimeoutError as exc:
        raise ConnectTimeoutError(connection, f"Connection to {connection.host} timed out.") from exc
    except OSError as exc:
        raise NewConnectionError(connection, f"Failed to establish a new connection: {exc}") from exc


class _PinnedHTTP(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _PinnedHTTPS(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _PinnedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PinnedHTTPS


class PinningAdapter(HTTPAdapter):
    """An adapter for `requests` whose connections are pinned."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools that hold such connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
