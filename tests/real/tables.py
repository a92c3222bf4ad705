"""The tables of a page: whether their heads sort them."""

import html
import re

from processes import Failed
from selenium.webdriver.common.keys import Keys

# Each table's cells, the place of each in its column among words in the order of a dictionary, b2 before b10,
# and the order of the rows after each of three clicks on each head.
CLICKED = """
const { compare } = new Intl.Collator("en", { numeric: true });
const places = (words) => words.map((word) => words.filter((other) => compare(other, word) < 0).length);
return [...document.querySelectorAll("table")].map((table) => {
  const rows = [...table.tBodies[0].rows];
  const cells = rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  const order = () => [...table.tBodies[0].rows].map((row) => rows.indexOf(row));
  const heads = [...table.tHead.rows[0].cells].map((head, column) => ({
    name: head.textContent,
    places: head.classList.contains("word") && places(cells.map((row) => row[column])),
    clicks: [1, 2, 3].map(() => {
      head.querySelector("button").click();
      return [head.getAttribute("aria-sort"), order()];
    }),
  }));
  return { cells, heads };
});
"""
FOCUSED_HEAD = """
const head = document.activeElement.closest("th");
return head && [head.textContent, head.getAttribute("aria-sort")];
"""
NUMBER = re.compile(r"([<>]?) ?(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?: %| ± \d+(?:\.\d+)? ?%?)?")
# Whatever a figure may look like.
ODD_FIGURES = [
    *("9.5", "10.25", "0.5", "0.25", "", "< 0.001", "0.001", "12.35 %", "1.1285 ± 0.0374"),
    *("131074", "-3", "", "1330.203", "0.0990", "9.09 %", "1.1 ± 0.2", "0.0000"),
]
# More stops than a page has before its first table.
STOPS = 300


def with_odd_figures(page):
    """The same page with another table in place of its first."""
    heads = '<th scope="col" class="word">name</th><th scope="col">figure</th>'
    rows = [
        f'<tr><th scope="row">b{number}</th><td>{html.escape(figure)}</td></tr>'
        for number, figure in enumerate(ODD_FIGURES)
    ]
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    before, _, rest = page.read_text(encoding="utf-8").partition("<table>")
    after = rest.partition("</table>")[2]
    odd = page.with_name("odd.html")
    odd.write_text(before + table + after, encoding="utf-8")
    return odd


def faults(browser):
    """The heads that do not sort as they should: upwards, downwards, and as it was."""
    tables = browser.run(CLICKED)
    return [
        f"table {number}, {head['name']}: {fault}"
        for number, table in enumerate(tables, 1)
        for column, head in enumerate(table["heads"])
        for fault in head_faults(head, [row[column] for row in table["cells"]])
    ]


def head_faults(head, cells):
    """What is wrong with the order of the rows after each click."""
    places = head["places"] or map(number_key, cells)
    keys = [place if cell else None for cell, place in zip(cells, places, strict=True)]
    unsorted = list(range(len(cells)))
    expected = [("ascending", False), ("descending", True), (None, None)]
    for (said, order), (way, is_downwards) in zip(head["clicks"], expected, strict=True):
        if said != way:
            yield f"said to be {said}, not {way}"
        if sorted(order) != unsorted:
            yield f"{way}: rows are lost"
        elif way is None and order != unsorted:
            yield "not as it was"
        elif way and not is_ordered([keys[row] for row in order], is_downwards):
            yield f"not {way}: {[cells[row] for row in order][:20]}"


def is_ordered(keys, is_downwards):
    """Whether keys are in order, those that are none behind the others."""
    filled = [key for key in keys if key is not None]
    return keys[: len(filled)] == sorted(filled, reverse=is_downwards)


def number_key(text):
    """The number of a cell, if it has one; what is less than a number comes before it."""
    if not text:
        return None
    found = NUMBER.fullmatch(text)
    if not found:
        raise Failed(f"a cell in a column of numbers is none: {text!r}")
    return float(found[2]), {"<": -1, "": 0, ">": 1}[found[1]]


def sorts_by_keyboard(browser):
    """What the first head says that the keyboard reaches, after each press."""
    for _ in range(STOPS):
        browser.press(Keys.TAB)
        if browser.run(FOCUSED_HEAD):
            return [pressed(browser, key) for key in (Keys.ENTER, Keys.SPACE, Keys.ENTER)]
    return []


def pressed(browser, key):
    browser.press(key)
    return browser.run(FOCUSED_HEAD)[1]
