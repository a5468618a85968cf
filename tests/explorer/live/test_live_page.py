"""New solves from the page: asked for, watched, shown, and still there after the page is loaded again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import scipy.sparse as sp

from solver.dossier import dossier, reasons
from solver.explorer.live.store import Store
from solver.explorer.live.worker import unpacked
from tests.explorer.conftest import PATIENCE

COUNT = "() => window.refugia.state.model.value.count"


@pytest.fixture
def visit(browser):
    """Open the page of a server."""
    contexts = []

    def open_it(ask):
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda asked: page.asked.append(asked.url))
        page.goto(ask.server.address)
        ready(page)
        return page

    yield open_it
    for context in contexts:
        context.close()


def ready(page) -> None:
    page.locator("html[data-ready], html[data-fault]").wait_for(state="attached")
    assert page.evaluate("document.documentElement.dataset.fault ?? ''") == ""


def limit(page, high: float) -> None:
    page.evaluate("high => window.refugia.state.setLimit(0, [null, high])", high)


def between(few) -> float:
    cost = few.front.points[:, 0]
    return float(cost.min() + 0.4 * (cost.max() - cost.min()))


def find(page) -> None:
    page.get_by_role("button", name="Find such a plan").click()


def test_a_new_alternative_appears_becomes_current_and_outlives_the_page(start, visit, few):
    ask = start()
    page = visit(ask)
    before = page.evaluate(COUNT)
    limit(page, between(few))
    panel = page.get_by_role("region", name="Ask for a new plan")
    assert panel.get_by_text("Cost at most").count() == 1
    find(page)
    panel.get_by_role("button", name="Alternative L1 is shown").wait_for()
    assert page.evaluate(COUNT) == before + 1
    state = "() => { const s = window.refugia.state; return s.model.value.ids[s.current.value]; }"
    assert page.evaluate(state) == "L1"
    values = page.evaluate("() => window.refugia.state.model.value.values.map(v => v[v.length - 1])")
    assert values == ask("GET", "/api/jobs/1").told["addition"]["values"]
    assert panel.get_by_role("status").last.text_content() == "A new alternative was found: L1. It is the current one."
    page.reload()
    ready(page)
    assert page.evaluate(COUNT) == before + 1 and page.evaluate(state) == "L1"
    assert panel.get_by_role("button", name="Alternative L1 is shown").count() == 1
    # the same wish once more is answered by what is there
    find(page)
    panel.get_by_text("The best answer to the wish is alternative L1, which is there already.").wait_for()
    assert page.evaluate(COUNT) == before + 1
    here = f"http://127.0.0.1:{ask.server.port}/"
    assert [url for url in page.asked if not url.startswith((here, "data:", "blob:"))] == []
    assert page.said == []


def test_a_wish_without_a_plan_is_explained_and_limits_can_be_moved_within_reach(start, visit, few):
    page = visit(start())
    limit(page, -1000.0)
    find(page)
    page.get_by_text("No plan does this: Cost at most -1,000 EUR.").wait_for()
    page.get_by_role("button", name="Move the limits to these values").click()
    assert page.evaluate("() => window.refugia.state.limits.value[0][1]") == pytest.approx(0.0, abs=1e-6)
    page.evaluate("() => { window.refugia.state.lang.value = 'zh'; }")
    page.get_by_text("没有方案能满足：").wait_for()


def test_progress_is_seen_followed_after_a_reload_and_cancelled(start, slow, visit):
    ask = start()
    page = visit(ask)
    page.get_by_label("Seconds").fill("600")
    find(page)
    bar = page.get_by_role("progressbar", name="Progress of wish 1")
    bar.wait_for()
    page.get_by_text("searching ·").wait_for()
    page.reload()
    ready(page)
    bar.wait_for()
    find(page)
    page.get_by_role("button", name="Cancel wish 2").wait_for()
    page.get_by_role("button", name="Cancel wish 1").click()
    page.get_by_role("button", name="Ask wish 1 again").wait_for()
    assert ask("GET", "/api/jobs/1").told["state"] == "cancelled"
    page.get_by_role("progressbar", name="Progress of wish 2").wait_for()


def test_settled_sites_and_goals_stand_in_words_and_can_be_taken_back(start, slow, visit, few):
    ask = start()
    page = visit(ask)
    site, title = next(iter(ask.server.known.forceable["sites"][0].items()))
    page.evaluate(
        """site => {
          const s = window.refugia.state;
          s.forced.value = new Map([[`sites|${site}`, 1]]);
          s.setGoal(1, 200);
        }""",
        site,
    )
    panel = page.get_by_role("region", name="Ask for a new plan")
    panel.get_by_text(f"{title} must be used").wait_for()
    page.get_by_label("Seconds").fill("1")
    find(page)
    page.get_by_role("button", name="Remove wish 1 from the list").wait_for()
    wish = ask("GET", "/api/jobs/1").told["wish"]
    assert wish["force"] == {f"sites|{site}": 1} and wish["goals"] == {"unserved": 200} and wish["seconds"] == 1
    panel.get_by_role("button", name=f"Remove: {title} must be used").click()
    assert page.evaluate("() => window.refugia.state.forced.value.size") == 0
    page.get_by_role("button", name="Remove wish 1 from the list").click()
    panel.get_by_text("Wishes and answers").wait_for(state="detached")
    assert ask("GET", "/api/jobs").told["jobs"] == []


def test_what_the_server_refuses_is_said_in_words(start, slow, visit):
    ask = start()
    page = visit(ask)
    page.evaluate("() => { window.refugia.state.forced.value = new Map([['sites|nowhere', 1]]); }")
    find(page)
    page.get_by_text("nowhere: layer sites has no such feature").wait_for()
    page.evaluate("() => { window.refugia.state.lang.value = 'zh'; }")
    page.get_by_text("图层 sites 中没有此要素").wait_for()


def test_a_server_that_goes_away_is_said_and_nothing_is_lost(start, slow, visit, few):
    ask = start()
    page = visit(ask)
    limit(page, between(few))
    page.get_by_label("Seconds").fill("600")
    find(page)
    page.get_by_role("progressbar", name="Progress of wish 1").wait_for()
    ask.server.close()
    page.get_by_text("The server does not answer.").wait_for()
    assert page.get_by_role("button", name="Find such a plan").is_disabled()
    assert page.get_by_text("Wish 1", exact=True).count() == 1
    assert page.evaluate("() => window.refugia.state.limits.value[0][1]") == between(few)
    # another server in its place has another token
    again = start(port=ask.server.port)
    page.get_by_text("The server was started again with another address.").wait_for()
    page.goto(again.server.address)
    ready(page)
    page.get_by_role("button", name="Ask wish 1 again").wait_for()


def test_a_copy_of_the_page_keeps_what_was_found_live(start, visit, open_file, few, tmp_path):
    ask = start()
    page = visit(ask)
    limit(page, between(few))
    find(page)
    page.get_by_role("button", name="Alternative L1 is shown").wait_for()
    # loaded again, it is fetched once more, and kept once
    page.reload()
    ready(page)
    page.get_by_role("button", name="Save and share").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save a copy of this page").click()
    copy = tmp_path / "copy.html"
    saved.value.save_as(copy)
    text = copy.read_text("utf-8")
    assert ask.server.token not in text and "connect-src 'none'" in text
    ask.server.close()
    opened = open_file(copy)
    told = Store.of(ask.server.folder, ask.server.digest).load()
    addition = next(job["addition"] for job in told)
    assert opened.run(COUNT) == len(few.front) + 1
    assert opened.run("() => window.refugia.state.model.value.ids.at(-1)") == "L1"
    assert opened.run("() => window.refugia.state.model.value.values.map(v => v.at(-1))") == addition["values"]
    # its sites on the map are those of the plan that was found
    plan = unpacked(next(Store.of(ask.server.folder, ask.server.digest).load())["plan"], few.asked.matrix.shape[1])
    sites = {few.asked.instance.sites.site.label(int(k)) for k in reasons.opened(few.asked, sp.csr_array(plan[None]))}
    script = """() => {
      const { state, decisions } = window.refugia, m = state.model.value, last = m.count - 1;
      const layer = m.layers.find((l) => l.name === "sites");
      return [...decisions(layer, last)].flatMap((on, k) => (on ? [layer.ids[layer.choices.feature[k]]] : []));
    }"""
    assert set(opened.run(script)) == sites
    opened.run("() => { const s = window.refugia.state; s.current.value = s.model.value.count - 1; }")
    opened.page.get_by_role("heading", name="Alternative L1").wait_for()
    assert all(url.startswith(("file:", "data:", "blob:")) for url in opened.asked)


def faults(page) -> list[str]:
    """What axe finds in the dialog that is open."""
    found = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    page.evaluate((Path(found.__file__).parent / "axe.min.js").read_text("utf-8"))
    script = "async () => (await axe.run('dialog[open]', { resultTypes: ['violations'] })).violations.map((v) => v.id)"
    return page.evaluate(script)


def test_a_dossier_is_written_and_saved_from_the_page(start, visit, few):
    ask = start()
    page = visit(ask)
    page.evaluate(
        "() => { const s = window.refugia.state; s.current.value = 1; s.notes.value = { 2: 'seen & agreed' }; }"
    )
    page.get_by_role("button", name="Dossier").click()
    box = page.get_by_role("dialog", name="Dossier of alternative 2")
    assert faults(page) == []
    with page.expect_download() as saved:
        box.get_by_role("button", name="Write all of it").click()
        box.get_by_role("progressbar").wait_for()
        assert box.get_by_role("button", name="Write it without the reasons").is_disabled()
    assert saved.value.suggested_filename == "alternative-2.html"
    assert Path(saved.value.path()).read_text("utf-8") == dossier(few, "2", note="seen & agreed").html()
    box.get_by_text("Saved as alternative-2.html.").wait_for()
    assert faults(page) == []
    box.get_by_role("button", name="Close").click()
    assert page.evaluate("document.activeElement.textContent") == "Dossier"
    page.evaluate("() => { window.refugia.state.lang.value = 'zh'; }")
    page.get_by_role("button", name="方案文档").click()
    ask.server.close()
    page.get_by_role("button", name="生成快速版").click()
    page.get_by_text(re.compile("未能生成文档： 服务器(没有响应。|已结束)")).wait_for()
    assert page.said == []


def test_offline_the_page_tells_the_command_for_a_dossier(open_page, small):
    opened = open_page(small, lang="zh")
    opened.page.get_by_role("button", name="方案文档").click()
    box = opened.page.get_by_role("dialog")
    which = opened.run("() => { const s = window.refugia.state; return s.model.value.ids[s.current.value]; }")
    assert box.get_by_role("textbox").input_value() == f"refugia dossier RUN {which} --lang zh"
    box.get_by_role("button", name="复制").click()
    box.get_by_text(re.compile("已复制|请按")).wait_for()
    assert faults(opened.page) == []
    assert box.get_by_role("button", name="生成").count() == 0
