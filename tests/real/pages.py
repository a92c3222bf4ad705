"""Reports as pages in Chromium: seen, pointed at, typed into, printed, and nothing fetched."""

import tempfile
from pathlib import Path

import page_pictures
import tables
import tips
from chromium import BrowserError, View, chromium
from evenkeel import PROGRAM
from processes import Failed, run
from scenario import Outcome

from report import SHOWN

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PICTURES = ROOT / "target/real/pages"
CHECKS = (HERE / "page_checks.js").read_text(encoding="utf-8")
LARGEST = 2_000_000
GALLERY = ROOT / "docs/gallery.md"

WIDE = View(1280, "light")
NARROW = View(400, "light", touch=True)
VIEWS = [WIDE, View(1280, "dark"), NARROW, View(400, "dark")]
# As wide as A4 between its margins; paper is white whatever the screen is.
PAPER = View(718, "dark", media="print")
PICTURED = [WIDE, View(1280, "dark"), NARROW]

TABLES_WITHOUT_FIGURES = """
const tables = [...document.querySelectorAll("table")];
const isThere = (table) =>
  table.checkVisibility({ contentVisibilityAuto: true }) && table.getBoundingClientRect().height > 10;
return tables.filter((table) => !isThere(table)).map((table) => table.caption?.textContent);
"""
PAPER_COLOUR = "return getComputedStyle(document.body).backgroundColor"


def play(report, docs=None):
    """Writes the page, looks at it in every view, and uses it; the docs' pictures go to a folder, if there is one."""
    outcome = Outcome("pages", report.title, counted="checks")
    try:
        with tempfile.TemporaryDirectory(prefix="evenkeel-real-") as folder, chromium() as browser:
            page = written(report, Path(folder))
            outcome.answers += [*told(report), *checked(browser, page)]
            page_pictures.take(browser, page, report.title, PICTURED, PICTURES)
            if docs:
                page_pictures.take_for_docs(browser, page, report, docs)
    except (Failed, OSError, BrowserError) as error:
        outcome.fault = str(error)
    return outcome


def told(report):
    """Where the docs show a page, they have its command."""
    if report.shown:
        command = f"evenkeel {report.command} -o {report.title}.html"
        yield "the gallery has its command", command in GALLERY.read_text(encoding="utf-8"), True


def written(report, folder):
    """The page that the command writes."""
    page = folder / "report.html"
    for name, text in report.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    run([PROGRAM, *report.arguments(folder), "-o", str(page)])
    return page


def checked(browser, page):
    """What is looked for, what is found, and what should be."""
    size = page.stat().st_size
    yield "its size is modest", size, min(size, LARGEST)
    for view in VIEWS:
        yield from seen(browser, page, view)
    yield from pointed(browser, page)
    yield from typed(browser, page)
    yield from printed(browser, page)


def looked_at(browser, view):
    """What must hold on paper as well, with the first of what does not."""
    for what, faults in browser.run(CHECKS):
        yield f"{view}: {what}", faults[:SHOWN], []


def seen(browser, page, view):
    """What must hold on a screen."""
    browser.open(page, view)
    yield from looked_at(browser, view)
    yield f"{view}: the console is silent", browser.console(), []
    yield f"{view}: nothing else is fetched", browser.requested(), [page.as_uri()]


def pointed(browser, page):
    """Tips by mouse and by finger, and heads that are clicked."""
    browser.open(page, WIDE)
    titles = tips.titles(browser, page)
    yield "the mouse shows tips", tips.faults(browser, titles, browser.point), []
    yield "heads sort", tables.faults(browser), []
    browser.open(tables.with_odd_figures(page), WIDE)
    yield "heads sort odd figures", tables.faults(browser), []
    browser.open(page, NARROW)
    yield "a finger shows tips", tips.faults(browser, titles, browser.tap), []


def typed(browser, page):
    """The same without a mouse."""
    browser.open(page, WIDE)
    told = next(filter(None, tips.titles(browser, page)), None)
    if told:
        # Beyond the last there is none.
        first, second = (told * 2)[:2]
        expected = [[first, "inside", 1], [second, "inside", 1], None]
        yield "keys show tips", tips.by_keyboard(browser), expected
    yield "keys sort", tables.sorts_by_keyboard(browser), ["ascending", "descending", None]


def printed(browser, page):
    """On paper every table is there, and the sheet is white."""
    browser.open(page, PAPER)
    yield from looked_at(browser, PAPER)
    yield f"{PAPER}: figures are there", browser.run(TABLES_WITHOUT_FIGURES), []
    yield f"{PAPER}: it is white", browser.run(PAPER_COLOUR), "rgb(255, 255, 255)"
