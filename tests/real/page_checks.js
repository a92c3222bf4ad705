// What must hold of a page however it is looked at. Each check lists what does not.

const drawings = () => [...document.querySelectorAll("figure svg")];
const titleOf = (svg) => svg.closest("figure").querySelector("h2").textContent;
const round = (number) => Math.round(number * 100) / 100;
const pairs = (items) => items.flatMap((a, place) => items.slice(place + 1).map((b) => [a, b]));

// Texts of drawings, as the quadrangles that their letters fill on the screen.

// A line's box is higher than its letters by about this share above and below.
const AIR = 0.15;
const TOLERANCE = 1;

const quadrangle = (text) => {
  const { x, y, width, height } = text.getBBox();
  const [top, bottom] = [y + AIR * height, y + (1 - AIR) * height];
  const corners = [[x, top], [x + width, top], [x + width, bottom], [x, bottom]];
  const matrix = text.getScreenCTM();
  return corners.map(([x, y]) => new DOMPoint(x, y).matrixTransform(matrix));
};

const overlap = (a, b) => {
  const sides = [a, b].flatMap((of) => [[of[0], of[1]], [of[1], of[2]]]);
  return sides.every(([from, to]) => {
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const along = (at) => (at.x * (to.x - from.x) + at.y * (to.y - from.y)) / length;
    const [left, right] = [a, b].map((of) => of.map(along));
    const shared = Math.min(Math.max(...left), Math.max(...right))
      - Math.max(Math.min(...left), Math.min(...right));
    return shared > TOLERANCE;
  });
};

const textsOf = (svg) => [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim());

const overlapping = (svg) => {
  const placed = textsOf(svg).map((text) => [text.textContent, quadrangle(text)]);
  const found = pairs(placed).filter(([[, a], [, b]]) => overlap(a, b));
  return found.map(([[a], [b]]) => `${titleOf(svg)}: ${a} / ${b}`);
};

const cutOff = (svg) => {
  const edge = svg.getBoundingClientRect();
  const isOut = (text) => {
    const box = text.getBoundingClientRect();
    return box.left < edge.left - TOLERANCE || box.right > edge.right + TOLERANCE
      || box.top < edge.top - TOLERANCE || box.bottom > edge.bottom + TOLERANCE;
  };
  return textsOf(svg).filter(isOut).map((text) => `${titleOf(svg)}: ${text.textContent}`);
};

const tiny = (svg) => {
  const high = (text) => {
    const { a, b } = text.getScreenCTM();
    return text.getBBox().height * Math.hypot(a, b);
  };
  const found = textsOf(svg).filter((text) => high(text) < 8);
  return found.map((text) => `${titleOf(svg)}: ${text.textContent}, ${round(high(text))} px`);
};

const isOutOfSight = (svg) => {
  const { left, right, width, height } = svg.getBoundingClientRect();
  const { clientWidth } = document.documentElement;
  return !svg.checkVisibility() || width < 1 || height < 1 || left < 0 || right > clientWidth;
};

// Colours, each as red, green, blue and how much of it covers what is below.

const colour = (text) => {
  const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
  return [red, green, blue, alpha];
};
const over = (above, below) => {
  const mix = [0, 1, 2].map((part) => above[part] * above[3] + below[part] * (1 - above[3]));
  return [...mix, 1];
};
const luminance = (of) => {
  const [red, green, blue] = of.slice(0, 3).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (a, b) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

const background = (element) => {
  if (!element) return [255, 255, 255, 1];
  const own = colour(getComputedStyle(element).backgroundColor);
  return own[3] === 1 ? own : over(own, background(element.parentElement));
};

const painted = (shape) => {
  const { fill, fillOpacity, opacity } = getComputedStyle(shape);
  if (fill === "none") return [0, 0, 0, 0];
  const [red, green, blue, alpha] = colour(fill);
  return [red, green, blue, alpha * Number(fillOpacity) * Number(opacity)];
};

// The texts of a drawing with what is below the middle of each.
const inks = (svg) => {
  const paper = background(svg);
  const areas = [...svg.querySelectorAll("rect")];
  const placed = areas.map((area) => [area, area.getBoundingClientRect()]);
  return textsOf(svg).map((text) => {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const below = placed.filter(([area, box]) =>
      box.left <= x && x <= box.right && box.top <= y && y <= box.bottom
      && area.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING);
    const ground = below.reduce((ground, [area]) => over(painted(area), ground), paper);
    return [text.textContent, over(painted(text), ground), ground];
  });
};

const written = () => {
  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const elements = [...document.querySelectorAll("main *, footer *")];
  const seen = elements.filter((element) =>
    !element.closest("svg") && hasText(element) && element.checkVisibility());
  return seen.map((element) => {
    const ground = background(element);
    return [element.textContent, over(colour(getComputedStyle(element).color), ground), ground];
  });
};

const faint = () => {
  const texts = [...written(), ...drawings().flatMap(inks)];
  const found = texts.filter(([, ink, ground]) => contrast(ink, ground) < 4.5);
  return found.map(([text, ink, ground]) =>
    `${text.trim().slice(0, 40)}: ${round(contrast(ink, ground))}`);
};

const paleColours = () => {
  const root = getComputedStyle(document.documentElement);
  const hex = (name) => root.getPropertyValue(name).match(/[\da-f]{2}/gi).map((part) => parseInt(part, 16));
  const names = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `--c${number}`).concat("--event");
  return names.filter((name) => contrast(hex(name), hex("--surface")) < 3);
};

const nameless = () => {
  const named = [...document.querySelectorAll("figure")].filter((figure) =>
    figure.querySelector("[role=img][aria-label]:not([aria-label=''])"));
  return document.querySelectorAll("figure").length - named.length ? ["a figure without a name"] : [];
};

const sideways = () => {
  const { scrollWidth } = document.documentElement;
  return scrollWidth > innerWidth ? [`${scrollWidth} px of ${innerWidth}`] : [];
};

const checks = {
  "the page does not scroll sideways": sideways,
  "drawings are in sight": () => drawings().filter(isOutOfSight).map(titleOf),
  "drawings have shapes that tell something": () =>
    drawings().filter((svg) => !svg.querySelector(".shape")).map(titleOf),
  "drawings have names": nameless,
  "no text of a drawing is cut off": () => drawings().flatMap(cutOff),
  "no texts of a drawing overlap": () => drawings().flatMap(overlapping),
  "texts of drawings are high enough": () => drawings().flatMap(tiny),
  "texts have contrast": faint,
  "colours have contrast": paleColours,
};

return Object.entries(checks).map(([what, check]) => [what, check()]);
