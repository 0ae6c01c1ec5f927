// 7: what visitors, browsers and parents deny.
import assert from "node:assert/strict";
import { badges, settled } from "../inpage.mjs";
import { eventually, item, wait } from "../kit.mjs";

item("7 a sandbox without allow-same-origin: storage is refused, and nobody asks for it", async (scene) => {
  const { page, lensan } = await scene.usual({ head: scene.watch, badge: (p) => p.badge + p.look("card", 320, 240), options: { headers: { "Content-Security-Policy": "sandbox allow-scripts" } } });
  await page.until(settled, 2);
  assert.equal(await page.evaluate(() => { try { return String(localStorage); } catch (error) { return error.name; } }), "SecurityError");
  await eventually(() => lensan.seen.length);
  assert.deepEqual(await page.evaluate(() => window.thrown), []);
});

item("7 storage and cookies that throw", async (scene) => {
  const trap = ["localStorage", "sessionStorage", "indexedDB", "caches"].map((name) => `Object.defineProperty(window, "${name}", { get: function () { thrown.push("${name}"); throw new Error("${name}"); } });`).join("") +
    `Object.defineProperty(document, "cookie", { get: function () { thrown.push("cookie"); throw new Error("cookie"); }, set: function () { thrown.push("cookie"); } });`;
  const { page, lensan } = await scene.usual({ head: scene.watch + scene.host.js(trap), badge: (p) => p.badge + p.look("card", 320, 240) });
  await page.until(settled, 2);
  await wait(1500);
  assert.deepEqual(await page.evaluate(() => window.thrown), []);
  assert.equal((await scene.reported(page, lensan)).length, 1);
});

for (const [name, script] of [
  ["Global Privacy Control on", `Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: function () { return true; }, configurable: true });`],
  ["Do Not Track on", `Object.defineProperty(Navigator.prototype, "doNotTrack", { get: function () { return "1"; }, configurable: true });`],
]) {
  item(`7 ${name}: text, and no view is reported, not even on leaving`, async (scene) => {
    const { page, lensan } = await scene.usual({ head: scene.host.js(script) });
    await page.until(settled, 1);
    await wait(1500);
    await scene.leave(page);
    assert.deepEqual(lensan.asked.filter((line) => line.startsWith("POST")), []);
  });
}

for (const missing of ["IntersectionObserver", "MutationObserver", "CSSStyleSheet", "fetch"]) {
  item(`7 no ${missing}: nothing is thrown, the badge's link and box are there`, async (scene) => {
    const { page, lensan, placed } = await scene.usual({ head: scene.watch + scene.host.js(`delete window.${missing}; try { window.${missing} = undefined; } catch (e) {}`), badge: (p) => p.badge + p.look("card", 320, 240) });
    await wait(1500);
    const found = await page.evaluate(badges);
    assert.deepEqual(found.map(({ href, height }) => [href, height]), [72, 240].map((height) => [`${lensan.origin}/go/${placed.code}`, height]));
    assert.deepEqual(await page.evaluate(() => window.thrown), []);
    if (missing === "IntersectionObserver" || missing === "CSSStyleSheet") assert.deepEqual(found.map(({ text }) => text), [null, null]);
  });
}

item("7 no sendBeacon, or one that refuses: fetch reports the view", async (scene) => {
  for (const script of ["delete Navigator.prototype.sendBeacon;", "Navigator.prototype.sendBeacon = function () { return false; };"]) {
    const { lensan, placed, page } = await scene.usual({ head: scene.watch + scene.host.js(script) });
    if (script.startsWith("delete")) { // without the method nothing is sent: a lower bound
      await wait(3500);
    } else {
      await eventually(() => lensan.seen.length);
      assert.deepEqual(lensan.seen, [`{"p":[["${placed.code}",1]]}`]);
    }
    assert.deepEqual(await page.evaluate(() => window.thrown), []);
  }
});

item("7 a sandboxed parent without allow-popups: text, no error, the link's press does no harm", async (scene) => {
  const { page, lensan, placed, address } = await scene.usual({ head: scene.watch, options: { headers: { "Content-Security-Policy": "sandbox allow-scripts allow-same-origin" } } });
  await page.until(settled, 1);
  const [badge] = await page.evaluate(badges);
  await page.click(badge.x + 120, badge.y + 36);
  await wait(500);
  assert.deepEqual([await page.evaluate(() => location.href), await page.evaluate(() => window.thrown)], [address, []]);
  assert.equal(badge.href, `${lensan.origin}/go/${placed.code}`);
});
