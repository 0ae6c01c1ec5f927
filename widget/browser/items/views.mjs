// 10: what counts as a view, and that it is reported once.
import assert from "node:assert/strict";
import { settled } from "../inpage.mjs";
import { eventually, item, wait } from "../kit.mjs";

// The badge is 100 px high, so that a pixel is a percent; it hangs over the
// lower edge of the window as far as shown() says.
const css = `<style>body{margin:0;height:100vh;overflow:hidden}#b{position:absolute;left:0;top:100vh}#b img{display:block}</style>`;
const tools = `
  function shown(percent) { document.getElementById("b").style.top = innerHeight - percent + "px"; }
  function sequence(steps) { // [[percent, ms], …], the last one stays
    window.took = [];
    const [[percent, ms], ...rest] = steps;
    const begun = performance.now();
    shown(percent);
    if (ms) setTimeout(() => { took.push(Math.round(performance.now() - begun)); sequence.rest = rest; sequence.next(); }, ms);
  }
  sequence.next = () => { const kept = took; sequence(sequence.rest); took = kept.concat(took); };
  // Whether the tab is hidden is made up: no driver can hide a tab in all three engines.
  let hidden = false;
  Object.defineProperty(document, "hidden", { get: () => hidden });
  Object.defineProperty(document, "visibilityState", { get: () => hidden ? "hidden" : "visible" });
  function hide(value) { hidden = value; document.dispatchEvent(new Event("visibilitychange")); }`;

async function hanging(scene) {
  const made = await scene.usual({ head: css + scene.host.js(tools), before: '<div id="b">', after: "</div>", badge: (p) => p.look("badge", 300, 100), shifts: true });
  await made.page.until(settled, 1);
  assert.equal(await made.page.evaluate(() => { shown(49); return document.getElementById("b").offsetHeight; }), 100);
  await wait(100);
  return made;
}

item("10 49 % in sight for 5 s: no view", async (scene) => {
  const { page, lensan } = await hanging(scene);
  await wait(5000);
  await page.evaluate(() => hide(true));
  await wait(300);
  assert.deepEqual(lensan.seen, []);
});

item("10 50 % in sight for 0.9 s, three times: no view", async (scene) => {
  const { page, lensan } = await hanging(scene);
  await page.evaluate(() => sequence([[50, 900], [49, 300], [50, 900], [0, 300], [100, 900], [49, 0]]));
  await wait(5000);
  await page.evaluate(() => hide(true));
  await wait(300);
  const took = await page.evaluate(() => took);
  assert.ok(took.every((ms) => ms < 985), `the machine is too busy for this test: ${took}`);
  assert.deepEqual(lensan.seen, []);
});

item("10 50 % in sight for 1 s: exactly one view, in one request, and no other ever", async (scene) => {
  const { page, lensan, placed } = await hanging(scene);
  await page.evaluate(() => sequence([[50, 1150], [0, 300], [100, 1500], [0, 300], [50, 0]]));
  await eventually(() => lensan.seen.length);
  await wait(3500);
  await page.evaluate(() => { hide(true); hide(false); });
  await page.go(scene.host.page("", "<p>Trang khác"));
  await wait(300);
  assert.deepEqual(lensan.seen, [`{"p":[["${placed.code}",1]]}`]);
});

item("10 a hidden tab starts the second again", async (scene) => {
  const { page, lensan } = await hanging(scene);
  await page.evaluate(() => {
    shown(100);
    setTimeout(() => hide(true), 700);
    setTimeout(() => hide(false), 1400);
    setTimeout(() => hide(true), 2100);
  });
  await wait(3000);
  assert.deepEqual(lensan.seen, []);
  await page.evaluate(() => { hide(false); setTimeout(() => hide(true), 1200); });
  await eventually(() => lensan.seen.length === 1, 3000);
});

item("10 a view is reported when the tab is hidden, without waiting for badges that were not seen", async (scene) => {
  const { page, lensan, placed } = await scene.usual({ head: scene.host.js(tools), after: '<div style="height:3000px"></div>', badge: (p) => p.badge + '<div style="height:3000px"></div>' + p.badge });
  await page.until(settled, 2);
  await wait(3500);
  assert.deepEqual(lensan.seen, []);
  await page.evaluate(() => hide(true));
  await eventually(() => lensan.seen.length, 2000);
  assert.deepEqual(lensan.seen, [`{"p":[["${placed.code}",1]]}`]);
});

item("10 leaving the page reports what was seen; a page left within a second reports nothing", async (scene) => {
  const { page, lensan } = await scene.usual();
  await page.until(settled, 1);
  await page.go(scene.host.page("", "<p>Trang khác"));
  await wait(1500);
  assert.deepEqual(lensan.seen, []);
  const next = await scene.usual();
  await next.page.until(settled, 1);
  await wait(2400); // seen after one second, reported by itself after three
  await next.page.go(scene.host.page("", "<p>Trang khác"));
  await eventually(() => next.lensan.seen.length);
});

item("10 a view comes to stand in the statistics, by placement and referring host", async (scene) => {
  const { lensan, placed } = await scene.usual();
  await eventually(() => lensan.seen.length);
  const row = await eventually(async () => { const found = await scene.server.stats(placed.code); return found?.views && found; });
  assert.equal(row.views, 1);
  const hosts = await scene.server.api("GET", `/stats?group_by=referrer_host&placement=${placed.code}`);
  assert.deepEqual(hosts.rows.map(({ key, views }) => [key, views]), [["127.0.0.1", 1]]);
});

item("10 loads (what the browser's cache did not spare), views and clicks are three numbers in the statistics", async (scene) => {
  const lensan = await scene.relay(), placed = await scene.place(lensan.origin, "hub"), page = await scene.open();
  const address = scene.host.page(placed.script, placed.badge);
  for (let visits = 1; visits <= 2; visits++) {
    await page.go(`${address}?${visits}`);
    await page.until(settled, 1);
    await eventually(() => lensan.seen.length === visits);
  }
  await page.press("Tab");
  await page.press("Enter");
  await lensan.until(`GET /go/${placed.code}`);
  const row = await eventually(async () => { const found = await scene.server.stats(placed.code); return found?.views >= 2 && found; });
  assert.deepEqual([row.loads, row.views, row.people + row.bot], [1, 2, 1], JSON.stringify(row)); // a driven Chromium calls itself headless, which is a bot
});
