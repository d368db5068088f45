"""Calls that leave the portal go to an address that was looked at: no name leads into the private network.

A name is resolved once for each connection. The very address that was checked is the one that is connected to; name
and certificate are checked as ever, so that neither a second answer of the name service (rebinding) nor a forged one
leads a secret elsewhere. Which hosts may be called at all is for the rooms to say; this is below them.
"""

import socket
from collections.abc import Callable, Collection
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NAT64 = ip_network("64:ff9b::/96")
_UNICAST = ip_network("2000::/3")  # what of IPv6 is public

Address = IPv4Address | IPv6Address
Patterns = Collection[str]


class AddressNotAllowed(NewConnectionError):
    """A name leads only to addresses that may not be called; nothing was sent."""


class PinnedSession(requests.Session):
    """A session that pins its connections, follows no redirect and takes nothing from the environment.

    Args:
        private: tells the patterns of hosts that may be at private addresses, asked at each connection.
        connections: how many are kept for each host.
    """

    def __init__(self, private: Callable[[], Patterns], *, connections: int = 1) -> None:
        super().__init__()
        self.trust_env = False
        for scheme in ("http://", "https://"):
            self.mount(scheme, _PinningAdapter(private, pool_maxsize=connections))

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - as the parent has it
        """Follow no redirect: nobody has said that its host may be called."""
        return None


def was_pinned_out(exc: requests.RequestException) -> bool:
    """Whether a call came to nothing because its host leads to no address that may be called."""
    reason = getattr(exc.args[0], "reason", None) if exc.args else None
    return isinstance(reason, AddressNotAllowed)


def matches(host: str, patterns: Patterns) -> bool:
    """Whether a host is one of these; a star stands for anything."""
    return any(fnmatchcase(host, one) for one in patterns)


def may_be_called(host: str, address: str, private: Patterns = ()) -> bool:
    """Return whether a connection for this host may go to this address.

    A host of the loopback leads to the loopback alone, one that the operator calls private may lead anywhere, every
    other one to public addresses only.
    """
    plain = ip_address(address.partition("%")[0])
    if host in LOOPBACK:
        return plain.is_loopback
    return matches(host, private) or _is_public(plain)


def _is_public(address: Address) -> bool:
    if carried := _carried(address):
        return all(_is_public(one) for one in carried)
    return address.is_global and not address.is_multicast and (address.version == 4 or address in _UNICAST)


def _carried(address: Address) -> list[Address]:
    """Return the IPv4 addresses that an IPv6 address leads to, if it does."""
    if isinstance(address, IPv4Address):
        return []
    teredo = address.teredo
    translated = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
    carried = (address.ipv4_mapped, address.sixtofour, teredo[1] if teredo else None, translated)
    return [one for one in carried if one is not None]


def _connected(connection: Any, private: Patterns) -> socket.socket:
    """Return a socket to the first address of the connection's host that may be called and answers."""
    host, port = connection.host, connection.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as exc:
        raise NameResolutionError(host, connection, socket.gaierror(str(exc))) from exc
    addresses = dict.fromkeys(str(one[4][0]) for one in found)
    allowed = [one for one in addresses if may_be_called(host, one, private)]
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


class _PinningAdapter(HTTPAdapter):
    """An adapter for `requests` whose connections are pinned."""

    def __init__(self, private: Callable[[], Patterns], **wishes: Any) -> None:
        self._private = private
        super().__init__(**wishes)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools that hold such connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _pinned(HTTPConnectionPool, HTTPConnection, self._private),
            "https": _pinned(HTTPSConnectionPool, HTTPSConnection, self._private),
        }


def _pinned(pool: type[Any], connection: type[Any], private: Callable[[], Patterns]) -> type[Any]:
    """Return a pool whose connections are pinned."""

    def _new_conn(self: Any) -> socket.socket:
        return _connected(self, private())

    return type(
        pool.__name__, (pool,), {"ConnectionCls": type(connection.__name__, (connection,), {"_new_conn": _new_conn})}
    )
