// 3: style sheets of the host that mean no good.
import assert from "node:assert/strict";
import { badges, settled } from "../inpage.mjs";
import { item, wait } from "../kit.mjs";

const hostile = {
  "*{all:unset!important}": "*{all:unset!important}",
  "img{max-width:0}": "img{max-width:0!important}",
  "root font 62.5 %": "html{font-size:62.5%!important}body,a,span,img{font-size:1rem!important;line-height:9!important}",
  "uppercase, spacing, indent": "*{text-transform:uppercase!important;letter-spacing:1em!important;word-spacing:2em!important;text-indent:9em!important;text-align:right!important}",
  "no outline, no pointer": "*,*:focus,*:focus-visible{outline:0!important;box-shadow:none!important;cursor:none!important}",
  "hidden, faint, moved spans": "span{display:none!important;visibility:hidden!important;opacity:.1!important;transform:scale(.2)!important;filter:blur(9px)!important;position:absolute!important;left:-999em!important;font:2px fantasy!important;color:red!important;background:yellow!important}",
  "colours of links": "a,a *{color:#ff0!important;background:#ff0!important;text-decoration:line-through overline!important}",
};

for (const [name, css] of Object.entries(hostile)) {
  item(`3 host CSS ${name}: same size, colours, letters and focus ring`, async (scene) => {
    const { page } = await scene.usual({ head: scene.host.css(css), before: "<div>", after: "</div>", badge: (p) => p.badge + "<br>" + p.look("card", 320, 240),
      shifts: css.startsWith("*{all") }); // it takes the size from pictures, so that these shift the page themselves
    await page.until(settled, 2);
    await page.press("Tab");
    await page.until(() => document.activeElement !== document.body);
    const [badge, card] = await page.evaluate(badges);
    const { size, ...style } = badge.style;
    assert.ok(size > 12 && size < 15, `${size} px`);
    assert.deepEqual(style, { color: "rgb(255, 255, 255)", ground: "rgb(11, 107, 58)", transform: "none", cursor: "pointer", ring: 3, direction: "ltr", visibility: "visible" });
    assert.deepEqual([badge.width, badge.height, card.width, card.height], [240, 72, 320, 240]);
    const solid = await page.evaluate((x, y) => {
      const link = document.elementFromPoint(x, y)?.closest("a");
      const host = link?.querySelector("span");
      const { opacity, filter, transform, letterSpacing, position } = getComputedStyle(host);
      return [opacity, filter, transform, letterSpacing, position].join(" ");
    }, badge.x + 5, badge.y + 36);
    assert.equal(solid, "1 none none normal static");
  });
}

// What a page hides on purpose, on phones for instance, stays hidden: the
// enhancer shows nothing that was not shown.
item("3 host CSS a{display:none}: the badge stays hidden, nothing is thrown or counted", async (scene) => {
  const { page, lensan } = await scene.usual({ head: scene.watch + scene.host.css("a{display:none}"), after: "<p>Chân trang", shifts: true });
  await wait(2500);
  const [badge] = await page.evaluate(badges);
  assert.deepEqual([badge.width, badge.height, await page.evaluate(() => window.thrown), lensan.seen], [0, 0, [], []]);
  await page.evaluate(() => { document.querySelector("a").style.setProperty("display", "inline", "important"); });
  await page.until(settled, 1);
  assert.deepEqual((({ width, height }) => [width, height])((await page.evaluate(badges))[0]), [240, 72]);
});
