"""Programs that ask for pools by the REST API, as often as it takes, with the same Idempotency-Key."""

import itertools
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import requests

from tests.faults.site import WEBS, Site
from tests.nodepool.test_rules import T, a_body

Item = TypeVar("Item")
LABELS = {"is": "changed"}
A_KEY_PAIR = {"sshKey": "id_rsa"}
A_PASSWORD = {"userPassword": {"username": "root", "password": "JGVuY29kZWQ="}}  # answered by nobody
_TOGETHER = 8
_PATIENCE_S = 240  # in which nobody is given an answer


class Asker:
    """Asks for pools and has half of them approved: workers launch those, web processes the others."""

    def __init__(self, site: Site, tokens: dict[str, str], seed: int) -> None:
        self.site, self.tokens, self.seed = site, tokens, seed
        self.cloud_token = site.sign_in()[0]
        clusters = site.at_the_cloud("clusters")
        self.cluster_id = next(one for one in clusters if one["metadata"]["name"] == "prod-standard")["metadata"]["uid"]
        self._webs = itertools.cycle(WEBS)
        self._answered_at = time.monotonic()

    def ask_for_pools(self, count: int, keep_pace: Callable[[float], None]) -> list[str]:
        """Return the references of so many requests for pools of different names.

        `keep_pace` holds up whoever is to ask after a share of all, until others are as far.
        """
        return self._all_in_turn(range(count), self._ask_for_pool, keep_pace)

    def ask_for_changes(self, changes: list[tuple[str, str]], keep_pace: Callable[[float], None]) -> list[str]:
        """Return the references of requests to label pools or to delete them: `(kind, pool id)` each."""
        return self._all_in_turn(changes, self._ask_for_change, keep_pace)

    def act(self, reference: str, act: str, who: str) -> requests.Response:
        return self._post(f"requests/{reference}/{act}", who, {}, key=f"{act}-{reference}")

    def ask(self, who: str, name: str, nodes: int = 0, login: dict | None = None) -> str:
        """Return the reference of a request for a pool."""
        body = a_body(**{"/metadata/name": name, "/spec/initialNodeCount": nodes, f"{T}/login": login or A_KEY_PAIR})
        return self._asked("submissions", who, {"body": body}, key=name)

    def _ask_for_pool(self, number: int) -> str:
        dice = random.Random(f"{self.seed}-{number}")
        who = self._somebody(dice)
        nodes, login = int(dice.random() < 0.1), dice.choice((A_KEY_PAIR, A_PASSWORD))
        return self._agreed(who, self.ask(who, f"pool-{number}", nodes, login))

    def _ask_for_change(self, change: tuple[str, str]) -> str:
        kind, pool_id = change
        who = self._somebody(random.Random(f"{self.seed}-{kind}-{pool_id}"))
        wanted = {
            "kind": kind,
            "pool_id": pool_id,
            "body": {"spec": {"nodeTemplate": {"k8sTags": LABELS}}} if kind == "update" else {},
        }
        return self._agreed(who, self._asked("requests", who, wanted, key=f"{kind}-{pool_id}"))

    def _somebody(self, dice: random.Random) -> str:
        time.sleep(dice.uniform(0, 1))
        return dice.choice(("careful", "quick"))

    def _agreed(self, who: str, reference: str) -> str:
        if who == "careful":
            self.act(reference, "approve", "approver")
        return reference

    def _asked(self, path: str, who: str, wanted: dict, key: str) -> str:
        answer = self._post(path, who, {"cluster_id": self.cluster_id, **wanted}, key)
        assert answer.status_code == 201, (key, answer.status_code, answer.text)
        return answer.json()["id"]

    def _all_in_turn(self, items: Sequence[Item], ask: Callable[[Item], str], keep_pace) -> list[str]:
        def ask_in_turn(numbered: tuple[int, Item]) -> str:
            keep_pace(numbered[0] / len(items))
            return ask(numbered[1])

        with ThreadPoolExecutor(_TOGETHER) as pool:
            return list(pool.map(ask_in_turn, enumerate(items)))

    def _post(self, path: str, who: str, body: dict, key: str) -> requests.Response:
        """Return an answer that says yes or no; ask again for as long as there is none."""
        headers = {"Authorization": f"Token {self.tokens[who]}", "X-Cloud-Token": self.cloud_token}
        while True:
            url = f"{self.site.web_url(next(self._webs))}/api/v1/{path}"
            try:
                answer = requests.post(url, json=body, headers={**headers, "Idempotency-Key": key}, timeout=60)
            except requests.RequestException:
                answer = None
            if answer is not None and answer.status_code < 500 and answer.status_code != 429:
                self._answered_at = time.monotonic()
                return answer
            silent_s = time.monotonic() - self._answered_at
            assert silent_s < _PATIENCE_S, (path, answer is not None and (answer.status_code, answer.text))
            time.sleep(0.3)
