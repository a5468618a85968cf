"""Stands in for the process that writes dossiers: begins, and never comes to an end."""

from __future__ import annotations

import json
import os
import sys
import threading
from queue import SimpleQueue

from solver.explorer.live.worker import listen


def main() -> None:
    lines: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=listen, args=(sys.stdin, lines), daemon=True).start()
    lines.get()
    print(json.dumps({"event": "progress", "stage": "reasons", "done": 1, "total": 9, "pid": os.getpid()}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
