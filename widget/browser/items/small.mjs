// 8: small windows, large text, forced colours, paper, the other direction.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
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

const page3 = async (scene) => {
  const lensan = await scene.relay(), placed = await scene.place(lensan.origin);
  return scene.host.page(placed.script, three(placed));
};

// WebKit's window does not become as narrow, so there the page stands in a frame.
item("8 a window of 320 px (in WebKit a frame of 320 px): no scrolling sideways, nothing cut off", async (scene) => {
  const address = await page3(scene);
  const webkit = scene.engine === "webkit", page = await scene.open(webkit ? undefined : { width: 320, height: 560 });
  await page.go(webkit ? scene.host.page("", `<iframe width="320" height="500" style="border:0" src="${address}"></iframe>`) : address);
  if (webkit) await page.into();
  assert.equal(await page.evaluate(() => innerWidth), 320);
  await fits(page, 320);
});

item("8 400 % zoom in a window of 1280 px (Chromium and Firefox; WebKit's driver has no zoom): the same", async (scene) => {
  const page = await scene.open({ width: 320, height: 256, deviceScaleFactor: 4 });
  await page.go(await page3(scene));
  assert.deepEqual(await page.evaluate(() => [innerWidth, devicePixelRatio]), [320, 4]);
  await fits(page, 320);
}, { only: ["chromium", "firefox"] });

item("8 200 % text: the badge grows, no word is cut off; the card scrolls", async (scene) => {
  const { page } = await scene.usual({ badge: three, shifts: true });
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

item("8 forced colours (only Chromium's driver has them): text, mark and ring in the system's colour of links", async (scene) => {
  const { page } = await scene.usual();
  await page.media([{ name: "forced-colors", value: "active" }]);
  await page.until(settled, 1);
  await page.press("Tab");
  const [system, mine] = await page.evaluate(() => {
    const probe = document.createElement("p");
    probe.style.cssText = "color:LinkText;background:Canvas";
    document.body.append(probe);
    const host = document.querySelector("span"), row = getComputedStyle(host.shadowRoot.querySelector("div")), mark = getComputedStyle(host.shadowRoot.querySelector("div"), "::before");
    const { color: link, backgroundColor: canvas } = getComputedStyle(probe);
    return [{ link, canvas }, { text: row.color, ground: getComputedStyle(host).backgroundColor, mark: mark.borderLeftColor, ring: row.outlineColor, width: row.outlineWidth }];
  });
  assert.deepEqual(mine, { text: system.link, ground: system.canvas, mark: system.link, ring: system.link, width: "3px" });
}, { only: ["chromium"] });

item("8 on paper (Chromium and Firefox; WebKit's driver does not print): mark and text, black on white", async (scene) => {
  const { page } = await scene.usual();
  await page.until(settled, 1);
  const file = join(tmpdir(), `lensan-print-${scene.engine}-${process.pid}`);
  await writeFile(file + ".pdf", await page.print());
  execFileSync("pdftoppm", ["-png", "-r", "96", "-singlefile", file + ".pdf", file]);
  const { data, width, height } = PNG.sync.read(await readFile(file + ".png"));
  await Promise.all([rm(file + ".pdf"), rm(file + ".png")]);
  const dark = [], coloured = [];
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = data.subarray(i, i + 3), at = [(i / 4) % width, Math.floor(i / 4 / width)];
    if (Math.max(r, g, b) - Math.min(r, g, b) > 30) coloured.push(at);
    if (r + g + b < 240 && at[1] < height / 4) dark.push(at[0]);
  }
  const left = Math.min(...dark), mark = dark.filter((x) => x < left + 38).length;
  assert.deepEqual(coloured, []);
  assert.ok(mark > 300 && dark.length - mark > 500, `${mark} and ${dark.length - mark} dark pixels`);
}, { only: ["chromium", "firefox"] });
