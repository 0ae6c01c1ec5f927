// The portals: a server of pages with the headers that a test asks for.
import http from "node:http";
import { listen } from "./listen.mjs";

export async function startHost() {
  const files = new Map(); // path → { body, type, headers }
  const reports = []; // of broken policies, as "directive address"
  let count = 0;
  const server = http.createServer(async (request, response) => {
    const path = request.url.split("?")[0];
    if (path === "/csp") {
      let text = "";
      for await (const chunk of request) text += chunk;
      const report = JSON.parse(text)["csp-report"];
      reports.push(`${report["document-uri"]}: ${report["violated-directive"]} ${report["blocked-uri"]}`);
      return response.writeHead(204).end();
    }
    const file = files.get(path);
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": file.type, "Cache-Control": "max-age=60", ...file.headers });
    response.end(file.body);
  });
  const at = await listen(server, "127.0.0.1");
  const add = (extension, type, body, headers) => {
    const path = `/${++count}${extension}`;
    files.set(path, { body, type, headers });
    return at.origin + path;
  };
  return {
    ...at, reports,
    css: (body) => `<link rel="stylesheet" href="${add(".css", "text/css", body)}">`,
    js: (body) => `<script src="${add(".js", "text/javascript", body)}"></script>`,
    file: add,
    // page serves a document and returns its address.
    page: (head, body, { headers, doctype = "<!doctype html>", attributes = 'lang="vi"' } = {}) =>
      add(".html", "text/html; charset=utf-8",
        `${doctype}<html ${attributes}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Cổng thông tin</title>${head}</head><body>${body}</body></html>`, headers),
  };
}
