import { after, before, describe, test } from "node:test";
import { engines, Lane } from "./engines.mjs";
import { startHost } from "./host.mjs";
import { items, Scene } from "./kit.mjs";
import { start } from "./lensan.mjs";

for (const file of (process.env.LENSAN_ITEMS || "down policy css libraries repeated markup denied small access views whole figures hub pages").split(" ")) {
  await import(`./items/${file}.mjs`);
}
const wanted = (process.env.LENSAN_ENGINES || engines.join(" ")).split(" ");

let server, host;
before(async () => { [server, host] = await Promise.all([start(), startHost()]); });
after(async () => { host.close(); await server.stop(); });

function describeEngine(engine, some) {
  describe(engine, { concurrency: 1 }, () => {
    const lane = new Lane(engine);
    before(() => lane.start(), { timeout: 400_000 });
    after(() => lane.end(), { timeout: 120_000 });
    for (const { name, run } of some) {
      test(name, { timeout: 400_000 }, (t) => lane.run(async (browser) => {
        const scene = new Scene(browser, server, host);
        try { await run(scene, t); } finally { await scene.end(); }
      }, t));
    }
  });
}

// The engines run side by side; what measures time runs afterwards, alone.
describe("the widget", { concurrency: engines.length }, () => {
  for (const engine of engines.filter((name) => wanted.includes(name))) {
    describeEngine(engine, items.filter(({ only, alone }) => !alone && (!only || only.includes(engine))));
  }
});
if (wanted.includes("chromium") && items.some(({ alone }) => alone)) describeEngine("chromium", items.filter(({ alone }) => alone));
