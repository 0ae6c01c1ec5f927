// listen starts a server on a free port and returns its origin and its end.
export async function listen(server, host) {
  server.listen(0, "127.0.0.1");
  await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
  return {
    origin: `http://${host}:${server.address().port}`,
    close: () => { server.closeAllConnections(); server.close(); },
  };
}
