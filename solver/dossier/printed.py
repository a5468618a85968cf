"""A page as PDF, printed by a browser that is on the machine: the same page, and no further library."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from instances.schema import InstanceError
from solver.words import say

BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
FLAGS = ("--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
SECONDS = 120


def print_pdf(page: Path, pdf: Path, lang: str = "en") -> Path:
    """Print an HTML file; nothing half-written is left behind.

    Raises
    ------
    InstanceError
        If there is no browser, or it could not print.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    what = f"{pdf.name} cannot be written"
    if browser is None:
        raise InstanceError(what, [say("dossier.no browser", lang, path=page)])
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "printed.pdf"
        # a browser run by root has no sandbox to start; the page holds no script, and may load nothing
        free = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        call = [browser, *FLAGS, *free, f"--user-data-dir={folder}/profile", "--no-pdf-header-footer"]
        try:
            ended = subprocess.run(
                [*call, f"--print-to-pdf={draft}", page.resolve().as_uri()],
                capture_output=True, text=True, timeout=SECONDS, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise InstanceError(what, [say("dossier.no print", lang, why=error)]) from error
        if not draft.exists():
            lines = ended.stderr.strip().splitlines()
            raise InstanceError(what, [say("dossier.no print", lang, why=lines[-1] if lines else ended.returncode)])
        part = pdf.with_name(f".{pdf.name}.part")
        shutil.copyfile(draft, part)
        os.replace(part, pdf)
    return pdf
