"""Reading the body of a call: strict JSON only."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from webapp.api.errors import ContentTooLarge
from webapp.nodepool.pointers import JSON
from webapp.nodepool.reading import MAX_BYTES, MAX_DEPTH, TooLarge, Unreadable, read_json

_ENVELOPE_BYTES, _ENVELOPE_DEPTH = 4096, 1  # what stands around a node pool's body


class StrictJSONParser(BaseParser):
    """JSON that every reader understands alike; see `read_json`."""

    media_type = "application/json"

    def parse(
        self,
        stream: BinaryIO,
        media_type: str | None = None,  # noqa: ARG002 - its signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - its signature
    ) -> JSON:
        """Return the value. Raises ParseError (400) and ContentTooLarge (413)."""
        most = MAX_BYTES + _ENVELOPE_BYTES
        try:
            return read_json(stream.read(most + 1), max_bytes=most, max_depth=MAX_DEPTH + _ENVELOPE_DEPTH)
        except TooLarge as error:
            raise ContentTooLarge(str(error)) from None
        except Unreadable as error:
            raise ParseError(str(error)) from None
