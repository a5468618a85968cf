"""Stands in for the process that solves: takes as long as it is told to, and answers without a solver."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from queue import SimpleQueue


def main() -> None:
    lines: SimpleQueue[str] = SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            lines.put(line)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        asked = json.loads(lines.get())
        if "wish" not in asked:
            continue
        job, end = asked["job"], time.monotonic() + asked["wish"]["seconds"]
        while time.monotonic() < end:
            say({"job": job, "event": "progress", "stage": "search", "elapsed": 0.0, "share": 0.1, "pid": os.getpid()})
            time.sleep(0.05)
        if asked["wish"]["gap"] == 0.5:
            os._exit(7)
        say({"job": job, "event": "done", "alternative": "1", "added": False, "gap": 0.0, "sentences": []})


def say(told: dict) -> None:
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
