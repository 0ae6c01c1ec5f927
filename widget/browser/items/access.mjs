// 9: axe, accessible name, focus, target, contrast, tab stops.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { badges, settled } from "../inpage.mjs";
import { eventually, item } from "../kit.mjs";

const axe = await readFile(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

const page = (badge) => ({ before: "<main><h1>Cổng thông tin</h1><p><a id=first href=#first>Trước</a></p>", after: "<p><a id=last href=#last>Sau</a></p></main>", badge });
const looks = { badge: (p) => p.badge, button: (p) => p.look("button", 240, 48), card: (p) => p.look("card", 320, 240), "English badge": (p) => p.look("badge", 240, 72, "en") };

for (const [name, look] of Object.entries(looks)) {
  for (const scheme of ["light", "dark"]) {
    item(`9 axe finds nothing wrong with a ${name}, ${scheme}`, async (scene) => {
      const head = `${scene.host.js(axe)}<style>#first,#last{color:inherit}:root{color-scheme:${scheme};background:${scheme === "dark" ? "#0f1a14;color:#e8efea" : "#fff"}}</style>`;
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

const alt = "Hỗ trợ hộ sản xuất nông nghiệp lên sàn thương mại điện tử";

// named returns the accessible names of the links of all badges, in their order.
function named() {
  axe.setup(document);
  const names = [...document.querySelectorAll('a[href*="/go/"]')].flatMap((link) => {
    const links = link.parentElement.shadowRoot ? [...link.parentElement.shadowRoot.querySelectorAll("a")] : [link];
    return links.map((one) => axe.commons.text.accessibleText(one));
  });
  axe.teardown();
  return names;
}

item("9 the accessible name is the alternative text; on a card each choice has its own", async (scene) => {
  const { page: p } = await scene.usual({ head: scene.host.js(axe), badge: (placed) => placed.badge + placed.look("button", 240, 48) + placed.look("card", 320, 240) });
  await p.until(settled, 3);
  assert.deepEqual(await p.evaluate(named), [alt, alt, alt, "Cổng hỗ trợ hộ sản xuất nông nghiệp lên sàn thương mại điện tử",
    "Xem hướng dẫn từng bước", "Đăng ký bán hàng trên Postmart", "Đăng ký bán hàng trên Vỏ Sò", "Gửi khó khăn, vướng mắc"]);
});

// focused says what has the keyboard, and whether a ring shows it.
function focused() {
  const link = document.activeElement, root = link.shadowRoot || link.querySelector("span")?.shadowRoot;
  const shown = link.shadowRoot?.activeElement || root?.firstElementChild;
  return (link.id || (shown || link).textContent) + (shown ? ` ${getComputedStyle(shown).outlineStyle} ${getComputedStyle(shown).outlineWidth}` : "");
}

for (const [name, stops] of [["badge", [alt]], ["card", [alt, "Cổng hỗ trợ hộ sản xuất nông nghiệp lên sàn thương mại điện tử",
  "Xem hướng dẫn từng bước", "Đăng ký bán hàng trên Postmart", "Đăng ký bán hàng trên Vỏ Sò", "Gửi khó khăn, vướng mắc"]]]) {
  item(`9 by keyboard a ${name} has ${stops.length === 1 ? "one stop" : "one stop and one for each choice"}, each with a ring`, async (scene) => {
    const { page: p } = await scene.usual(page(looks[name]));
    await p.until(settled, 1);
    await p.evaluate(() => { document.getElementById("first").focus(); });
    const met = [];
    for (let i = 0; i <= stops.length; i++) {
      await p.press("Tab");
      met.push(await p.evaluate(focused));
    }
    assert.deepEqual(met, [...stops.map((text) => `${text} solid 3px`), "last"]);
    await p.evaluate(() => { document.activeElement.blur(); });
    assert.equal((await p.evaluate(badges))[0].style.ring, 0);
  });
}

item("9 every target is at least 44 px high and wide", async (scene) => {
  const { page: p } = await scene.usual({ badge: (placed) => placed.badge + placed.look("button", 220, 44) + placed.look("card", 280, 210) });
  await p.until(() => { const all = document.querySelectorAll('a[href*="/go/"]'); return !!all[0].querySelector("span")?.shadowRoot && !!all[2].parentElement.shadowRoot; }); // the small button stays a picture
  const sizes = await p.evaluate(() => [...document.querySelectorAll('a[href*="/go/"]')].flatMap((link) => {
    const host = link.parentElement.shadowRoot ? link.parentElement : link.querySelector("span");
    return (link.parentElement.shadowRoot ? [...host.shadowRoot.querySelectorAll("a")] : [host || link.querySelector("img")]).map((e) => { const { width, height } = e.getBoundingClientRect(); return [width, height]; });
  }));
  assert.equal(sizes.length, 8);
  assert.ok(sizes.every(([width, height]) => width >= 44 && height >= 44), JSON.stringify(sizes));
});

const here = (snippet) => snippet.replace(' target="_blank"', "");

item("9 Enter and a press lead where the badge leads", async (scene) => {
  for (const act of [(p) => p.press("Enter"), (p, badge) => p.click(badge.x + 120, badge.y + 36)]) {
    const { page: p, lensan, placed } = await scene.usual({ badge: (placed) => here(placed.badge), shifts: true });
    await p.until(settled, 1);
    await p.press("Tab");
    await act(p, (await p.evaluate(badges))[0]);
    await lensan.until(`GET /go/${placed.code}`);
    await eventually(() => lensan.asked.filter((line) => line.startsWith("GET /go/")).length === 1);
  }
});

item("9 Enter and a press on a card's choice lead to that choice and nowhere else", async (scene) => {
  for (const act of [(p) => p.press("Enter"), (p, [x, y]) => p.click(x, y)]) {
    const { page: p, lensan, placed } = await scene.usual({ badge: (placed) => here(placed.look("card", 320, 240)), shifts: true });
    await p.until(settled, 1);
    const at = await p.evaluate(() => {
      const link = document.querySelector('a[href*="/go/"]').parentElement.shadowRoot.querySelectorAll("a")[2];
      link.focus();
      const { x, y, width, height } = link.getBoundingClientRect();
      return [x + width / 2, y + height / 2];
    });
    await act(p, at);
    await lensan.until(`GET /go/${placed.code}/guide?c=w`);
    assert.deepEqual(lensan.asked.filter((line) => line.startsWith("GET /go/")), [`GET /go/${placed.code}/guide?c=w`]);
  }
});
