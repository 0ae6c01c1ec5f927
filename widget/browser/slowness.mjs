// How slow the machine is, in Chromium.
import { setTimeout as sleep } from "node:timers/promises";

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

// The limits are meant for a machine on which a plain job of 400 shadow roots,
// laid out once, takes reference ms at a quarter of the processor; a slower
// machine is given as much more as it is slower, a faster one nothing less.
const reference = 28;

export async function slowness(browser) {
  const page = await browser.open({ width: 1280, height: 1000 });
  await page.page.emulateCPUThrottling(4);
  const took = [];
  for (let i = 0; i < 9; i++) {
    took.push(await page.evaluate(() => {
      const begun = performance.now(), box = document.body.appendChild(document.createElement("div"));
      for (let n = 0; n < 400; n++) {
        const span = box.appendChild(document.createElement("span"));
        span.attachShadow({ mode: "open" }).append(document.createElement("div"), "Hỗ trợ nông dân");
      }
      box.offsetHeight;
      const ms = performance.now() - begun;
      box.remove();
      return ms;
    }));
    await sleep(50);
  }
  await page.close();
  return Math.max(1, median(took) / reference);
}
