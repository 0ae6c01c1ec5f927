// What holds on every page: nothing is left behind, nothing else is touched,
// and it looks as it should.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { PNG } from "pngjs";
import { badges, boxes, settled } from "../inpage.mjs";
import { eventually, item, wait } from "../kit.mjs";

const body = (p) => `<header><h1>Cổng thông tin</h1></header><main><p>Trước ${p.badge} sau</p><ul><li>${p.look("button", 240, 48)}</li><li>Hai</li></ul><table><tr><td>${p.look("card", 320, 240)}</td><td>Ô</td></tr></table></main><footer>Chân trang</footer>`;

item("no cookie, nothing stored, one global, one script, one image a badge, one request of views", async (scene) => {
  const lensan = await scene.relay(), placed = await scene.place(lensan.origin);
  const globals = () => Object.getOwnPropertyNames(window);
  const page = await scene.open();
  await page.go(scene.host.page("", body(placed)));
  const before = await page.evaluate(globals);
  lensan.asked.length = 0;
  const address = scene.host.page(placed.script, body(placed));
  await page.go(address);
  await page.until(settled, 3);
  await eventually(() => lensan.seen.length);
  const after = await page.evaluate(globals);
  assert.deepEqual(after.filter((name) => !before.includes(name) && isNaN(name)), ["lensan"]);
  assert.deepEqual(await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length, window.lensan]), ["", 0, 0, 1]);
  assert.deepEqual(lensan.cookies, []);
  const asked = lensan.asked.map((line) => line.replace(placed.code, "CODE"));
  assert.deepEqual(asked.filter((line) => !line.includes("/b/")).sort(), ["GET /w/v1.js", "GET /w/v1.json", "POST /v1/seen"]);
  assert.ok(asked.filter((line) => line.includes("/b/")).length <= 3, asked.join());
  assert.deepEqual(await page.evaluate(() => [document.querySelectorAll("style,form,input,iframe").length, document.adoptedStyleSheets.length]), [0, 0]);
});

for (const [name, css] of Object.entries({
  "no style sheet": "",
  "a CSS reset": "*,*::before,*::after{box-sizing:border-box;margin:0;padding:0}img,svg{display:block;max-width:100%;height:auto;vertical-align:middle}",
  "floats, margins, flex and grid": "p img{float:right;margin:7px 3px 5px 9px}ul{display:flex;gap:11px;align-items:center}td{vertical-align:middle;padding:13px}main{display:grid;grid-template-columns:auto auto}p a,li a{line-height:3}li img{vertical-align:text-top;border-radius:9px}",
  "pictures in the middle of lines": "img{vertical-align:middle;margin:2px auto}p{text-align:center;font:30px/2 serif}",
})) {
  item(`every box of the page stands where it stood without the script: ${name}`, async (scene) => {
    const lensan = await scene.relay(), placed = await scene.place(lensan.origin);
    const page = await scene.open();
    const loaded = () => [...document.images].every((image) => image.complete && image.naturalWidth);
    await page.go(scene.host.page(scene.host.css(css), body(placed)));
    await page.until(loaded);
    const before = await page.evaluate(boxes);
    await page.go(scene.host.page(scene.host.css(css) + placed.script, body(placed)));
    await page.until(settled, 3);
    assert.deepEqual(await page.evaluate(boxes), before);
    assert.deepEqual((await page.evaluate(badges)).map(({ overflow }) => overflow), [[0, 0], [0, 0], [0, 0]]);
  });
}

item("it can be pictured", async (scene) => {
  const { page } = await scene.usual({ badge: body });
  await page.until(settled, 3);
  await wait(200);
  const { data } = PNG.sync.read(await page.picture());
  let green = 0;
  for (let i = 0; i < data.length; i += 4) green += data[i] === 11 && data[i + 1] === 107 && data[i + 2] === 58;
  assert.ok(green > 30_000, `${green} pixels of the badge's ground`);
});

// Chromium with the font of the house, so that it looks alike on every machine.
const font = await readFile(new URL("../../../assets/fonts/BeVietnamPro-SemiBold.ttf", import.meta.url));
const golden = new URL("../golden/", import.meta.url);
const tolerated = 0.01; // of all pixels may differ visibly

async function pictured(scene, { head = "", badge, media = [], tab = false }) {
  const face = `<style>@font-face{font-family:"House";src:url("${scene.host.file(".ttf", "font/ttf", font)}")}body{margin:0}</style>`;
  const { page } = await scene.usual({ head: face + head, badge, size: { width: 400, height: 300 }, shifts: true });
  await page.media(media);
  await page.until(settled, 1);
  await page.evaluate(async () => {
    await document.fonts.load('600 16px "House"', "Hỗ trợ");
    const house = new CSSStyleSheet();
    house.replaceSync(':host{font-family:"House"!important}');
    const link = document.querySelector('a[href*="/go/"]');
    const host = link.parentElement.shadowRoot ? link.parentElement : link.querySelector("span");
    host.shadowRoot.adoptedStyleSheets = [...host.shadowRoot.adoptedStyleSheets, house];
  });
  if (tab) await page.press("Tab");
  const [{ x, y, width, height }] = await page.evaluate(badges);
  return page.picture({ x, y, width, height });
}

for (const [name, options] of Object.entries({
  "badge": { badge: (p) => p.badge },
  "badge-dark": { badge: (p) => p.badge, head: "<style>:root{color-scheme:dark;background:#0f1a14}</style>" },
  "badge-en": { badge: (p) => p.look("badge", 240, 72, "en").replace(/alt="[^"]*"/, 'alt="Support for farming households going onto e-commerce marketplaces"') },
  "badge-focus": { badge: (p) => p.badge, tab: true },
  "badge-forced-colours": { badge: (p) => p.badge, media: [{ name: "forced-colors", value: "active" }] },
  "button": { badge: (p) => p.look("button", 240, 48) },
  "card": { badge: (p) => p.look("card", 320, 240) },
  "card-dark": { badge: (p) => p.look("card", 320, 240), head: "<style>:root{color-scheme:dark;background:#0f1a14}</style>" },
  "card-focus": { badge: (p) => p.look("card", 320, 240), tab: true },
})) {
  item(`looks as golden/${name}.png`, async (scene) => {
    const taken = await pictured(scene, options), file = new URL(`${name}.png`, golden);
    if (process.env.LENSAN_UPDATE) return mkdir(golden, { recursive: true }).then(() => writeFile(file, taken));
    const got = PNG.sync.read(taken), want = PNG.sync.read(await readFile(file));
    assert.deepEqual([got.width, got.height], [want.width, want.height]);
    let other = 0;
    for (let i = 0; i < want.data.length; i += 4) other += [0, 1, 2].some((c) => Math.abs(got.data[i + c] - want.data[i + c]) > 60);
    assert.ok(other <= tolerated * want.width * want.height, `${other} of ${want.width * want.height} pixels differ`);
  }, { only: ["chromium"] });
}
