// The baseline: a socket.io server that emits a 1 KB event to all sockets when /fire is asked.
import { createServer } from "node:http";
import { Server } from "socket.io";

let seq = 0;
const http = createServer((request, response) => {
  if (!request.url.startsWith("/fire")) return;
  const count = Number(new URL(request.url, "http://x").searchParams.get("n"));
  for (let i = 0; i < count; i += 1) {
    seq += 1;
    io.emit("change", { seq, kind: "bench", id: String(seq), version: 1, verb: "updated",
      at: new Date().toISOString(), view: { id: String(seq), text: "x".repeat(1000) } });
  }
  response.end("ok");
});
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false });
http.listen(Number(process.argv[2]), "127.0.0.1");
