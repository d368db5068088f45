"""A whole walk through the portal: open, start, six steps, submit, polls."""

import itertools
import re
import uuid
from dataclasses import dataclass, field

from tests.bench.browsing import Answer, Browser, Fields, form_in
from tests.conftest import ANNA

STEPS = ("basics", "node-template", "disks", "networking", "autoscaling", "review")
POLLS = 3
_T = "/spec/nodeTemplate"
_PAGE, _VERSION = (re.compile(rf'name="{name}"[^>]*value="([^"]+)"') for name in ("_page", "_version"))
_CLUSTER = re.compile(r'<option value="([^"]+)"[^>]*>prod-standard')
_POLL = re.compile(r'hx-get="([^"]+)"')
_TYPED = {
    "node-template": {
        f"{_T}/az": "eu-de-01",
        f"{_T}/flavor": "c7n.xlarge.2",
        f"{_T}/os": "HCE OS 2.0",
        f"{_T}/login/sshKey": "id_rsa",
        f"{_T}/k8sTags/0/key": "tier",
        f"{_T}/k8sTags/0/value": "web",
    },
    "disks": {},
    "networking": {},
    "autoscaling": {},
}


@dataclass
class Script:
    """What a person types, step by step; read off the pages by the first walk, and typed again by all others."""

    typed: dict[str, Fields] = field(default_factory=dict)

    def fields_of(self, slug: str, page: Answer, name: str) -> Fields:
        """Return what is sent from a step's page, every field of it."""
        if slug not in self.typed:
            own = {"cluster": _CLUSTER.search(page.text)[1], "/spec/initialNodeCount": "1"} if slug == "basics" else {}
            whole = {**form_in(page.text, "step-form"), **own, **_TYPED.get(slug, {})}
            left_out = ("csrfmiddlewaretoken", "_page", "_version", "/metadata/name")
            self.typed[slug] = [one for one in whole.items() if one[0] not in left_out]
        fresh = [("_page", _PAGE.search(page.text)[1]), ("_version", _VERSION.search(page.text)[1]), ("_next", "1")]
        return [*self.typed[slug], *fresh, *([("/metadata/name", name)] if slug == "basics" else [])]


def sign_in(browser: Browser) -> None:
    """Sign in with the local cloud's password."""
    browser.get("/sign-in")
    browser.post("/sign-in", [("way", "cloud"), *ANNA.items()], follows="home")


def walk(browser: Browser, script: Script) -> None:
    """Walk from the start to the page of the request, and watch it a little."""
    name = f"bench-{uuid.uuid4().hex[:10]}"
    browser.get("/pools/new", "open")
    page = browser.post("/pools/new", [("cluster", "")], "start, post", "basics, page")
    for slug, following in itertools.pairwise(STEPS):
        fields = script.fields_of(slug, page, name)
        page = browser.post(page.location, fields, f"{slug}, post", f"{following}, page")
    sent = [("_version", _VERSION.search(page.text)[1]), ("_submit", "1")]
    page = browser.post(page.location, sent, "submit, post", "request, page")
    poll = _POLL.search(page.text)
    if not poll:
        raise RuntimeError(f"The request does not move: {page.location}")
    _watch(browser, poll[1].replace("&amp;", "&"))


def walk_bare(browser: Browser, script: Script, sizes: dict[str, int]) -> None:
    """Walk through bare pages: as many, as large, and with as much typed as the portal's."""

    def page(name: str) -> str:
        return f"/page/{sizes[name]}"

    browser.get(page("open"), "open")
    shown = ["basics, page", *(f"{slug}, page" for slug in STEPS[1:]), "request, page"]
    sent = ["start, post", *(f"{slug}, post" for slug in STEPS[:-1]), "submit, post"]
    here = page("open")
    for post, following in zip(sent, shown, strict=True):
        fields = script.typed.get(post.partition(",")[0], [])
        browser.post(f"{here}?next={page(following)}", fields, post, following)
        here = page(following)
    _watch(browser, "/poll?seen=1")


def walk_formtools(browser: Browser, script: Script) -> None:
    """Walk through an ordinary form wizard, typing what is typed at the portal; a post shows the next step at once."""
    name = f"bench-{uuid.uuid4().hex[:10]}"
    browser.get("/open", "open")
    page = browser.get("/wizard/", "basics, page")
    for slug in STEPS[:-1]:
        typed = dict([*script.typed[slug], ("/metadata/name", name)])
        page = browser.send("/wizard/", _formtools_fields(page, slug, typed), f"{slug}, post")
    page = browser.post("/wizard/", _formtools_fields(page, "review", {}), "submit, post", "request, page")
    _watch(browser, f"{page.location}/poll?seen=1")


def walk_addressed(browser: Browser, script: Script) -> None:
    """Walk through a form wizard whose steps have addresses: a post leads to the next step, as in the portal."""
    name = f"bench-{uuid.uuid4().hex[:10]}"
    browser.get("/open", "open")
    page = browser.get(browser.get("/steps/?reset=1", "start, post").location, "basics, page")
    for slug, following in itertools.pairwise(STEPS):
        typed = dict([*script.typed[slug], ("/metadata/name", name)])
        fields = _formtools_fields(page, slug, typed)
        page = browser.post(f"/steps/{slug}", fields, f"{slug}, post", f"{following}, page")
    done = browser.post("/steps/review", _formtools_fields(page, "review", {}), "submit, post")
    ordered = browser.get(done.location, "submit, done")
    browser.get(ordered.location, "request, page")
    _watch(browser, f"{ordered.location}/poll?seen=1")


def _formtools_fields(page: Answer, slug: str, typed: dict[str, str]) -> Fields:
    """Return what is sent from a step of the form wizard, every field of it."""
    fields = form_in(page.text, "step")
    current = next(value for name, value in fields.items() if name.endswith("-current_step"))
    if current != slug:
        raise RuntimeError(f"{slug}: the form wizard stays at {current}")
    del fields["csrfmiddlewaretoken"]
    return [(name, typed.get(name.removeprefix(f"{slug}-"), value)) for name, value in fields.items()]


def _watch(browser: Browser, path: str) -> None:
    """Ask a few times whether anything is new."""
    browser.polled = path
    for _ in range(POLLS):
        browser.get(path, "poll")
