// 10: what counts as a view, and that it is reported once.
import assert from "node:assert/strict";
import { settled } from "../inpage.mjs";
import { clock, look, pass } from "../clock.mjs";
import { eventually, item, wait } from "../kit.mjs";

// The badge is 100 px high, so that a pixel is a percent; it hangs over the
// lower edge of the window as far as shown() says.
const css = `<style>body{margin:0;height:100vh;overflow:hidden}#b{position:absolute;left:0;top:100vh}#b img{display:block}</style>`;
const tools = clock + `
  function shown(percent) { document.getElementById("b").style.top = innerHeight - percent + "px"; }
  // Whether the tab is hidden is made up: no driver can hide a tab in all three engines.
  let hidden = false;
  Object.defineProperty(document, "hidden", { get: () => hidden });
  Object.defineProperty(document, "visibilityState", { get: () => hidden ? "hidden" : "visible" });
  function hide(value) { hidden = value; document.dispatchEvent(new Event("visibilitychange")); }`;

async function hanging(scene) {
  const made = await scene.usual({ head: css + scene.host.js(tools), before: '<div id="b">', after: "</div>", badge: (p) => p.look("badge", 300, 100), shifts: true });
  await made.page.until(settled, 1);
  assert.equal(await made.page.evaluate(() => { shown(49); return document.getElementById("b").offsetHeight; }), 100);
  await look(made.page);
  return made;
}

// sequence shows percentages of the badge, each for some ms.
async function sequence(page, steps) {
  for (const [percent, ms] of steps) {
    await page.evaluate((part) => { shown(part); }, percent);
    await look(page);
    await pass(page, ms);
  }
}

const hide = (page, value) => page.evaluate((hidden) => { window.hide(hidden); }, value);

item("10 49 % in sight for 5 s: no view", async (scene) => {
  const { page, lensan } = await hanging(scene);
  await pass(page, 5000);
  await hide(page, true);
  await wait(300);
  assert.deepEqual(lensan.seen, []);
});

item("10 50 % in sight for 0.999 s, three times: no view", async (scene) => {
  const { page, lensan } = await hanging(scene);
  await sequence(page, [[50, 999], [49, 300], [50, 999], [0, 300], [100, 999], [49, 5000]]);
  await hide(page, true);
  await wait(300);
  assert.deepEqual(lensan.seen, []);
});

item("10 50 % in sight for 1 s: exactly one view, in one request, and no other ever", async (scene) => {
  const { page, lensan, placed } = await hanging(scene);
  await sequence(page, [[50, 1000], [0, 300], [100, 1500], [0, 300], [50, 0]]);
  await eventually(() => lensan.seen.length);
  await pass(page, 3500);
  await hide(page, true);
  await hide(page, false);
  await scene.leave(page);
  assert.deepEqual(lensan.seen, [`{"p":[["${placed.code}",1]]}`]);
});

item("10 a hidden tab starts the second again", async (scene) => {
  const { page, lensan } = await hanging(scene);
  await sequence(page, [[100, 700]]);
  for (const hidden of [true, false, true]) {
    await hide(page, hidden);
    await pass(page, 700);
  }
  await wait(300);
  assert.deepEqual(lensan.seen, []);
  await hide(page, false);
  await pass(page, 1000);
  await hide(page, true);
  await eventually(() => lensan.seen.length === 1);
});

item("10 a view is reported when the tab is hidden, without waiting for badges that were not seen", async (scene) => {
  const { page, lensan, placed } = await scene.usual({ head: scene.host.js(tools), after: '<div style="height:3000px"></div>', badge: (p) => p.badge + '<div style="height:3000px"></div>' + p.badge });
  await page.until(settled, 2);
  await look(page);
  await pass(page, 3500);
  await wait(300);
  assert.deepEqual(lensan.seen, []);
  await hide(page, true);
  await eventually(() => lensan.seen.length);
  assert.deepEqual(lensan.seen, [`{"p":[["${placed.code}",1]]}`]);
});

item("10 leaving the page reports what was seen; a page left within a second reports nothing", async (scene) => {
  for (const [ms, reports] of [[999, 0], [2400, 1]]) { // seen after one second, reported by itself after three
    const { page, lensan } = await scene.usual({ head: scene.host.js(clock) });
    await page.until(settled, 1);
    await look(page);
    await pass(page, ms);
    assert.deepEqual(lensan.seen, []);
    await scene.leave(page);
    if (reports) await eventually(() => lensan.seen.length);
    assert.equal(lensan.seen.length, reports);
  }
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
  const row = await eventually(async () => { const found = await scene.server.stats(placed.code); return found?.views >= 2 && found.loads && found.recorded && found; });
  assert.deepEqual([row.loads, row.views, row.people + row.bot], [1, 2, 1], JSON.stringify(row)); // a driven Chromium calls itself headless, which is a bot
});
