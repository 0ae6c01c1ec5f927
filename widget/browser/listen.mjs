const used = new Set();

// listen starts a server on a free port and returns its origin and its end. No
// port is used twice: a browser may still have files of whoever had it before.
export async function listen(server, host) {
  for (;;) {
    server.listen(0, "127.0.0.1");
    await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
    const { port } = server.address();
    if (!used.has(port)) {
      used.add(port);
      return { origin: `http://${host}:${port}`, close: () => { server.closeAllConnections(); server.close(); } };
    }
    await new Promise((resolve) => server.close(resolve));
  }
}
