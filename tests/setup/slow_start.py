"""An application of which one process is there at once, and every other one loads for a while."""

import os
import time
from pathlib import Path

try:
    Path(os.environ["FIRST_IS_THERE"]).mkdir()
except FileExistsError:
    time.sleep(3)


def application(_, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]
