"""Renders the chart's templates: the part of Helm's language that they use, and an error for anything else.

What it gives is what Helm 4 gives; where that can be had, compare them again after a change to the templates' language.
"""

import json
import re
from pathlib import Path

import yaml

_TOKEN = re.compile(r"{{(-?)\s*(.*?)\s*(-?)}}", re.DOTALL)
_WORD = re.compile(r'"[^"]*"|\S+')


class Chart:
    """The templates of a chart, and the values that they are rendered with."""

    def __init__(self, folder: Path, values: dict, release: str = "pw") -> None:
        self.root = {"Values": values, "Release": {"Name": release}}
        self.parts: dict[str, list] = {}
        self.files = {}
        for path in sorted((folder / "templates").iterdir()):
            self.files[path.name] = self._parsed(path.read_text())

    def documents(self) -> list[dict]:
        """Return what the cluster would get."""
        texts = (self._text(nodes, self.root) for name, nodes in self.files.items() if name.endswith(".yaml"))
        return [one for text in texts for one in yaml.safe_load_all(text) if one]

    def _parsed(self, source: str) -> list:
        tokens, last, trim = [], 0, False
        for found in _TOKEN.finditer(source):
            text = source[last : found.start()]
            text = text.lstrip() if trim else text
            tokens += [("text", text.rstrip() if found[1] else text), ("code", found[2])]
            last, trim = found.end(), bool(found[3])
        tokens.append(("text", source[last:].lstrip() if trim else source[last:]))
        nodes, rest = self._block(tokens)
        assert not rest, f"an end too many: {rest[:3]}"
        return nodes

    def _block(self, tokens: list) -> tuple[list, list]:
        nodes: list = []
        while tokens:
            kind, text = tokens.pop(0)
            word = text.split(" ")[0]
            if kind == "code" and word in ("if", "range", "define"):
                body, tokens = self._block(tokens)
                if word == "define":
                    self.parts[text.split('"')[1]] = body
                else:
                    nodes.append((word, text, body))
            elif kind == "code" and word == "end":
                return nodes, tokens
            else:
                nodes.append((kind, text, None))
        return nodes, tokens

    def _text(self, nodes: list, scope: dict) -> str:
        return "".join(self._one(*node, scope) for node in nodes)

    def _one(self, kind: str, text: str, body: list | None, scope: dict) -> str:
        if kind == "text":
            return text
        if kind == "code":
            return str(self._value(text, scope))
        if kind == "if":
            condition = text.removeprefix("if ").removeprefix("not ")
            return self._text(body, scope) if bool(self._value(condition, scope)) != ("if not " in text) else ""
        name, value, path = re.fullmatch(r"range (\$\w+), (\$\w+) := (\S+)", text).groups()
        items = sorted(self._value(path, scope).items())
        return "".join(self._text(body, {**scope, name: key, value: item}) for key, item in items)

    def _value(self, text: str, scope: dict):
        first, *pipes = text.split(" | ")
        value = self._called(_WORD.findall(first), scope)
        for pipe in pipes:
            name, *arguments = pipe.split()
            value = {"quote": _quoted, "nindent": self._nindent}[name](*map(int, arguments), value)
        return value

    def _called(self, words: list[str], scope: dict):
        if words[0] == "include":
            assert words[2] == "."
            return self._text(self.parts[words[1].strip('"')], scope).strip()
        if words[0] == "toYaml":
            return yaml.safe_dump(self._called(words[1:], scope)).strip()
        (path,) = words
        if path.startswith("$"):
            return scope[path]
        value = self.root
        for step in path.removeprefix(".").split("."):
            value = value[step]
        return value

    @staticmethod
    def _nindent(count: int, text: str) -> str:
        return "".join(f"\n{' ' * count}{line}" for line in text.splitlines())


def _quoted(value) -> str:
    return json.dumps(str(value))
