// Pages that come back to a hub that was restarted: socket.io-client with the pages' own waits.
// usage: node storm_client.mjs PLAN_FILE     plan: {url, tokens, goal, folder}
//   goal: how many changes each page must have heard in the end; folder: of a copy of the waits
// prints "ready" once all are connected, then after the hub went and came back
//   {connected: [ms since the epoch], caught_up: [ms], doubled, asked, refused, slow}; doubled: told twice by the socket
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { io } = createRequire(import.meta.url)("socket.io-client");
const { url, tokens, goal, folder } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { retryWait, askWait, ackWait } = await import(`${folder}/reconnect.mjs`);
const connected = [], caughtUp = [];
let open = 0, begun = false, doubled = 0, asked = 0, refused = 0, slow = 0;

class Page {
  constructor(token) {
    Object.assign(this, { token, last: null, heard: 0, told: 0, failedTries: 0, failedAsks: 0, slowTries: 0, trying: true, back: false });
    this.socket = io(url, {
      path: "/socket.io", transports: ["websocket"], reconnection: false, forceNew: true, autoConnect: false,
      auth: (give) => give({ token, units: true, ...(this.last === null ? {} : { after: this.last }) }),
    });
    this.socket.on("connect", () => this.lineUp());
    this.socket.on("disconnect", () => this.comeBack());
    this.socket.on("connect_error", (error) => {
      refused += 1;
      if (error.message === "timeout") { slow += 1; this.slowTries += 1; }
      this.comeBack();
    });
    this.socket.on("change", ({ seq }) => this.hear(seq));
  }

  connect(head) { this.last = head; this.socket.connect(); }

  lineUp() {
    open += 1;
    this.trying = false;
    this.failedTries = this.failedAsks = this.slowTries = 0;
    clearTimeout(this.retry);
    clearTimeout(this.ask);
    if (!begun && open === tokens.length) { begun = true; console.log("ready"); }
    else if (begun && !this.back) { this.back = true; connected.push(Date.now()); this.finish(); }
    this.acknowledgeSoon();
  }

  comeBack() {
    this.trying = false;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => { this.trying = true; this.socket.connect(); }, retryWait(this.failedTries));
    this.failedTries += 1;
    if (begun) this.askLater();
  }

  askLater() {
    clearTimeout(this.ask);
    this.ask = setTimeout(() => this.catchUp(), askWait(this.failedAsks + this.slowTries));
  }

  async catchUp() {
    if (this.socket.connected) return;
    if (this.trying) { this.askLater(); return; }
    asked += 1;
    try {
      const headers = { Authorization: `Bearer ${this.token}` };
      const answer = await fetch(`${url}/api/v1/changes?after=${this.last}&limit=200`, { headers });
      for (const { seq } of (await answer.json()).items) if (seq > this.last) this.apply(seq);
      this.failedAsks = 0;
    } catch { this.failedAsks += 1; }
    if (!this.socket.connected) this.askLater();
  }

  /** What was asked for by HTTP while the socket came back may come once more with it, and is dropped. */
  hear(seq) {
    if (seq <= this.told) doubled += 1;
    this.told = seq;
    if (seq > this.last) this.apply(seq);
  }

  apply(seq) {
    if (seq !== this.last + 1) throw new Error(`a gap from ${this.last} to ${seq}`);
    this.last = seq;
    this.heard += 1;
    if (this.heard === goal) { caughtUp.push(Date.now()); this.finish(); }
    this.acknowledgeSoon();
  }

  acknowledgeSoon() {
    clearTimeout(this.ack);
    this.ack = setTimeout(() => this.socket.connected && this.socket.emit("ack", { seq: this.last }), ackWait());
  }

  finish() {
    if (connected.length < tokens.length || caughtUp.length < tokens.length) return;
    setTimeout(() => {  // anything doubled would arrive now
      console.log(JSON.stringify({ connected, caught_up: caughtUp, doubled, asked, refused, slow }));
      process.exit(0);
    }, 300);
  }
}

const headers = { Authorization: `Bearer ${tokens[0]}` };
const { head } = await (await fetch(`${url}/api/v1/changes?after=0&limit=1`, { headers })).json();
const pages = tokens.map((token) => new Page(token));
for (const [at, page] of pages.entries()) {
  page.connect(head);
  while (at - open > 50) await new Promise((resolve) => setTimeout(resolve, 5));
}
