// Draws the README's pictures of the playground into docs/.
//
//     node tests/playground/pictures.mjs

import { join } from "node:path";
import { launch, open, ready, serve, top } from "./support.mjs";

const browser = await launch();
const server = await serve();
const picture = async (name, options, act) => {
  const page = await open(browser, server.address, options);
  await act(page);
  await page.mouse.move(0, 0);
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(top, `docs/playground-${name}.png`) });
  await page.close();
};
const toPanels = async (page) => {
  await page.waitForSelector("[role=tabpanel]:not([hidden]) table");
  await page.locator("#panels-title").evaluate((e) => e.scrollIntoView());
};
await picture("desktop", { viewport: { width: 1280, height: 800 }, hash: "#data=moons&points=200&layers=8,8&epochs=2000&step=400" }, ready);
await picture("backprop", { viewport: { width: 1280, height: 860 }, colorScheme: "dark", hash: "#data=moons&points=200&layers=3&epochs=2000&step=400&panel=check" }, toPanels);
await picture("phone", { viewport: { width: 360, height: 780 }, hash: "#data=spiral&points=300&noise=0.05&layers=12,8&optimizer=adam&lr=0.01&epochs=2000&step=500" },
  (page) => page.locator("#map-title").evaluate((e) => e.scrollIntoView()));
await browser.close();
await server.close();
