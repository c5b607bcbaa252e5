// Every matrix of a step, layer by layer: forward on the left, its gradient on the right.

import type { TapeNode } from "../engine/protocol";
import type { Session } from "../model/session";
import { h, shape } from "../views/dom";
import { matrix } from "../views/matrix";
import type { Panel } from "./panels";
import { examplesField } from "./examples_field";

export function matricesPanel(session: Session): Panel {
  const examples = examplesField("matrix-examples", () => void panel.fill(session));
  const place = h("div", { class: "matrices" });
  const card = (n: TapeNode): HTMLElement => h("div", { class: "card", tabindex: 0, role: "group", "aria-label": `${n.name} and its gradient` },
    h("h4", {}, n.name, " ", h("span", { class: "soft" }, shape(n.shape))),
    h("div", { class: "pair" },
      h("div", {}, h("p", { class: "soft small" }, "value"), matrix(n.name, n.shape, n.value, n.count)),
      h("div", {}, h("p", { class: "soft small" }, `∂J/∂${n.name}`),
        n.gradient ? matrix(`gradient of ${n.name}`, n.shape, n.gradient, n.count) : h("p", { class: "soft" }, "none"))));
  const panel: Panel = {
    id: "matrices", title: "Matrices",
    about: "Weights, sums and activations with their gradients. Orange: above 0; blue: below 0, with a minus sign or a stroke; the deeper the larger.",
    body: h("div", {}, examples.row, place),
    async fill(session) {
      const { nodes } = await session.engine.call("tape", { examples: examples.count(), part: "train" });
      const layers = new Map<string, TapeNode[]>();
      for (const node of nodes) {
        const layer = /^[WbZA](\d+)$/.exec(node.name)?.[1];
        if (layer) layers.set(layer, [...(layers.get(layer) ?? []), node]);
      }
      place.replaceChildren(...[...layers].map(([layer, of]) =>
        h("section", {}, h("h3", {}, `Layer ${layer}`), h("div", { class: "cards" }, ...of.map(card)))));
    },
  };
  return panel;
}
