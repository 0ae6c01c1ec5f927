// 2: the strictest policy and only what the embed page prints.
import assert from "node:assert/strict";
import { badges, settled } from "../inpage.mjs";
import { base } from "../lensan.mjs";
import { eventually, item, wait } from "../kit.mjs";

// printed returns the directives that the embed page of a code tells webmasters to add, for an origin.
async function printed(scene, code, origin) {
  const html = await (await fetch(`${scene.server.url}/nhung/${code}`)).text();
  const found = {};
  for (const [, directive] of html.matchAll(/((?:img|script|connect|frame)-src)\s+http:\/\/lensan\.invalid/g)) found[directive] = origin;
  const pasted = [...html.matchAll(/<textarea[^>]*>(.*?)<\/textarea>/gs)].map(([, text]) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#34;", '"').replaceAll("&amp;", "&"));
  const pinned = pasted.find((text) => text.includes("integrity="));
  return { found, pinned: pinned.replaceAll(base, origin) };
}

const strict = (directives) => ({
  "Content-Security-Policy": `default-src 'none'; ${Object.entries(directives).map((pair) => pair.join(" ")).join("; ")}; require-trusted-types-for 'script'; trusted-types 'none'; report-uri /csp`,
});

// breaches returns the reports about a page, after time for them to come.
async function breaches(scene, address) {
  await wait(500);
  return scene.host.reports.filter((report) => report.startsWith(address) && !report.includes("/favicon.ico"));
}

for (const form of ["evergreen", "pinned with integrity"]) {
  item(`2 default-src 'none', trusted types, what the embed page prints, the script ${form}: no breach, text, card, views`, async (scene) => {
    const lensan = await scene.relay(), placed = await scene.place(lensan.origin);
    const { found, pinned } = await printed(scene, placed.code, lensan.origin);
    assert.deepEqual(Object.keys(found).sort(), ["connect-src", "frame-src", "img-src", "script-src"]);
    const { "frame-src": _, ...directives } = found;
    const address = scene.host.page(form === "evergreen" ? placed.script : pinned, placed.badge + placed.look("card", 320, 240), { headers: strict(directives) });
    const page = await scene.open();
    await page.go(address);
    await page.until(settled, 2);
    const [badge, card] = await page.evaluate(badges);
    assert.deepEqual([badge.style.ground, badge.width, badge.height], ["rgb(11, 107, 58)", 240, 72]);
    assert.ok(card.lines.length >= 5);
    await eventually(() => lensan.seen.length === 1);
    assert.deepEqual(await breaches(scene, address), []);
  });
}

item("2 a badge alone needs img-src and nothing else", async (scene) => {
  const lensan = await scene.relay(), placed = await scene.place(lensan.origin);
  const { found } = await printed(scene, placed.code, lensan.origin);
  const address = scene.host.page("", placed.badge, { headers: strict({ "img-src": found["img-src"] }) });
  const page = await scene.open();
  await page.go(address);
  await page.until(() => document.images[0].complete && document.images[0].naturalWidth === 240);
  assert.deepEqual(await breaches(scene, address), []);
});

item("2 a frame needs frame-src and nothing else", async (scene) => {
  const lensan = await scene.relay(), placed = await scene.place(lensan.origin);
  const { found } = await printed(scene, placed.code, lensan.origin);
  const address = scene.host.page("", placed.iframe, { headers: strict({ "frame-src": found["frame-src"] }) });
  const page = await scene.open();
  await page.go(address);
  await lensan.until(`GET /f/${placed.code}`);
  assert.deepEqual(await breaches(scene, address), []);
});

item("2 without script-src nothing but the script is refused, and the badge stays", async (scene) => {
  const lensan = await scene.relay(), placed = await scene.place(lensan.origin);
  const address = scene.host.page(placed.script, placed.badge, { headers: strict({ "img-src": lensan.origin }) });
  const page = await scene.open();
  await page.go(address);
  await eventually(() => scene.host.reports.some((report) => report.startsWith(address)));
  const found = await breaches(scene, address);
  assert.ok(found.every((report) => report.includes("script-src") && report.includes(lensan.origin)), found.join("\n"));
  assert.equal((await page.evaluate(badges))[0].text, null);
});

item("2 without connect-src the text is there and nothing is thrown", async (scene) => {
  const lensan = await scene.relay(), placed = await scene.place(lensan.origin);
  const address = scene.host.page(scene.watch + placed.script, placed.badge + placed.look("card", 320, 240),
    { headers: { "Content-Security-Policy": `default-src 'none'; img-src ${lensan.origin}; script-src 'self' ${lensan.origin}` } });
  const page = await scene.open();
  await page.go(address);
  const found = await eventually(async () => { const all = await page.evaluate(badges); return all[0].text && all; });
  await wait(3500);
  assert.deepEqual(found.map(({ text }) => !!text), [true, false]);
  assert.deepEqual([await page.evaluate(() => window.thrown), lensan.seen], [[], []]);
});
