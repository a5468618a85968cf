from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from solver.page.page import SCRIPTS, embedded, page_script, texts, write_page
from tests.page.conftest import NASTY

VOID = {"meta", "link", "br", "img", "input", "hr", "path", "text", "circle"}


class Reading(HTMLParser):
    """Every element with its attributes and text, and whether what is opened is closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), []))
        if tag not in VOID - {"text"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), []))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        if self.open and self.elements[-1][0] == self.open[-1]:
            self.elements[-1][2].append(data)

    def text_of(self, **wanted):
        return next("".join(t) for _, a, t in self.elements if all(a.get(k) == v for k, v in wanted.items()))


@pytest.fixture(scope="module")
def page(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "方案 1.html"
    assert write_page(plan, path) == path
    return path.read_text("utf-8")


@pytest.fixture(scope="module")
def reading(page):
    reader = Reading()
    reader.feed(page)
    return reader


def test_the_page_is_well_formed(reading):
    assert reading.faults == []
    assert reading.open == []
    ids = [a["id"] for _, a, _ in reading.elements if "id" in a]
    assert len(ids) == len(set(ids))


def test_nothing_is_loaded_from_anywhere(page, reading):
    loading = {"src", "srcset", "data", "poster", "background", "action", "formaction", "ping", "manifest"}
    assert [(t, a) for t, a, _ in reading.elements if loading & set(a)] == []
    assert [(t, a) for t, a, _ in reading.elements if t in ("link", "iframe", "object", "embed", "base")] == []
    style = "".join("".join(text) for tag, _, text in reading.elements if tag == "style")
    assert re.findall(r"url\(|@import|@font-face", style) == []
    code = page_script()
    assert (
        re.findall(r"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|importScripts|new Worker|\bimport\(|\beval\(", code)
        == []
    )
    assert set(re.findall(r"https?://[^\s\"'`]+", code + style)) <= {"http://www.w3.org/2000/svg"}


def test_the_policy_forbids_everything_but_the_one_script(reading):
    content = next(a["content"] for t, a, _ in reading.elements if a.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in content.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    scripts = [
        "".join(text) for t, a, text in reading.elements if t == "script" and a.get("type") != "application/json"
    ]
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert rules["script-src"] == f"'sha256-{digest}'"


def test_the_payload_survives_whatever_the_data_say(plan, reading):
    payload = json.loads(reading.text_of(id="payload"))
    assert payload["about"]["sources"] == [NASTY]
    assert payload["solution"]["value"] == plan.solution.value
    assert sum(t == "script" for t, _, _ in reading.elements) == 4  # three of data, one of code


def test_embedded_json_holds_no_sign_that_ends_a_script():
    assert not set(embedded({"a": "</script>&\u2028"})) & set("<>&\u2028")
    assert json.loads(embedded({"a": "</script>&\u2028"})) == {"a": "</script>&\u2028"}


def test_every_text_exists_in_both_languages_and_fills_in_the_same_values():
    for key, entry in texts().items():
        assert set(entry) == {"en", "zh"}, key
        assert all(text.strip() for text in entry.values()), key
        named = {lang: set(re.findall(r"\{(\w+)", text)) for lang, text in entry.items()}
        assert named["zh"] <= named["en"], key
        if not key.startswith("title:"):
            assert entry["en"].isascii() or not re.search(r"[\u4e00-\u9fff]", entry["en"]), key


def test_every_text_the_script_asks_for_exists(reading):
    code = page_script()
    asked = set(re.findall(r"""\bt\("([\w.]+)"[,)]""", code)) | set(re.findall(r'\? "([a-z]+\.[\w.]+)" : "', code))
    asked |= set(re.findall(r' : "([a-z]+\.[\w.]+)"\)?', code)) | {
        a["data-t"] for _, a, _ in reading.elements if a.get("data-t")
    }
    assert len(asked) > 120
    assert asked - set(texts()) == set()


def test_every_text_is_used():
    code = page_script()
    template = "".join(SCRIPTS)
    loose = [
        key for key in texts()
        if ":" not in key and not key.startswith(("status.", "nav.")) and f'"{key}"' not in code + template
    ]  # fmt: skip
    in_template = {"skip", "over", "map.title", "map.intro", "map.n", "map.keys", "map.twin"}
    assert set(loose) - in_template == set()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_starts_in_the_language_asked_for(plan, tmp_path, lang):
    text = write_page(plan, tmp_path / "page.html", lang).read_text("utf-8")
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in text
    assert json.loads(re.search(r'id="payload">(.*?)</script>', text)[1])["lang"] == lang


def test_nothing_is_left_behind_when_the_file_cannot_be_written(plan, tmp_path):
    (tmp_path / "page.html").mkdir()
    with pytest.raises(OSError):
        write_page(plan, tmp_path / "page.html")
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]


def test_the_page_of_a_tiny_town_is_small(page):
    assert len(page.encode()) < 300_000
