"""What leaves the page as tables, notes, copies and pictures, made by a browser from a page on disk."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from solver.explorer.page import page_text, read_payload
from solver.explorer.payload import payload
from solver.outputs.textfile import write_text

SVG = "{http://www.w3.org/2000/svg}"
PREPARED = """() => {
  const s = window.refugia.state;
  s.shortlist.value = [9, 2, 5];
  s.notes.value = {"": "整体：先看第三个", "3": '=cheap, "good" </script>\\nnext line'};
}"""


def saved(opened, button: str, menu: str = "Save and share") -> Path:
    """The file that a button of the menu hands out."""
    page = opened.page
    if not page.get_by_role("dialog").count():
        page.get_by_role("button", name=menu, exact=True).click()
    with page.expect_download() as found:
        page.get_by_role("button", name=button, exact=True).click()
    target = opened.path.parent / found.value.suggested_filename
    found.value.save_as(target)
    return target


def table(path: Path) -> list[dict[str, str]]:
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")  # by which Excel knows UTF-8
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))


@pytest.fixture
def prepared(open_page, small):
    opened = open_page(small)
    opened.run(PREPARED)
    return opened


def test_the_shortlist_as_csv_has_every_digit_of_the_front_and_the_notes(prepared, small):
    rows = table(saved(prepared, "Values and notes"))
    assert [row["Alternative"] for row in rows] == [small.alternatives.ids[k] for k in (9, 2, 5)]
    for row, at in zip(rows, (9, 2, 5), strict=True):
        for k, objective in enumerate(small.objectives):
            unit = objective.unit["en"]
            column = objective.label["en"] + ("" if unit == "1" else f" [{unit}]")
            assert float(row[column]) == small.alternatives.values[at, k]
        assert float(row["Distance to the bound (share of the range)"]) == small.alternatives.distance[at]
    # a spreadsheet would run a note that begins as a formula does
    assert rows[1]["Note"] == '\'=cheap, "good" </script>\nnext line'


def test_csv_headers_follow_the_language_of_the_page(open_page, small):
    opened = open_page(small, lang="zh")
    rows = table(saved(opened, "全部方案（120）", "保存与分享"))
    assert len(rows) == 120
    assert "步行时间 [min]" in rows[0]
    assert {row["证明状态"] for row in rows} <= {"已证明", "在容许间隙内", "已找到"}


def test_scenario_results_as_csv_equal_the_content(prepared, small):
    rows = table(saved(prepared, "Results by scenario"))
    assert len(rows) == 3 * len(small.futures.names)
    for row in rows:
        a, s = small.alternatives.ids.index(row["Alternative"]), small.futures.names.index(row["Scenario"])
        assert float(row["Probability"]) == small.futures.probability[s]
        for measure in small.futures.measures:
            unit = measure.unit["en"]
            assert float(row[measure.label["en"] + ("" if unit == "1" else f" [{unit}]")]) == measure.values[a, s]


def test_decisions_as_csv_equal_the_content(prepared, small):
    rows = table(saved(prepared, "Decisions"))
    land, sites, links = small.layers
    for a in (9, 2, 5):
        of = [row for row in rows if row["Alternative"] == small.alternatives.ids[a]]
        zoned = [row["Name of the decision in the data"] for row in of if row["Layer"] == "Land use"]
        assert zoned == [land.kinds[k].name for k in land.decisions.chosen[a]]
        for layer in (sites, links):
            rows_of = [row for row in of if row["Layer"] == layer.label["en"]]
            taken = {(row["Feature"], row["Name of the decision in the data"]) for row in rows_of}
            options = np.flatnonzero(layer.decisions.chosen[a])
            made = layer.decisions
            assert taken == {(layer.ids[made.feature[o]], layer.kinds[made.kind[o]].name) for o in options}


def test_a_copy_of_the_page_opens_with_shortlist_notes_view_and_language(prepared, open_file):
    prepared.run(
        """() => { const s = window.refugia.state; s.view.value = "compare"; s.slots.value = [2, 5, null];
        s.limits.value = s.limits.value.map((l, k) => k === 0 ? [null, 300.125] : l); }"""
    )
    prepared.page.get_by_role("button", name="中文").click()
    copy = saved(prepared, "保存此页面的副本", "保存与分享")
    again = open_file(copy)
    for name in ("shortlist", "slots", "view", "lang", "limits", "notes", "current"):
        assert again.state(name) == prepared.state(name)
    assert again.state("shortlist") == [9, 2, 5]
    assert again.state("lang") == "zh"
    text = copy.read_text("utf-8")
    assert read_payload(text) == read_payload(prepared.path.read_text("utf-8"))
    assert text.count("</script>") == prepared.path.read_text("utf-8").count("</script>")


def test_a_copy_of_a_served_page_knows_no_token_and_connects_to_nothing(browser, small, tmp_path):
    served = page_text(payload(small), live={"token": "secret-token"})
    context = browser.new_context()
    page = context.new_page()
    page.route(
        "http://localhost/**",
        lambda route: (
            route.fulfill(status=200, content_type="text/html", body=served)
            if route.request.url.split("#")[0].endswith("/")
            else route.fulfill(status=404)
        ),
    )
    page.goto("http://localhost/")
    page.locator("html[data-ready], html[data-fault]").wait_for(state="attached")
    page.get_by_role("button", name="Save and share", exact=True).click()
    with page.expect_download() as found:
        page.get_by_role("button", name="Save a copy of this page").click()
    text = Path(found.value.path()).read_text("utf-8")
    context.close()
    assert "connect-src 'self'" in served
    assert "connect-src 'none'" in text
    assert "connect-src 'self'" not in text
    assert "secret-token" not in text


def test_alternatives_found_live_are_kept_in_a_copy(open_file, small, tmp_path):
    one = lambda values, dtype: {  # noqa: E731
        "dtype": dtype,
        "shape": [len(values)],
        "data": base64.b64encode(np.asarray(values).tobytes()).decode(),
    }
    land, sites, _ = small.layers
    chosen = np.zeros(len(sites.decisions.feature), np.uint8)
    chosen[3] = 1
    addition = {
        "id": "live-1", "job": "j", "values": [90.5, 1, 2, 3, 4, 5], "label": 0, "distance": 0.0, "verified": None,
        "origin": "live",
        "layers": {
            "land": {"classes": one(land.decisions.today.astype(np.uint8), "u1"), "amounts": {}},
            "sites": {"chosen": one(chosen, "u1"), "amounts": {}},
        },
        "measures": {},
    }  # fmt: skip
    session = {"shortlist": ["live-1", "3"], "notes": {"live-1": "现场求得"}, "additions": [addition]}
    first = open_file(write_text(page_text(payload(small), session=session), tmp_path / "first.html"))
    again = open_file(saved(first, "Save a copy of this page"))
    for opened in (first, again):
        assert opened.state("shortlist") == [120, 2]
        assert opened.state("notes") == {"live-1": "现场求得"}
        found = opened.run(
            """() => { const m = window.refugia.state.model.value; const at = m.at.get("live-1");
            return [m.count, m.values.map(v => v[at]), [...window.refugia.decisions(m.layers[1], at)]]; }"""
        )
        assert found == [121, [90.5, 1, 2, 3, 4, 5], chosen.tolist()]


def test_notes_come_back_from_their_file_and_are_merged(prepared, open_page, small, tmp_path):
    path = saved(prepared, "Save (JSON)")
    told = json.loads(path.read_text("utf-8"))
    assert told["shortlist"] == ["10", "3", "6"]
    other = open_page(small)
    other.run('() => { const s = window.refugia.state; s.shortlist.value = [7]; s.notes.value = {"3": "mine"}; }')
    told["shortlist"].append("nobody")
    path.write_text(json.dumps(told), "utf-8")
    page = other.page
    page.get_by_role("button", name="Save and share", exact=True).click()
    page.locator('input[type="file"]').set_input_files(path)
    page.get_by_text("Not in this front (1): nobody.").wait_for()
    assert other.state("shortlist") == [7, 9, 2, 5]
    note = other.state("notes")["3"]
    assert note.startswith("mine\n")
    assert note.endswith("next line")
    for text, fault in (("{", "not JSON"), ('{"schema": "x"}', "refugia-notes/1"), ("[]", "refugia-notes/1")):
        path.write_text(text)
        page.locator('input[type="file"]').set_input_files(path)
        page.get_by_text(fault).wait_for()
    assert other.state("shortlist") == [7, 9, 2, 5]


@pytest.mark.parametrize("view", ["explore", "compare", "robustness", "noregret", "about"])
def test_the_svg_of_a_view_is_xml_without_scripts_that_looks_like_the_png(prepared, view, browser):
    prepared.run("view => { const s = window.refugia.state; s.slots.value = [2, 5, null]; s.view.value = view; }", view)
    page = prepared.page
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Save and share", exact=True).click()
    rows = page.locator(".pictures li").first
    files = []
    for kind in ("SVG", "PNG"):
        with page.expect_download() as found:
            rows.get_by_role("button", name=kind).click()
        files.append(prepared.path.parent / found.value.suggested_filename)
        found.value.save_as(files[-1])
    text = files[0].read_text("utf-8")
    root = ElementTree.fromstring(text)
    kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert kinds <= {"svg", "title", "desc", "path", "text", "g", "clipPath"}
    assert not re.search(r"href|javascript|on\w+=", re.sub(r">[^<]*<", "><", text))
    words = " ".join(element.text or "" for element in root.iter(f"{SVG}text"))
    assert "Kelan Bay" in words
    assert "made with Refugia" in words
    blank = browser.new_page()
    differing, inked = blank.evaluate(COMPARED, [as_address(files[0], "svg+xml"), as_address(files[1], "png")])
    blank.close()
    assert inked > 0.01
    assert differing < 0.02


COMPARED = """async ([svg, png]) => {
  const read = async (address) => {
    const image = new Image(); image.src = address; await image.decode(); return image;
  };
  const [a, b] = [await read(svg), await read(png)];
  const pixels = (image) => {
    const canvas = document.createElement("canvas"); [canvas.width, canvas.height] = [a.width, a.height];
    const context = canvas.getContext("2d"); context.fillStyle = "#fff"; context.fillRect(0, 0, a.width, a.height);
    context.drawImage(image, 0, 0, a.width, a.height);
    return context.getImageData(0, 0, a.width, a.height).data;
  };
  const [p, q] = [pixels(a), pixels(b)];
  let differing = 0, inked = 0;
  for (let k = 0; k < p.length; k += 4) {
    const apart = Math.abs(p[k] - q[k]) + Math.abs(p[k + 1] - q[k + 1]) + Math.abs(p[k + 2] - q[k + 2]);
    if (apart > 150) differing++;
    if (p[k] + p[k + 1] + p[k + 2] < 600) inked++;
  }
  return [differing / (p.length / 4), inked / (p.length / 4)];
}"""


def as_address(path: Path, kind: str) -> str:
    return f"data:image/{kind};base64," + base64.b64encode(path.read_bytes()).decode()


def test_the_link_is_put_into_a_field_where_the_clipboard_is_closed(prepared):
    page = prepared.page
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Save and share", exact=True).click()
    page.get_by_role("button", name="Copy the link").click()
    field = page.get_by_role("textbox", name="Link to this view")
    assert field.input_value().endswith("#" + prepared.run("() => window.refugia.written()"))
    assert page.evaluate("() => [document.activeElement.selectionStart, document.activeElement.selectionEnd]") == [
        0,
        len(field.input_value()),
    ]


@pytest.mark.parametrize("view", ["explore", "compare", "robustness", "noregret", "about"])
@pytest.mark.parametrize("landscape", [True, False])
def test_every_view_prints_with_its_heading_and_source(prepared, view, landscape, tmp_path):
    pdf = tmp_path / "page.pdf"
    prepared.run("view => { window.refugia.state.view.value = view; }", view)
    prepared.page.wait_for_timeout(200)
    prepared.page.pdf(path=str(pdf), format="A4", landscape=landscape)
    assert pdf.read_bytes().startswith(b"%PDF")
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: the words on paper are not read")
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True, text=True).stdout
    assert "Kelan Bay" in text
    assert "made with Refugia" in text
    assert "Save and share" not in text
    if view == "explore":
        rows = [line for line in text.splitlines() if re.search(r"\b(proven|within gap|found)\b.*%", line)]
        assert len(rows) >= 120  # all of them, not only those in the window
