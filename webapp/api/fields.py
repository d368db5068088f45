"""Members of calls, read as strictly as the document describes them: a number is no text, and "yes" is not true."""

from typing import Any

from rest_framework import serializers

from webapp.nodepool.pointers import JSON


class Text(serializers.CharField):
    """A JSON string."""

    default_error_messages = {"max_length": "Say it in {max_length} characters at most."}

    def to_internal_value(self, data: JSON) -> Any:
        """Return the text. Raises ValidationError for numbers, which a CharField would take."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Name(Text, serializers.RegexField):
    """A JSON string of a form."""


class Whole(serializers.IntegerField):
    """A JSON integer."""

    def to_internal_value(self, data: JSON) -> Any:
        """Return the number. Raises ValidationError for texts, which an IntegerField would take."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """True or false."""

    def to_internal_value(self, data: JSON) -> Any:
        """Return the value. Raises ValidationError for words and numbers that a BooleanField would take."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
