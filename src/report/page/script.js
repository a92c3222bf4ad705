"use strict";

/* Tables are sorted by their heads: upwards, downwards, and as they were. */
{
  const words = new Intl.Collator("en", { numeric: true });

  /* What a cell sorts by: nothing if it is blank, and of `1.13 ± 0.04` the mean. "< 1" comes before 1. */
  const figure = (text) => {
    const found = /-?\d+(\.\d+)?(e[-+]?\d+)?/i.exec(text.replaceAll(",", ""));
    return found && [Number(found[0]), { "<": -1, ">": 1 }[text[0]] ?? 0];
  };
  const byFigure = (a, b) => a[0] - b[0] || a[1] - b[1];
  const word = (text) => text || null;

  const sorted = (rows, column, isWord, sign) => {
    const [key, compare] = isWord ? [word, words.compare] : [figure, byFigure];
    const keyed = rows.map((row) => ({ row, key: key(row.cells[column].textContent.trim()) }));
    const filled = keyed.filter((each) => each.key !== null);
    const blank = keyed.filter((each) => each.key === null);
    filled.sort((a, b) => sign * compare(a.key, b.key));
    return [...filled, ...blank].map((each) => each.row);
  };

  for (const table of document.querySelectorAll("table")) {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    const original = [...body.rows];

    const sort = (head) => {
      const next = { ascending: "descending", descending: null };
      const way = head.ariaSort in next ? next[head.ariaSort] : "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      if (way) head.setAttribute("aria-sort", way);
      const sign = way === "descending" ? -1 : 1;
      const isWord = head.classList.contains("word");
      body.append(...(way ? sorted(original, heads.indexOf(head), isWord, sign) : original));
    };

    for (const head of heads) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      /* The header above the names of rows may be blank. */
      if (!button.textContent.trim()) button.setAttribute("aria-label", "names");
      button.addEventListener("click", () => sort(head));
      head.append(button);
    }
  }
}

/* The titles of the shapes in a drawing become a tip that follows the pointer. By keyboard a drawing is one
   stop, and the arrows lead from shape to shape. */
{
  /* Pixels next to a shape that still count as the shape: a dot is small, and a finger is not. */
  const REACH = 12;

  const tip = document.createElement("div");
  tip.id = "tip";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  document.body.append(tip);
  let shown = null;

  const hide = () => {
    shown?.classList.remove("on");
    shown = null;
    tip.hidden = true;
  };

  const show = (shape, x, y) => {
    if (shape !== shown) {
      hide();
      shape.classList.add("on");
      shown = shape;
      tip.textContent = shape.dataset.tip;
      tip.hidden = false;
    }
    const { clientWidth } = document.documentElement;
    const left = Math.max(4, Math.min(x + 14, clientWidth - tip.offsetWidth - 4));
    const above = y - tip.offsetHeight - 14;
    tip.style.left = `${scrollX + left}px`;
    tip.style.top = `${scrollY + (above < 4 ? y + 18 : above)}px`;
  };

  const distance = (shape, x, y) => {
    const { left, right, top, bottom } = shape.getBoundingClientRect();
    return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
  };

  for (const drawing of document.querySelectorAll(".drawing")) {
    const shapes = [];
    for (const title of drawing.querySelectorAll("title")) {
      const shape = title.parentElement;
      title.remove();
      if (shape.localName === "svg") continue;
      shape.dataset.tip = title.textContent;
      shape.classList.add("shape");
      shapes.push(shape);
    }
    if (!shapes.length) continue;
    const small = shapes.filter((shape) => ["rect", "circle"].includes(shape.localName));

    /* The element at the position itself: the target of a touch event may be its neighbor. */
    const pointed = ({ clientX, clientY }) => {
      const hit = document.elementFromPoint(clientX, clientY)?.closest(".shape");
      if (hit) return hit;
      let [nearest, least] = [null, REACH];
      for (const shape of small) {
        const far = distance(shape, clientX, clientY);
        if (far < least) [nearest, least] = [shape, far];
      }
      return nearest;
    };
    const point = (event) => {
      const shape = pointed(event);
      if (shape) show(shape, event.clientX, event.clientY);
      else hide();
    };
    drawing.addEventListener("pointermove", point);
    drawing.addEventListener("pointerdown", point);
    drawing.addEventListener("pointerleave", (event) => {
      /* A finger that is lifted leaves, and what it tapped on stays. */
      if (event.pointerType === "mouse") hide();
    });

    const reach = (shape) => {
      shape.scrollIntoView({ block: "nearest", inline: "nearest" });
      const { left, width, top, height } = shape.getBoundingClientRect();
      show(shape, left + width / 2, top + Math.min(height / 2, 8));
    };
    drawing.tabIndex = 0;
    drawing.addEventListener("focus", () => {
      if (drawing.matches(":focus-visible")) reach(shapes[0]);
    });
    drawing.addEventListener("blur", () => {
      if (drawing.contains(shown)) hide();
    });
    drawing.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const place = shapes.indexOf(shown) + step;
      reach(shapes[Math.max(0, Math.min(place, shapes.length - 1))]);
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".drawing")) hide();
  });
}
