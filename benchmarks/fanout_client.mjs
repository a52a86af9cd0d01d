// Opens N plain WebSockets that speak Socket.IO, fires events by HTTP and times their arrival.
// usage: node fanout_client.mjs BASE_URL TOKENS_FILE SINGLES BURST
// prints {"single_ms": [...], "deliveries_per_s": [...]} ; every socket must hear every event once.
import { readFileSync } from "node:fs";
import WebSocket from "ws";

const [base, tokensFile, singles, burst] = process.argv.slice(2);
const tokens = JSON.parse(readFileSync(tokensFile, "utf8"));
let heard = 0;
let waiting = null;

function hear() {
  heard += 1;
  if (waiting && heard >= waiting.count) {
    waiting.resolve(process.hrtime.bigint());
    waiting = null;
  }
}

function open(token) {
  return new Promise((resolve, reject) => {
    const url = base.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket";
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on("error", reject);
    socket.on("message", (data) => {
      // Looking at two bytes keeps the load generator cheap; it is never what limits.
      const first = data[0], second = data[1];
      if (first === 0x30) socket.send("40" + JSON.stringify({ token }));
      else if (first === 0x32) socket.send("3");
      else if (first === 0x34 && second === 0x30) resolve(socket);
      else if (first === 0x34 && second === 0x32) hear();
      else if (first === 0x34 && second === 0x34) reject(new Error(data.toString()));
    });
  });
}

async function fire(count) {
  const goal = heard + count * tokens.length;
  const done = new Promise((resolve) => { waiting = { count: goal, resolve }; });
  const start = process.hrtime.bigint();
  const answer = await fetch(`${base}/fire?n=${count}`);
  if (!answer.ok) throw new Error(`fire: ${answer.status}`);
  const end = await done;
  return Number(end - start) / 1e6;
}

const sockets = [];
for (let at = 0; at < tokens.length; at += 50) {
  sockets.push(...(await Promise.all(tokens.slice(at, at + 50).map(open))));
}
await fire(1);
const single = [];
for (let i = 0; i < Number(singles); i += 1) single.push(await fire(1));
const rates = [];
for (let i = 0; i < 5; i += 1) {
  const ms = await fire(Number(burst));
  rates.push((Number(burst) * tokens.length) / (ms / 1000));
}
const expected = (1 + Number(singles) + 5 * Number(burst)) * tokens.length;
await new Promise((resolve) => setTimeout(resolve, 300)); // anything doubled would arrive now
if (heard !== expected) throw new Error(`heard ${heard}, expected ${expected}`);
console.log(JSON.stringify({ single_ms: single, deliveries_per_s: rates }));
process.exit(0);
