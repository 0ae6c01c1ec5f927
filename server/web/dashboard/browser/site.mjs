// A real server with portals in all provinces and some clicks of today, and an
// account on it.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const key = "test-key-of-sixteen-symbols";
const password = "ruộng bậc thang mùa lúa chín";
const agents = [
  "Mozilla/5.0 (Linux; Android 12; SM-A127F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/99.0.4844.58 Mobile Safari/537.36 Zalo android/12100609 ZaloTheme/light ZaloLanguage/vi",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
];

export async function start() {
  const data = await mkdtemp(join(tmpdir(), "lensan-dashboard-"));
  const child = spawn(process.env.LENSAN_BINARY, ["serve"], {
    env: { ...process.env, LANG: "en", LENSAN_DATA: data, LENSAN_API_KEY: key, LENSAN_BASE_URL: "http://localhost", LENSAN_LISTEN: "127.0.0.1:0", LENSAN_METRICS_LISTEN: "", LENSAN_HEALTH_INTERVAL: "0", LENSAN_COVERAGE_INTERVAL: "0", LENSAN_PUBLIC_FIGURES: "true" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let port, invitation;
  for await (const line of createInterface({ input: child.stdout })) {
    port ||= /127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if ((invitation = /\/thong-ke\/loi-moi\/\S+/.exec(line)?.[0])) break;
  }
  if (!port || !invitation) throw new Error("the server did not say where it listens, or how to sign in");
  child.stdout.resume();
  const url = `http://127.0.0.1:${port}`;
  const api = async (method, path, body) => {
    const table = typeof body === "string"; // CSV
    const answer = await fetch(`${url}/api/v1${path}`, { method, headers: { Authorization: `Bearer ${key}`, "Content-Type": table ? "text/csv" : "application/json" }, body: table ? body : body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const site = { url, invitation, password, codes: [] };
  // click follows a code as a phone does; one agent and code within ten seconds is a repeat.
  site.click = (code, n = 0, path = "/go/") => new Promise((resolve, reject) => {
    http.get(url + path + code, { headers: { "User-Agent": `${agents[n % agents.length]} n/${n}` } }, (answer) => { answer.resume(); answer.on("end", resolve); }).on("error", reject);
  });
  site.counted = () => api("GET", "/stats?wait=applied");
  site.stop = async () => {
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("exit", resolve));
    await rm(data, { recursive: true });
  };
  await fill(site, api);
  return site;
}

async function fill(site, api) {
  const { items } = await api("GET", "/provinces");
  const standing = items.filter((province) => !province.valid_to);
  for (const [i, { code, name, slug }] of standing.slice(0, -3).entries()) {
    await api("POST", "/portals", { id: `so-${slug}`, name: `Sở Khoa học và Công nghệ ${name.vi}`, province: code, hosts: [`so.${slug}.gov.vn`] });
    for (const [kind, destination, label] of [["widget", "support_portal", "Chân trang"], ["qr", "hub", "Áp phích nhà văn hóa"], ["link", "postmart", "Bài viết Zalo"]]) {
      const placed = await api("POST", "/placements", { portal: `so-${slug}`, kind, destination, label });
      site.codes.push(placed.code);
      await Promise.all(Array.from({ length: 1 + (i * 7) % 12 }, (_, n) => site.click(placed.code, n, kind === "qr" ? "/" : "/go/")));
    }
  }
  await fillMerged(api);
  await api("POST", "/campaigns", { id: "tet", name: "Tết Đinh Mùi", from: "2027-01-15", to: "2027-02-10", poster_texts: { title: "Tết này bán trên sàn" } });
  await api("PATCH", `/placements/${site.codes[1]}`, { campaign: "tet" });
  await api("POST", "/keys", { label: "Cổng dữ liệu", role: "viewer" });
  await api("POST", "/print-batches", { id: "dot-1", name: "Áp phích vụ hè thu", portal: "so-ha-noi" });
  await api("POST", "/print-batches/dot-1/places:import", "Nơi đặt;Xã/phường;Địa chỉ;Số bản\nUBND xã Vĩnh Hanh;Vĩnh Hanh;Ấp Vĩnh Hoà;3\nChợ Long Xuyên;Long Xuyên;Nguyễn Huệ;2\n");
  for (const [text, words] of [["vi/badge.figure", "Gần 3,2 triệu hộ"], ["en/public.hub.lead", "Help for farming households that want to sell online"], ["vi/public.hub.ask", "Cần hỗ trợ? Gọi Tổ công nghệ số cộng đồng của xã."]]) {
    await api("PUT", `/texts/${text}`, { text: words, reason: "Theo văn bản số 12/BNNMT" });
  }
  const day = new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" });
  for (const [count, correct, reason] of [[3, false, ""], [4, true, "Đếm sót"]]) {
    await api("POST", "/signups", { report_id: "thang-nay", destination: "postmart", correct, reason, rows: [{ day, code: site.codes[2], stage: "signup", count }] });
  }
  await site.counted();
}

// fillMerged makes portals of provinces that have ended: some wait for a
// decision, some are decided in a step that stands and in one that was undone.
async function fillMerged(api) {
  const offices = { stttt: "Sở Thông tin và Truyền thông", snn: "Sở Nông nghiệp và Phát triển nông thôn", hnd: "Hội Nông dân tỉnh" };
  for (const [code, slug, name] of [["89", "an-giang", "An Giang"], ["91", "kien-giang", "Kiên Giang"], ["15", "yen-bai", "Yên Bái"], ["46", "thua-thien-hue", "Thừa Thiên Huế"]]) {
    for (const [id, office] of Object.entries(offices)) {
      await api("POST", "/portals", { id: `${id}-${slug}`, name: `${office} ${name}`, province: code, province_on: "2021-07-21", hosts: [`${id}.${slug}.gov.vn`] });
      await api("POST", "/placements", { portal: `${id}-${slug}`, kind: "widget", destination: "support_portal", label: "Chân trang" });
    }
  }
  const decide = (body) => api("POST", "/portals:succession", body);
  await decide({ reason: "Hợp nhất sở theo Nghị quyết 202/2025/QH15", choices: [
    { portal: "snn-an-giang", do: "register" }, { portal: "snn-kien-giang", do: "merge", into: "snn-an-giang" }, { portal: "hnd-yen-bai", do: "keep" }] });
  const { step } = await decide({ reason: "Chọn nhầm", choices: [{ portal: "hnd-an-giang", do: "keep" }] });
  await decide({ undo: step.id, reason: "Hội chưa hợp nhất" });
}

// signIn makes the account, once, and gives every later page its session.
export async function signIn(page, site) {
  if (!site.account) {
    site.account = "quan.tri";
    await page.go(site.url + site.invitation);
    await submit(page, { name: site.account, password: site.password, again: site.password });
  } else {
    await page.go(`${site.url}/thong-ke/dang-nhap`);
    if (await page.evaluate(() => !document.querySelector("[name=password]"))) return;
    await submit(page, { name: site.account, password: site.password });
  }
}

async function submit(page, values) {
  await page.evaluate((given) => {
    for (const [name, value] of Object.entries(given)) document.querySelector(`main [name="${name}"]`).value = value;
    document.querySelector("main form").submit();
  }, values);
  await page.until(() => location.pathname === "/thong-ke" && document.readyState === "complete");
}
