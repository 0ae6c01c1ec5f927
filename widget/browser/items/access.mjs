// 9: axe, accessible name, focus, target, contrast, tab stops.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { badges, settled } from "../inpage.mjs";
import { item } from "../kit.mjs";

const axe = await readFile(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

const page = (badge) => ({ before: "<main><h1>Cổng thông tin</h1><p><button id=first>Trước</button></p>", after: "<p><button id=last>Sau</button></p></main>", badge });
const looks = { badge: (p) => p.badge, button: (p) => p.look("button", 240, 48), card: (p) => p.look("card", 320, 240), "English badge": (p) => p.look("badge", 240, 72, "en") };

for (const [name, look] of Object.entries(looks)) {
  for (const scheme of ["light", "dark"]) {
    item(`9 axe finds nothing wrong with a ${name}, ${scheme}`, async (scene) => {
      const head = `${scene.host.js(axe)}<style>:root{color-scheme:${scheme};background:${scheme === "dark" ? "#0f1a14;color:#e8efea" : "#fff"}}</style>`;
      const { page: p } = await scene.usual({ ...page(look), head });
      await p.until(settled, 1);
      await p.evaluate(() => { axe.run().then((found) => { window.found = found; }, (error) => { window.found = { violations: [String(error)] }; }); });
      const found = await p.until(() => window.found && JSON.stringify({
        violations: window.found.violations.map((v) => v.id ? `${v.id}: ${v.nodes.map((n) => n.target).join()}` : v),
        contrast: window.found.passes.some((pass) => pass.id === "color-contrast" && pass.nodes.some((n) => n.target[0].length > 1)),
        links: window.found.passes.some((pass) => pass.id === "link-name") }));
      assert.deepEqual(JSON.parse(found), { violations: [], contrast: true, links: true });
    });
  }
}
