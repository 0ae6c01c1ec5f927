// 1: Lên Sàn blocked, failing, hanging, answering nonsense.
import assert from "node:assert/strict";
import { badges } from "../inpage.mjs";
import { eventually, item, wait } from "../kit.mjs";

const nonsense = (request, response) => response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><p>504 Gateway");
const faults = {
  "fails with 503": (request, response) => request.url.startsWith("/go/") ? false : response.writeHead(503).end(),
  "answers with the wrong MIME type": (request, response) => request.url.startsWith("/go/") ? false : nonsense(request, response),
  "cuts every answer off": (request, response) => request.url.startsWith("/go/") ? false : response.writeHead(200, { "Content-Length": 5000 }).write("(()=>{") && response.destroy(),
};

// timing returns how long after the beginning the page's events came, 0 for not yet.
function timing() {
  const { navigationStart: start, domContentLoadedEventEnd: content, loadEventEnd: load } = performance.timing;
  return { content: content && content - start, load: load && load - start };
}

const simple = (snippet) => snippet.replace(' target="_blank"', "");

// stands asserts that the badge is there as it was pasted, as picture or as its
// words, and that its link is what a press in its middle meets.
async function stands(page, href) {
  const [badge] = await page.evaluate(badges);
  assert.deepEqual([badge.href, badge.text], [href, null]);
  assert.ok(badge.width >= 200 && badge.height >= 14, `${badge.width} × ${badge.height}`);
  assert.ok(await page.evaluate(() => {
    const { x, y, width, height } = document.images[0].getBoundingClientRect();
    return document.elementFromPoint(x + width / 2, y + height / 2).closest("a") !== null;
  }));
  return badge;
}

const refused = () => document.images[0].complete && !document.images[0].naturalWidth;

for (const [fault, answer] of Object.entries(faults)) {
  item(`1 Lên Sàn ${fault}: the link works, load is not delayed, nothing is thrown`, async (scene) => {
    const { page, lensan, placed } = await scene.usual({ badge: (p) => simple(p.badge), head: scene.watch, answer, shifts: true });
    const { load } = await page.until(() => { const t = performance.timing; return t.loadEventEnd && { load: t.loadEventEnd - t.navigationStart }; });
    assert.ok(load < 3000, `load after ${load} ms`);
    await page.until(refused);
    const badge = await stands(page, `${lensan.origin}/go/${placed.code}`);
    assert.deepEqual((await page.evaluate(() => window.thrown)).filter((text) => !/Script error|Unexpected|SyntaxError/.test(text)), []);
    await page.click(badge.x + 120, badge.y + badge.height / 2);
    await lensan.until(`GET /go/${placed.code}`);
  });
}

item("1 Lên Sàn is blocked: the link stands, load is not delayed, nothing is thrown", async (scene) => {
  const lensan = await scene.relay(), placed = await scene.place(lensan.origin);
  lensan.close();
  const page = await scene.open();
  await page.go(scene.host.page(scene.watch + placed.script, placed.badge));
  const { load } = await page.evaluate(timing);
  assert.ok(load < 3000, `load after ${load} ms`);
  await stands(page, `${lensan.origin}/go/${placed.code}`);
  assert.deepEqual(await page.evaluate(() => window.thrown), []);
});

const hangs = (request) => !request.url.startsWith("/go/");

item("1 Lên Sàn hangs: badge, text link and frame do not delay load, and the link works", async (scene) => {
  const lensan = await scene.relay(hangs), placed = await scene.place(lensan.origin);
  const page = await scene.open();
  await page.go(scene.host.page("", simple(placed.badge) + placed.text + placed.iframe), "domcontentloaded");
  const load = await page.until(() => performance.timing.loadEventEnd && performance.timing.loadEventEnd - performance.timing.navigationStart);
  assert.ok(load < 3000, `load after ${load} ms`);
  const badge = await stands(page, `${lensan.origin}/go/${placed.code}`);
  await page.click(badge.x + 120, badge.y + badge.height / 2);
  await lensan.until(`GET /go/${placed.code}`);
});

// An async script delays load until its fetch ends: that is HTML's rule ("delay
// the load event") in every engine. All else goes on.
item("1 Lên Sàn hangs: with the async script all but load goes on, and the link works", async (scene) => {
  const lensan = await scene.relay(hangs), placed = await scene.place(lensan.origin);
  const page = await scene.open();
  await page.go(scene.host.page(placed.script, simple(placed.badge)), "domcontentloaded");
  const { content, load: none } = await page.evaluate(timing);
  assert.equal(none, 0);
  assert.ok(content < 3000, `DOMContentLoaded after ${content} ms`);
  const badge = await stands(page, `${lensan.origin}/go/${placed.code}`);
  await page.click(badge.x + 120, badge.y + badge.height / 2);
  await lensan.until(`GET /go/${placed.code}`);
});

item("1 Lên Sàn hangs: a script that is added after load delays nothing", async (scene) => {
  const lensan = await scene.relay(hangs), placed = await scene.place(lensan.origin);
  const loader = `addEventListener("load",function(){document.head.appendChild(document.createElement("script")).src="${lensan.origin}/w/v1.js"})`;
  const page = await scene.open();
  await page.go(scene.host.page(`<script>${loader}</script>`, simple(placed.badge)));
  const { load } = await page.evaluate(timing);
  assert.ok(load < 3000, `load after ${load} ms`);
  await lensan.until("GET /w/v1.js");
  await stands(page, `${lensan.origin}/go/${placed.code}`);
});

item("1 only the texts of the card fail: it stays a picture, and the next badge is text", async (scene) => {
  const { page } = await scene.usual({ badge: (p) => p.look("card", 320, 240) + p.badge, head: scene.watch,
    answer: (request, response) => request.url === "/w/v1.json" && nonsense(request, response) });
  const found = await eventually(async () => { const all = await page.evaluate(badges); return all[1].text && all; });
  await wait(300);
  assert.deepEqual(found.map(({ width, height, text }) => [width, height, !!text]), [[320, 240, false], [240, 72, true]]);
  assert.deepEqual(await page.evaluate(() => window.thrown), []);
});
