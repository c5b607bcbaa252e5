// What makes a report's pictures and tables answer: pointer, touch and keyboard. Without it the page can be read as well.
"use strict";

// A scatter's marks: the nearest to the pointer, or the one that the arrow keys have reached, shows its label.
for (const group of document.querySelectorAll("svg > .marks")) {
  const svg = group.closest("svg");
  const marks = [...group.children].map((node) => {
    const [x, y] = node.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
    node.querySelector("title").remove(); // the tip below takes its place
    return { node, x, y };
  });
  if (marks.length === 0) continue;
  const figure = svg.closest("figure");
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true"); // the mark's own name says the same
  figure.style.position = "relative";
  figure.append(tip);
  const byX = [...marks].sort((a, b) => a.x - b.x || b.y - a.y);
  const byY = [...marks].sort((a, b) => b.y - a.y || a.x - b.x);
  let shown = null;

  const scale = () => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const hide = () => {
    shown?.node.classList.remove("shown");
    shown = null;
    tip.hidden = true;
  };
  const show = (mark) => {
    if (mark === shown) return;
    hide();
    shown = mark;
    mark.node.classList.add("shown");
    tip.textContent = mark.node.getAttribute("aria-label");
    tip.hidden = false;
    const s = scale();
    const left = mark.x * s - tip.offsetWidth / 2;
    tip.style.left = `${Math.max(0, Math.min(left, figure.clientWidth - tip.offsetWidth))}px`;
    const above = mark.y * s - tip.offsetHeight - 10;
    tip.style.top = `${above < 0 ? mark.y * s + 12 : above}px`;
  };
  const nearest = (event) => {
    const box = svg.getBoundingClientRect();
    const s = scale();
    const distance = (m) => Math.hypot(box.left + m.x * s - event.clientX, box.top + m.y * s - event.clientY);
    const best = marks.reduce((a, b) => (distance(b) < distance(a) ? b : a));
    return distance(best) < 24 ? best : null;
  };
  const reach = (mark) => {
    for (const m of marks) {
      m.node.tabIndex = m === mark ? 0 : -1;
      m.node.setAttribute("aria-selected", String(m === mark));
    }
    mark.node.focus();
  };

  (marks.find((m) => "strong" in m.node.dataset) ?? byX[0]).node.tabIndex = 0; // one stop for the tab key
  svg.addEventListener("pointermove", (event) => {
    const mark = nearest(event);
    if (mark) show(mark);
    else if (!svg.contains(document.activeElement)) hide();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("click", (event) => {
    const mark = nearest(event);
    if (mark) reach(mark);
  });
  svg.addEventListener("focusin", (event) => show(marks.find((m) => m.node === event.target) ?? shown));
  svg.addEventListener("focusout", hide);
  svg.addEventListener("keydown", (event) => {
    const now = marks.find((m) => m.node === document.activeElement);
    if (!now) return;
    const step = (order, by) => order[Math.max(0, Math.min(order.length - 1, order.indexOf(now) + by))];
    const to = {
      ArrowRight: () => step(byX, 1),
      ArrowLeft: () => step(byX, -1),
      ArrowUp: () => step(byY, 1),
      ArrowDown: () => step(byY, -1),
      Home: () => byX[0],
      End: () => byX[byX.length - 1],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    reach(to());
  });
}

// A table's columns: their buttons sort it, and again the other way round.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((h) => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => {
        const cell = row.cells[column];
        const number = Number(cell.textContent.replaceAll(",", ""));
        return Number.isNaN(number) ? cell.textContent : number;
      };
      const body = table.tBodies[0];
      const rows = [...body.rows].map((row) => ({ row, value: value(row) }));
      const words = (v) => typeof v !== "number";
      const order = (a, b) =>
        words(a) !== words(b)
          ? Number(words(a)) - Number(words(b)) // words such as "diverged" come last in any case
          : (down ? -1 : 1) * (words(a) ? a.localeCompare(b) : a - b);
      rows.sort((a, b) => order(a.value, b.value));
      body.append(...rows.map((r) => r.row));
    });
  });
}
