// A clock for pages: what the enhancer counts by seconds does not depend on how
// busy the machine is.

// clock is a script: from then on the page's timers run when pass says so.
export const clock = `(function () {
  let now = 0, count = 0;
  const timers = new Map();
  window.truly = window.setTimeout; // for what is not the page's own
  window.setTimeout = function (run, ms, ...given) { timers.set(++count, { at: now + (ms || 0), run: () => run(...given) }); return count; };
  window.clearTimeout = function (timer) { timers.delete(timer); };
  window.pass = function (ms) {
    for (const end = now + ms; ;) {
      const [timer, next] = [...timers].sort(([, a], [, b]) => a.at - b.at)[0] || [];
      if (!next || next.at > end) { now = end; return; }
      timers.delete(timer);
      now = next.at;
      next.run();
    }
  };
})();`;

// pass lets time pass on a page with clock.
export function pass(page, ms) { return page.evaluate((time) => { window.pass(time); }, ms); }

// look returns when the page's observers know what is in sight: one that
// begins now is told with the others of the next frame.
export async function look(page) {
  await page.evaluate(() => {
    window.looked = false;
    const sight = new IntersectionObserver(() => { window.looked = true; sight.disconnect(); });
    sight.observe(document.documentElement);
  });
  await page.until(() => window.looked);
}
