// 6: what systems make of the markup.
import assert from "node:assert/strict";
import { badges, settled } from "../inpage.mjs";
import { eventually, item } from "../kit.mjs";

// shows asserts that one badge is text in its box, and that its link leads where it did.
async function shows(page, href, size = [240, 72]) {
  await page.until(settled, 1);
  const [badge] = await page.evaluate(badges);
  assert.deepEqual([badge.href, badge.width, badge.height, badge.text], [href, ...size, "Hỗ trợ hộ sản xuất nông nghiệp lên sàn thương mại điện tử"]);
}

const blank = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
const lazy = (snippet) => snippet.replace(/src="([^"]+)"/, `src="${blank}" data-src="$1"`);

item("6 src moved to data-src: text; a card is known by it", async (scene) => {
  const { page, lensan, placed } = await scene.usual({ badge: (p) => lazy(p.badge) });
  await shows(page, `${lensan.origin}/go/${placed.code}`);
  const { page: other } = await scene.usual({ badge: (p) => lazy(p.look("card", 320, 240, "en")) });
  await other.until(settled, 1);
  const [card] = await other.evaluate(badges);
  assert.ok(card.height === 240 && card.lines.some(([, text]) => text === "Step-by-step guide"), JSON.stringify(card.lines));
});

item("6 lines joined and quotes dropped by a minifier", async (scene) => {
  const { page, lensan, placed } = await scene.usual({ before: "<p>Trước", after: "<p>Sau", badge: (p) => p.badge.replace(/="([^" ]*)"/g, "=$1") });
  await shows(page, `${lensan.origin}/go/${placed.code}`);
});

item("6 class, size and alt are all that other attributes there may be", async (scene) => {
  const { page, lensan, placed } = await scene.usual({ badge: (p) => p.badge.replace("<a ", '<a class="x y" id="z" title="Cổng" data-x="{&quot;a&quot;:1}" ').replace("rel=\"noopener\"", 'rel="noopener noreferrer nofollow"') });
  await shows(page, `${lensan.origin}/go/${placed.code}`);
});

item("6 <base href> of another host and target", async (scene) => {
  const { page, lensan, placed } = await scene.usual({ head: '<base href="https://khac.example/x/" target="_top">', badge: (p) => p.badge + p.look("card", 320, 240) });
  await page.until(settled, 2);
  const [badge, card] = await page.evaluate(badges);
  assert.equal(badge.href, `${lensan.origin}/go/${placed.code}`);
  assert.ok(card.lines.filter(([name]) => name === "a").every(([, , href]) => href.startsWith(`${lensan.origin}/go/${placed.code}/`)), JSON.stringify(card.lines));
  assert.equal((await scene.reported(page, lensan)).length, 1);
});

item("6 a page over plain HTTP", async (scene) => {
  const host = scene.engine === "webkit" ? "localhost." : "[::ffff:127.0.0.1]"; // what no engine takes for trustworthy
  const lensan = await scene.relay(), placed = await scene.place(lensan.origin), page = await scene.open();
  await page.go(scene.host.page(placed.script, placed.badge).replace("127.0.0.1", host));
  assert.equal(await page.evaluate(() => isSecureContext), false);
  await shows(page, `${lensan.origin}/go/${placed.code}`);
  assert.equal((await scene.reported(page, lensan)).length, 1);
});

item("6 quirks mode, inside a table and a form around the whole page", async (scene) => {
  const { page, lensan, placed } = await scene.usual({ options: { doctype: "" }, before: "<form><table><tr><td align=center>", after: "</td></tr></table></form>" });
  assert.equal(await page.evaluate(() => document.compatMode), "BackCompat");
  await shows(page, `${lensan.origin}/go/${placed.code}`);
});

item("6 an XHTML page", async (scene) => {
  const lensan = await scene.relay(), placed = await scene.place(lensan.origin);
  const xml = `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title>${placed.script.replace("async", 'async="async"')}</head><body><p>${placed.badge.replace(/(<img [^>]*)>/, "$1/>")}</p></body></html>`;
  const page = await scene.open();
  await page.go(scene.host.file(".xhtml", "application/xhtml+xml", xml));
  await shows(page, `${lensan.origin}/go/${placed.code}`);
});

item("6 a link of text alone, and a picture too small for words, stay as they are", async (scene) => {
  const { page, lensan, placed } = await scene.usual({ head: scene.watch, badge: (p) => p.text + "<br>" + p.look("badge", 100, 30) });
  await eventually(() => lensan.seen.length);
  assert.deepEqual(JSON.parse(lensan.seen[0]), { p: [[placed.code, 1], [placed.code, 1]] });
  assert.deepEqual((await page.evaluate(badges)).map(({ text }) => text), [null, null]);
  assert.deepEqual(await page.evaluate(() => window.thrown), []);
});
