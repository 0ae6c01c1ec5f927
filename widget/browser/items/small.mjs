// 8: small windows, large text, forced colours, paper, the other direction.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import { badges, settled } from "../inpage.mjs";
import { item } from "../kit.mjs";

const three = (p) => `<p>${p.badge}</p><p>${p.look("button", 240, 48)}</p><p>${p.look("card", 320, 240)}</p>`;

// fits asserts that nothing of the badges is cut off or beyond the window of a width.
async function fits(page, width) {
  await page.until(settled, 3);
  const found = await page.evaluate(badges);
  for (const { x, width: wide, overflow, text } of found) {
    assert.ok(x >= 0 && x + wide <= width + 0.5, `from ${x} to ${x + wide} of ${width}`);
    assert.deepEqual([overflow[0], !!text], [0, true]);
  }
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  return found;
}

// WebKit's window does not become as narrow, so there the page stands in a frame.
async function narrow(scene, width, options = {}) {
  const lensan = await scene.relay(), placed = await scene.place(lensan.origin);
  const address = scene.host.page(placed.script, three(placed));
  const page = await scene.open({ width, height: 560, ...options });
  await page.go(address);
  return { page, width: await page.evaluate(() => innerWidth) };
}

item("8 a window of 320 px: no scrolling sideways, nothing cut off", async (scene) => {
  const { page, width } = await narrow(scene, 320);
  assert.equal(width, 320);
  await fits(page, 320);
});

item("8 400 % zoom, a window of 1280 px: the same", async (scene) => {
  const { page, width } = await narrow(scene, 320, { deviceScaleFactor: 4 });
  assert.equal(width, 320);
  if (scene.engine === "webkit") await page.evaluate(() => { document.documentElement.style.zoom = 1; });
  await fits(page, 320);
});

item("8 200 % text: the badge grows, no word is cut off; the card scrolls", async (scene) => {
  const { page } = await scene.usual({ badge: three });
  await page.until(settled, 3);
  await page.evaluate(() => {
    for (const link of document.querySelectorAll('a[href*="/go/"]')) {
      const host = link.parentElement.shadowRoot ? link.parentElement : link.querySelector("span");
      const larger = new CSSStyleSheet();
      larger.replaceSync(`:host{font-size:${2 * parseFloat(getComputedStyle(host).fontSize)}px!important}p,a~a{font-size:26px!important}`);
      host.shadowRoot.adoptedStyleSheets = [...host.shadowRoot.adoptedStyleSheets, larger];
    }
  });
  const [badge, button, card] = await page.evaluate(badges);
  assert.ok(badge.height > 100 && button.height > 60, `${badge.height}, ${button.height}`);
  assert.deepEqual([badge.overflow, button.overflow, card.overflow[0], card.height], [[0, 0], [0, 0], 0, 240]);
  assert.ok(card.overflow[1] > 100);
});

item("8 the page's direction is right to left: the Vietnamese text is not", async (scene) => {
  const { page } = await scene.usual({ badge: three, options: { attributes: 'lang="ar" dir="rtl"' } });
  const found = await fits(page, 800);
  assert.deepEqual(found.map(({ style, x, width }) => [style.direction, x + width > 700]), [["ltr", true], ["ltr", true], ["ltr", true]]);
});

item("8 nothing moves, so there is nothing to reduce", async (scene) => {
  const { page } = await scene.usual({ badge: three });
  await page.until(settled, 3);
  const moving = await page.evaluate(() => [...document.querySelectorAll("span")].filter((e) => e.shadowRoot)
    .flatMap((host) => [host, ...host.shadowRoot.querySelectorAll("*")].flatMap((e) => [getComputedStyle(e), getComputedStyle(e, "::before")]))
    .filter((style) => parseFloat(style.transitionDuration) || style.animationName !== "none").length);
  assert.equal(moving, 0);
});

item("8 a dark page: the badge's dark colours; a page that has no dark scheme: the light ones", async (scene) => {
  for (const [head, ground] of [['<meta name="color-scheme" content="dark">', "rgb(127, 214, 164)"], ["<style>body{background:#000}</style>", "rgb(11, 107, 58)"]]) {
    const { page } = await scene.usual({ head });
    await page.until(settled, 1);
    assert.equal((await page.evaluate(badges))[0].style.ground, ground);
  }
});

item("8 forced colours (Chromium emulates them): text, mark and ring in the system's colours", async (scene) => {
  const page = await scene.open();
  await page.media([{ name: "forced-colors", value: "active" }]);
  const { page: p } = await scene.usual({ badge: (p) => p.badge });
  await p.media([{ name: "forced-colors", value: "active" }]);
  await p.until(settled, 1);
  await p.press("Tab");
  const found = await p.evaluate(() => {
    const host = document.querySelector("span"), row = host.shadowRoot.querySelector("div");
    const probe = document.createElement("p");
    probe.style.cssText = "color:CanvasText;background:Canvas";
    document.body.append(probe);
    const system = getComputedStyle(probe), mine = getComputedStyle(row), mark = getComputedStyle(row, "::before");
    return { text: system.color, ground: system.backgroundColor, mine: [mine.color, getComputedStyle(host).backgroundColor, mark.borderLeftColor, mine.outlineColor, mine.outlineWidth] };
  });
  assert.notEqual(found.text, found.ground);
  assert.deepEqual(found.mine, [found.text, found.ground, found.text, found.text, "3px"]);
}, { only: "chromium" });

item("8 on paper (Chromium and Firefox print from a driver): text and mark are dark on white", async (scene) => {
  if (scene.engine === "webkit") return;
  const { page } = await scene.usual({ badge: (p) => p.badge });
  await page.until(settled, 1);
  const file = join(tmpdir(), `lensan-print-${scene.engine}-${process.pid}`);
  await writeFile(file + ".pdf", await page.print());
  execFileSync("pdftoppm", ["-png", "-r", "96", "-singlefile", file + ".pdf", file]);
  const { data, width, height } = PNG.sync.read(await readFile(file + ".png"));
  let text = 0, mark = 0, green = 0;
  const [left, top] = [0, 0];
  for (let y = top; y < Math.min(height, 200); y++) {
    for (let x = left; x < Math.min(width, 400); x++) {
      const i = 4 * (y * width + x), [r, g, b] = data.subarray(i, i + 3);
      const dark = r + g + b < 380;
      if (dark && g > r + 40) green++;
      if (dark) text++;
    }
  }
  await Promise.all([".pdf", ".png"].map((end) => import("node:fs/promises").then(({ rm }) => rm(file + end))));
  assert.ok(text > 600, `${text} dark pixels`);
  assert.ok(mark <= text && green < text / 10, `${green} green pixels`);
});
