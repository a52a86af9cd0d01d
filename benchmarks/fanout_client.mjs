// Opens N plain WebSockets that speak Socket.IO to each of some servers, fires events by HTTP at one
// server after the other and times their arrival.
// usage: node fanout_client.mjs PLAN_FILE
//   {tokens, singles, bursts, burst, servers: [{name, url, pid}]}; pid: the server's process on this machine
// prints {NAME: {singles: [round], bursts: [round]}} with round = {ms, server_ms, client_ms}: the clock, and
// processor time of server and of this client. Every socket must hear every event once.
import { readFileSync, readdirSync } from "node:fs";
import WebSocket from "ws";

const { tokens, singles, bursts, burst, servers } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const SETTLE_MS = 40; // what a server still does after the last socket has heard belongs to the round

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Milliseconds that a process and its children have worked, all threads; the kernel counts nanoseconds. */
function worked(pid) {
  let ns = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const base = `/proc/${pid}/task/${task}`;
    ns += Number(readFileSync(`${base}/schedstat`, "utf8").split(" ")[0]);
    for (const child of readFileSync(`${base}/children`, "utf8").split(" ")) if (child) ns += worked(child) * 1e6;
  }
  return ns / 1e6;
}

function clientWorked() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

function open(server, token) {
  return new Promise((resolve, reject) => {
    const url = server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket";
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on("error", reject);
    socket.on("message", (data) => {
      // Looking at two bytes keeps the load generator cheap.
      const first = data[0], second = data[1];
      if (first === 0x30) socket.send("40" + JSON.stringify({ token }));
      else if (first === 0x32) socket.send("3");
      else if (first === 0x34 && second === 0x30) resolve(socket);
      else if (first === 0x34 && second === 0x32) hear(server);
      else if (first === 0x34 && second === 0x34) reject(new Error(data.toString()));
    });
  });
}

function hear(server) {
  server.heard += 1;
  if (server.waiting && server.heard >= server.waiting.count) {
    server.waiting.resolve(process.hrtime.bigint());
    server.waiting = null;
  }
}

async function fire(server, count) {
  server.expected += count * tokens.length;
  const done = new Promise((resolve) => { server.waiting = { count: server.expected, resolve }; });
  const [serverBefore, clientBefore] = [worked(server.pid), clientWorked()];
  const start = process.hrtime.bigint();
  const answer = await fetch(`${server.url}/fire?n=${count}`);
  if (!answer.ok) throw new Error(`fire: ${answer.status}`);
  const end = await done;
  const client_ms = clientWorked() - clientBefore;
  await pause(SETTLE_MS);
  return { ms: Number(end - start) / 1e6, server_ms: worked(server.pid) - serverBefore, client_ms };
}

const told = {};
for (const server of servers) {
  Object.assign(server, { heard: 0, expected: 0, waiting: null });
  for (let at = 0; at < tokens.length; at += 50) {
    await Promise.all(tokens.slice(at, at + 50).map((token) => open(server, token)));
  }
  for (const count of [1, 1, burst]) await fire(server, count);
  told[server.name] = { singles: [], bursts: [] };
}
// In turn, so that what else happens on the machine meets all of them.
for (let i = 0; i < singles; i += 1) {
  for (const server of servers) told[server.name].singles.push(await fire(server, 1));
}
for (let i = 0; i < bursts; i += 1) {
  for (const server of servers) told[server.name].bursts.push(await fire(server, burst));
}
await pause(300); // anything doubled would arrive now
for (const { name, heard, expected } of servers) {
  if (heard !== expected) throw new Error(`${name}: heard ${heard}, expected ${expected}`);
}
console.log(JSON.stringify(told));
process.exit(0);
