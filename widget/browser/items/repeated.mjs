// 5: several times, many, late, taken away, back again.
import assert from "node:assert/strict";
import { badges, settled } from "../inpage.mjs";
import { clock, look, pass } from "../clock.mjs";
import { eventually, item, wait } from "../kit.mjs";

// future answers GET /w/v2.js with what a second version would be: the same rules, another number.
const future = (server) => (request, response) => {
  if (request.url !== "/w/v2.js") return false;
  fetch(`${server.url}/w/v1.js`).then((answer) => answer.text()).then((script) => {
    const v2 = script.replace('"/w/v1."', '"/w/v2."').replace("window.lensan=1", "window.lensan=2");
    response.writeHead(200, { "Content-Type": "text/javascript" }).end(v2);
  });
  return true;
};

for (const [name, scripts, mark] of [["three times", ["v1", "v1", "v1"], 1], ["v1 twice and then v2", ["v1", "v1", "v2"], 1], ["v2 and then v1 twice", ["v2", "v1", "v1"], 2]]) {
  item(`5 the script ${name}: one text, one request, one mark`, async (scene) => {
    const lensan = await scene.relay(future(scene.server)), placed = await scene.place(lensan.origin);
    const page = await scene.open();
    const body = placed.badge + scripts.map((v) => `<script src="${lensan.origin}/w/${v}.js"></script>`).join("");
    await page.go(scene.host.page(scene.watch, body));
    await page.until(settled, 1);
    await wait(500);
    const [badge] = await page.evaluate(badges);
    assert.deepEqual([badge.hosts, badge.height, await page.evaluate(() => window.lensan), await page.evaluate(() => window.thrown)], [1, 72, mark, []]);
    assert.deepEqual(await scene.reported(page, lensan), [`{"p":[["${placed.code}",1]]}`]);
  });
}

item("5 fifty badges: all are text, each is counted once, in one request", async (scene) => {
  const { page, lensan, placed } = await scene.usual({ badge: (p) => p.look("button", 240, 48).repeat(50), size: { width: 1280, height: 1000 } });
  await page.until(settled, 50);
  assert.deepEqual([...new Set((await page.evaluate(badges)).map(({ hosts, width, height }) => `${hosts} ${width} ${height}`))], ["1 240 48"]);
  await eventually(() => lensan.seen.length);
  await wait(300);
  assert.deepEqual(lensan.seen.map((body) => JSON.parse(body).p), [Array.from({ length: 50 }, () => [placed.code, 1])]);
});

item("5 badges put in late are text and counted, in the same request", async (scene) => {
  const { page, lensan, placed } = await scene.usual({ head: scene.host.js(clock), after: "<div id=late></div>" });
  await page.until(settled, 1);
  await look(page);
  await pass(page, 1500); // the first was seen, and the grace runs
  await page.evaluate((html) => { document.getElementById("late").innerHTML = html; }, placed.badge + placed.look("card", 320, 240));
  await pass(page, 300);
  await page.until(settled, 3);
  await look(page);
  await pass(page, 3000);
  await eventually(() => lensan.seen.length);
  assert.equal(JSON.parse(lensan.seen[0]).p.length, 3);
});

item("5 a badge removed and put back: still one text, counted once", async (scene) => {
  const { page, lensan } = await scene.usual({ before: "<p id=from>", after: "</p><p id=to></p>" });
  await page.until(settled, 1);
  await page.evaluate(() => { const link = document.querySelector("#from a"); link.remove(); setTimeout(() => document.getElementById("to").append(link), 400); });
  await page.until(() => !!document.querySelector("#to a"));
  await eventually(() => lensan.seen.length);
  await wait(1500);
  const [badge] = await page.evaluate(badges);
  assert.deepEqual([badge.hosts, badge.height, JSON.parse(lensan.seen[0]).p.length, lensan.seen.length], [1, 72, 1, 1]);
});

item("5 a card whose link is taken out goes, and stands where the link is put", async (scene) => {
  const { page } = await scene.usual({ before: "<p id=from>", after: "</p><p id=to></p>", badge: (p) => p.look("card", 320, 240), head: scene.watch });
  await page.until(settled, 1);
  await page.evaluate(() => { window.link = document.querySelector("#from a"); window.link.remove(); });
  await page.until(() => document.getElementById("from").childElementCount === 0);
  await page.evaluate(() => { document.getElementById("to").append(window.link); });
  await page.until(settled, 1);
  const [card] = await page.evaluate(badges);
  assert.deepEqual([card.hosts, card.height, card.lines.length, await page.evaluate(() => window.thrown)], [1, 240, 7, []]);
});

item("5 a copy made by the page is a badge of its own", async (scene) => {
  const { page } = await scene.usual({ before: "<p>", after: "</p>", badge: (p) => p.badge + p.look("card", 320, 240) });
  await page.until(settled, 2);
  await page.evaluate(() => { const p = document.querySelector("p"); p.after(p.cloneNode(true)); });
  await page.until(settled, 4);
  assert.deepEqual((await page.evaluate(badges)).map(({ hosts, height, lines }) => [hosts, height, lines.length]), [[1, 72, 0], [1, 240, 7], [1, 72, 0], [1, 240, 7]]);
});

item("5 away and back, by bfcache where the engine has kept the page: one text, nothing thrown", async (scene, t) => {
  const { page, lensan, address } = await scene.usual({ head: scene.watch + scene.host.js(`addEventListener("pageshow", (event) => { window.kept = event.persisted; });`), badge: (p) => p.badge + p.look("card", 320, 240) });
  await page.until(settled, 2);
  await page.go(scene.host.page("", "<p>Trang khác"));
  await page.back();
  await page.until((at) => location.href === at, address);
  await page.until(settled, 2);
  t.diagnostic(`${scene.engine}: ${await page.evaluate(() => window.kept) ? "kept by bfcache" : "loaded anew"}`);
  await wait(2000);
  assert.deepEqual((await page.evaluate(badges)).map(({ hosts, height }) => [hosts, height]), [[1, 72], [1, 240]]);
  assert.deepEqual(await page.evaluate(() => window.thrown), []);
  assert.ok(lensan.seen.length <= 2, lensan.seen.join());
});
