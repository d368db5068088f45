"""A browser that costs next to nothing: connections kept open, cookies, forms read once."""

import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from urllib.parse import urlencode

Fields = list[tuple[str, str]]
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Answer:
    """What came back; `size` is that of the body as it was sent."""

    status: int
    text: str
    location: str
    size: int
    etag: str


@dataclass
class Browser:
    """One person's browser. It notes how long each named thing took, in seconds."""

    port: int
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, int] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)  # sent with every request, beside the cookies
    token: str = ""
    polled: str = ""  # the address that was asked last whether anything is new

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str, name: str = "") -> Answer:
        """Open a page."""
        return self._timed(name, "GET", path, None)

    def post(self, path: str, fields: Fields, name: str = "", follows: str = "") -> Answer:
        """Send a form, and open the page that it leads to."""
        answer = self.send(path, fields, name)
        if answer.status not in (302, 303):
            raise RuntimeError(f"{path}: {answer.status}\n{_without_tags(answer.text)}")
        shown = self.get(answer.location, follows) if follows else answer
        shown.location = answer.location
        return shown

    def send(self, path: str, fields: Fields, name: str = "") -> Answer:
        """Send a form, and return the answer as it is."""
        return self._timed(name, "POST", path, urlencode([("csrfmiddlewaretoken", self.token), *fields]))

    def _timed(self, name: str, method: str, path: str, body: str | None) -> Answer:
        started = time.perf_counter()
        answer = self._ask(method, path, body)
        if name:
            self.times[name].append(time.perf_counter() - started)
            self.sizes[name] = answer.size
        return answer

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        status, headers, raw = self._raw(method, path, body)
        named = [(name.lower(), value) for name, value in headers]  # servers write them as they like
        for line in (value for name, value in named if name == "set-cookie"):
            cookie, _, value = line.partition(";")[0].partition("=")
            self.cookies[cookie] = value
        text = raw.decode()
        if found := _TOKEN.search(text):
            self.token = found[1]
        said = dict(named)
        return Answer(status, text, said.get("location", ""), len(raw), said.get("etag", ""))

    def _raw(self, method: str, path: str, body: str | None) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return status, headers and body of the answer."""
        headers = {**self.headers, "Cookie": self.cookie_header()}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return response.status, response.getheaders(), response.read()

    def cookie_header(self) -> str:
        """Return the cookies as they are sent."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def form_in(text: str, form_id: str) -> dict[str, str]:
    """Return the fields of a form as a browser would send them, without its buttons."""
    reader = _FormReader(form_id)
    reader.feed(text)
    return reader.fields


class _FormReader(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.is_inside = form_id, False
        self.fields: dict[str, str] = {}
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self.is_inside = said.get("id") == self.form_id
        name = said.get("name")
        if not self.is_inside or (not name and tag != "option"):
            return
        if tag == "select":
            self.select = name
            self.fields[name] = ""
        elif tag == "textarea":
            self.area = name
            self.fields[name] = ""
        elif tag == "option" and self.select and "selected" in said:
            self.fields[self.select] = said.get("value") or ""
        elif tag == "input" and (said.get("type") not in ("radio", "checkbox") or "checked" in said):
            self.fields[name] = said.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""


def _without_tags(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())[:1500]
