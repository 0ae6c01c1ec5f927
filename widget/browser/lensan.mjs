// The real server, and relays in front of it: each is an origin of its own
// that keeps a log of what was asked and may misbehave.
import { spawn } from "node:child_process";
import http from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "./listen.mjs";

const key = "test-key-of-sixteen-symbols";
export const base = "http://lensan.invalid"; // what the server takes for its own address

// start runs `lensan serve` (LENSAN_BINARY) on a free port with fresh data.
export async function start() {
  const data = await mkdtemp(join(tmpdir(), "lensan-widget-"));
  const child = spawn(process.env.LENSAN_BINARY, ["serve"], {
    env: { ...process.env, LANG: "en", LENSAN_DATA: data, LENSAN_API_KEY: key, LENSAN_BASE_URL: base, LENSAN_LISTEN: "127.0.0.1:0", LENSAN_METRICS_LISTEN: "", LENSAN_HEALTH_INTERVAL: "0", LENSAN_COVERAGE_INTERVAL: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let port;
  for await (const line of createInterface({ input: child.stdout })) {
    if ((port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1])) break;
  }
  if (!port) throw new Error("the server did not say where it listens");
  child.stdout.resume();
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + 60_000; !await fetch(url + "/readyz").then((answer) => answer.ok, () => false);) {
    if (Date.now() > end) throw new Error("the server did not become ready");
    await sleep(50);
  }
  const api = async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method, headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" }, body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  await api("POST", "/portals", { id: "so-an-giang", name: "Sở An Giang", province: "91" });
  return {
    url, api,
    place: (destination = "support_portal") => api("POST", "/placements", { portal: "so-an-giang", kind: "widget", destination, label: "Chân trang" }),
    // stats returns the row of a code, counted up to now.
    stats: async (code) => (await api("GET", `/stats?group_by=placement&wait=applied`)).rows.find((row) => row.key === code),
    stop: async () => {
      child.kill("SIGTERM");
      await new Promise((resolve) => child.once("exit", resolve));
      await rm(data, { recursive: true });
    },
  };
}

// relay passes everything on to the server, but what answer(request, response)
// takes on itself, which it says by returning true. seen holds the bodies of
// POST /v1/seen, asked every request as "GET /w/v1.js", cookies all cookies
// that came by in either direction.
export async function relay(server, answer = () => false) {
  const asked = [], seen = [], cookies = [];
  const listener = http.createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.url === "/v1/seen") seen.push(Buffer.concat(chunks).toString());
    if (request.headers.cookie) cookies.push(request.headers.cookie);
    if (answer(request, response)) return;
    const onward = http.request(server.url + request.url, { method: request.method, headers: request.headers }, (reply) => {
      cookies.push(...reply.headers["set-cookie"] || []);
      response.writeHead(reply.statusCode, reply.headers);
      reply.pipe(response);
    });
    onward.on("error", () => response.destroy());
    onward.end(Buffer.concat(chunks));
  });
  const at = await listen(listener, "localhost");
  // until returns once a request that begins so was made.
  const until = async (start) => {
    for (const end = Date.now() + 60_000; !asked.some((line) => line.startsWith(start)); await sleep(20)) {
      if (Date.now() > end) throw new Error(`nobody asked ${start}, but ${asked.join(", ") || "nothing"}`);
    }
  };
  return { ...at, asked, seen, cookies, until };
}
