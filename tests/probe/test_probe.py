import json, uuid
import pytest
from django.test import Client
from tests.config.test_rights import *  # noqa
from tests.config.test_rights import world  # noqa

NUL = "%00"


def status(f, what):
    try:
        r = f().status_code
    except BaseException as e:
        r = f"{type(e).__name__} {e}"[:120]
    if r == "500" or isinstance(r, str) or r >= 500:
        print("BAD", what, r)
    else:
        print("ok", what, r)


def test_probe(world):
    for role in ("owner", "admin"):
        c = world.clients[role]
        c.raise_request_exception = True
        for q in (
            "/requests?words=a%00b",
            "/requests?state=%00",
            "/requests?kind=%00&whose=all",
            "/requests/waiting?cluster=%00&by=%00&project=%00&mark=%00",
            "/sign-in?next=%00&project=a%00",
            "/pools/new?cluster=%00",
            "/drafts?x=%00",
            "/clusters?words=%00",
            "/notices?before=%00",
            "/admin/approvals/poolrequest/?q=%00",
            "/admin/accounts/user/?q=%00",
            "/admin/accounts/user/%00/change/",
            "/admin/accounts/apitoken/%00/change/",
            "/admin/accounts/apitoken/_00/change/",
            "/admin/audit/auditline/?q=a%00",
            "/admin/audit/auditline/?act=%00",
            "/admin/audit/auditline/?act__exact=%00",
            "/admin/wizard/preset/_00/change/",
            "/settings/%00",
            "/notices/mail/%00",
            f"/requests/{world.ids['order']}?comment=%00",
            f"/pools/new/{world.ids['draft']}/basics?comment=%00&blame=%00",
            f"/pools/new/{world.ids['draft']}/review?comment=%00&blame=%2Fa%00",
            f"/pools/new/{world.ids['draft']}/node-template?words=%00",
        ):
            status(lambda: c.get(q), (role, q))
    for role in ("owner", "admin"):
        H = {**world.headers[role]}
        for q in (
            "requests?cursor=%00",
            "requests?state=%00",
            "requests?waiting=%00",
            "audit?act=%00&about=%00",
            "audit?act=request%00",
            "audit?cursor=cD0lMDA%3D",
            "drafts?cursor=cD0lMDA%3D",
            "requests?cursor=cD0lMDA%3D",
            "drafts?cursor=%00",
            f"clusters/{world.ids['cluster']}/node-pools/{world.ids['pool']}/events?cursor=cD1hJTAw",
            "pick-lists/zones?cluster_id=%00",
            "presets?cursor=cD0lMDA%3D",
            "presets?cursor=cD1hJTAwYg%3D%3D",
        ):
            status(lambda: Client().get("/api/v1/" + q, headers=H), (role, q))

        def send(method, p, d, **h):
            return getattr(Client(), method)(
                "/api/v1/" + p,
                data=json.dumps(d),
                content_type="application/json",
                headers={"If-Match": '"1"', "Idempotency-Key": uuid.uuid4().hex, **H, **h},
            )

        for bad in ("a\0b", "a\ud800b", "x" * 100000):
            s = repr(bad[:6])
            for d in (
                {"comment": bad},
                {"comment": "x", "pointer": "/metadata/name" + bad},
                {"comment": "x", "pointer": bad},
                {"to": bad},
                {"comment": "x", "digest": bad},
                {bad: bad},
            ):
                for act in ("comment", "ask-changes", "delegate", "approve", "reject", "withdraw"):
                    if act in ("withdraw", "approve", "reject", "ask-changes") and role == "owner":
                        continue
                    status(lambda: send("post", f"requests/{world.ids['reference']}/{act}", d), (role, act, list(d), s))
            for b in (
                {"metadata": {"name": bad}},
                {"spec": {bad: bad}},
                {bad: 1},
                {"metadata": {"name": "x", "annotations": {bad: bad}}},
            ):
                status(lambda: send("post", "drafts", {"body": b}), (role, "drafts", s))
                status(lambda: send("put", f"drafts/{world.ids['draft']}", {"body": b}), (role, "draft put", s))
                status(
                    lambda: send("post", "requests", {"kind": "create", "cluster_id": world.ids["cluster"], "body": b}),
                    (role, "req", s),
                )
                status(
                    lambda: send(
                        "post", "requests/verdict", {"kind": "create", "cluster_id": world.ids["cluster"], "body": b}
                    ),
                    (role, "verdict", s),
                )
                status(lambda: send("put", f"requests/{world.ids['reference']}", {"body": b}), (role, "put", s))
                status(
                    lambda: send("put", f"clusters/{world.ids['cluster']}/node-pools/{world.ids['pool']}", b),
                    (role, "pool put", s),
                )
                status(
                    lambda: send(
                        "put",
                        f"clusters/{world.ids['cluster']}/node-pools/{world.ids['pool']}",
                        {"spec": {"nodeTemplate": {"k8sTags": {bad: bad}}}},
                    ),
                    (role, "pool put", s),
                )
            for r in ("reason",):
                status(
                    lambda: send(
                        "post",
                        "requests",
                        {
                            "kind": "create",
                            "cluster_id": world.ids["cluster"],
                            "body": a_body(**{"/metadata/name": "n" + uuid.uuid4().hex[:6]}),
                            "reason": bad,
                        },
                    ),
                    (role, "reason", s),
                )
                status(
                    lambda: send("put", f"requests/{world.ids['reference']}", {"body": a_body(), "reason": bad}),
                    (role, "put reason", s),
                )
            status(lambda: send("post", "drafts", {"preset": bad}), (role, "preset", s))
            status(lambda: send("post", "drafts", {"body": {}, "cluster_id": bad}), (role, "cluster_id", s))
            # extra: post odd body in request
            body = a_body(**{"/metadata/name": "n" + uuid.uuid4().hex[:6]})
            body["spec"]["nodeTemplate"]["k8sTags"] = {"a": bad}
            status(
                lambda: send("post", "requests", {"kind": "create", "cluster_id": world.ids["cluster"], "body": body}),
                (role, "tags", s),
            )
            body = a_body(**{"/metadata/name": "n" + uuid.uuid4().hex[:6]})
            body["spec"]["nodeTemplate"]["flavor"] = bad
            status(
                lambda: send(
                    "post", "requests/verdict", {"kind": "create", "cluster_id": world.ids["cluster"], "body": body}
                ),
                (role, "flavor verdict", s),
            )
            body = a_body(**{"/metadata/name": bad})
            status(
                lambda: send(
                    "post", "requests/verdict", {"kind": "create", "cluster_id": world.ids["cluster"], "body": body}
                ),
                (role, "name verdict", s),
            )
        # pages
        c = world.clients[role]
        o = world.ids["order"]
        for bad in ("a\0b", "x" * 100000, "a\ud800".encode("utf-8", "surrogatepass")):
            for act in ("comment", "reject", "ask-changes", "approve", "delegate"):
                status(
                    lambda: c.post(
                        f"/requests/{o}/{act}", {"comment": bad, "text": bad, "pointer": bad, "to": bad, "digest": bad}
                    ),
                    (role, "page", act, bad[:5]),
                )
            status(lambda: c.post("/api-tokens", {"name": bad, "days": "1"}), ("tokens",))
            for path in ("/settings/api-tokens", "/notices/preferences", "/sign-in"):
                status(
                    lambda: c.post(
                        path, {"name": bad, "days": "1", "mail": bad, "way": "portal", "username": bad, "password": bad}
                    ),
                    (path,),
                )
            status(lambda: Client().post("/sign-in", {"way": "portal", "username": bad, "password": bad}), ("signin",))
            status(
                lambda: Client().post(
                    "/sign-in", {"way": "cloud", "user": bad, "password": bad, "domain": bad, "project": bad}
                ),
                ("signin cloud",),
            )
            status(lambda: c.post("/pools/new", {"cluster": bad, "preset": bad}), ("new",))
            status(lambda: c.post("/pools/new/import", {"text": bad, "name": bad}), ("import",))
            status(
                lambda: c.post(f"/pools/new/{world.ids['draft']}/basics", {"/metadata/name": bad, "cluster": bad}),
                ("step",),
            )
            status(
                lambda: c.post(f"/pools/new/{world.ids['draft']}/review", {"reason": bad, "_asks": "1"}), ("review",)
            )
            status(
                lambda: c.post(f"/pools/new/from/{world.ids['reference']}", {"blame": bad, "comment": bad}), ("from",)
            )
            for p in ("scale", "change"):
                status(
                    lambda: c.post(
                        f"/clusters/{world.ids['cluster']}/pools/{world.ids['pool']}/{p}",
                        {"/spec/initialNodeCount": "3", "reason": bad, "_send": "1", "_submit": "1"},
                    ),
                    (p,),
                )
    for k in ("sessionid",):
        c = Client()
        c.cookies["sessionid"] = "abcdefgh"
        from django.conf import settings

        status(lambda: Client(HTTP_COOKIE=settings.SESSION_COOKIE_NAME + '="\\000abcdefghij"').get("/"), ("cookie",))
    status(
        lambda: Client().get(
            "/api/v1/requests", headers={"Authorization": "Token a\0bcdefghijklmnopqrstuvwxyz0123456789"}
        ),
        ("auth nul",),
    )
    status(
        lambda: Client().get("/api/v1/requests", headers={**world.headers["owner"], "X-Cloud-Token": "a\0b"}),
        ("cloud tok nul",),
    )
    from django.core.files.uploadedfile import SimpleUploadedFile

    c = world.clients["owner"]
    for name in ("a\0b.json", "a%00b.json"):
        for content in (b'{"metadata":{"name":"a\\u0000b"}}', b"\0\0", b'kind: "a\\0b"'):
            status(
                lambda: c.post("/pools/new/import", {"file": SimpleUploadedFile(name, content)}),
                ("file", name, content),
            )
    print(world.clients["owner"].get("/drafts").status_code)
