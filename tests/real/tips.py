"""The tips of a page's drawings: what is told of a shape by mouse, by finger and by keys."""

from selenium.webdriver.common.keys import Keys

# The titles of the shapes as the file has them, before a script takes them away.
TITLES = """
const page = new DOMParser().parseFromString(arguments[0], "text/html");
const drawings = [...page.querySelectorAll("figure svg")];
return drawings.map((svg) => [...svg.querySelectorAll(":has(> title)")].map((shape) =>
  [...shape.children].find((child) => child.localName === "title").textContent));
"""
# Up to three shapes of a drawing whose middle nothing covers, to the pixel: a finger is told no finer.
AIMS = """
const svg = document.querySelectorAll("figure svg")[arguments[0]];
svg.scrollIntoView({ block: "center" });
const shapes = [...svg.querySelectorAll(".shape")];
const aims = shapes.map((shape, place) => {
  const { left, right, top, bottom } = shape.getBoundingClientRect();
  return { place, x: Math.round((left + right) / 2), y: Math.round((top + bottom) / 2) };
}).filter(({ place, x, y }) =>
  document.elementFromPoint(x, y)?.closest(".shape") === shapes[place]);
const chosen = new Set([aims[0], aims[Math.floor(aims.length / 2)], aims.at(-1)]);
return [...chosen].filter(Boolean);
"""
SHOWN = """
const tip = document.getElementById("tip");
if (!tip.checkVisibility()) return null;
const { left, right, top, bottom } = tip.getBoundingClientRect();
const isInside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
const lit = document.querySelectorAll(".on").length;
return [tip.textContent, isInside ? "inside" : "cut off", lit];
"""
IS_ON_DRAWING = "return document.activeElement.matches('.drawing')"
# More stops than a page has before its first drawing.
STOPS = 60


def titles(browser, page):
    """The texts of the shapes of each drawing, in their order."""
    return browser.run(TITLES, page.read_text(encoding="utf-8"))


def faults(browser, expected, reach):
    """The shapes of which something else is shown than their titles; reach points or taps."""
    found = []
    for number, texts in enumerate(expected):
        aims = browser.run(AIMS, number)
        if not aims:
            found.append(f"drawing {number}: no shape can be pointed at")
        for aim in aims:
            reach(aim["x"], aim["y"])
            shown, wanted = browser.run(SHOWN), [texts[aim["place"]], "inside", 1]
            if shown != wanted:
                found.append(f"drawing {number}: {shown}, not {wanted}")
    return found


def by_keyboard(browser):
    """The tips of the first drawing: when it is reached, one further, and when sent away."""
    for _ in range(STOPS):
        browser.press(Keys.TAB)
        if browser.run(IS_ON_DRAWING):
            first = browser.run(SHOWN)
            return [first, told(browser, Keys.ARROW_RIGHT), told(browser, Keys.ESCAPE)]
    return []


def told(browser, key):
    browser.press(key)
    return browser.run(SHOWN)
