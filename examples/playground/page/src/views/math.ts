// The engine's formulas, set in MathML: names with their numbers below, a T above for the transpose.

const ns = "http://www.w3.org/1998/Math/MathML";

function m(tag: string, ...children: (Element | string)[]): Element {
  const element = document.createElementNS(ns, tag);
  element.append(...children);
  return element;
}

function identifier(text: string): Element {
  const [, letters = text, digits = ""] = /^(\p{L}+?)(\d*)$/u.exec(text) ?? [];
  const name = m("mi", letters);
  return digits ? m("msub", name, m("mn", digits)) : name;
}

export function math(formula: string): Element {
  const row: Element[] = [];
  for (const [token] of formula.matchAll(/\p{L}+\d*|\d+(?:\.\d+)?|\S/gu)) {
    const last = row.at(-1);
    const transposed = token.endsWith("ᵀ");
    const plain = transposed ? token.slice(0, -1) : token;
    if (plain === "" && last) row[row.length - 1] = m("msup", last, m("mi", "T"));
    else if (plain === "′" && last) row[row.length - 1] = m("msup", last, m("mo", "′"));
    else if (/^\p{L}/u.test(plain)) row.push(transposed ? m("msup", identifier(plain), m("mi", "T")) : identifier(plain));
    else row.push(m(/^\d/.test(plain) ? "mn" : "mo", plain));
  }
  const element = m("math", m("mrow", ...row));
  element.setAttribute("aria-label", formula);
  return element;
}
