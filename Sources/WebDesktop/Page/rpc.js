/**
 * JSON-RPC over one WebSocket that comes back by itself.
 *
 * A request that changes something carries an idempotency key. When the connection breaks before its answer, it is
 * kept, and `resume` sends it again with the same key: the host answers with what it did, or refuses because it never
 * got it. So a lost answer never presses a button twice.
 */

/** An error of the host, or `code` 0 when the connection was lost. */
export class RpcError extends Error {
  /** @param {{code: number, message: string, data?: {kind: string}}} error */
  constructor({ code, message, data }) {
    super(message);
    this.code = code;
    this.data = data ?? {};
    this.kind = this.data.kind ?? '';
  }
}

const lost = () => new RpcError({ code: 0, message: '', data: { kind: 'connection.lost' } });

/** 128 random bits as text; `crypto.randomUUID` is missing where the page came by plain http from afar. */
const randomKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, '0')).join('');

export class Rpc {
  #socket = null;
  #lastID = 0;
  /** Requests without an answer: id → {method, params, change, resolve, reject, progress}. */
  #pending = new Map();
  /** Changes of which nobody knows whether they happened. */
  #unsure = [];
  #attempt = 0;
  #timer = 0;
  #isResting = false;

  /** @type {(method: string, params: any) => void} */
  onNotification = () => {};
  /** Told of each new connection, before anything else uses it; sees to `initialize`. */
  onOpen = async () => {};
  /** @type {(state: 'open'|'waiting'|'closed') => void} */
  onState = () => {};

  /** Connects, and goes on connecting for as long as the page lives. */
  connect() {
    clearTimeout(this.#timer);
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/rpc`);
    this.#socket = socket;
    socket.onmessage = (event) => this.#take(JSON.parse(event.data));
    socket.onopen = async () => {
      this.#attempt = 0;
      await this.onOpen();
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#lose();
      this.#again();
    };
  }

  /** A new connection in place of this one, which arrives with what its cookie says now. */
  reconnect() {
    this.rest();
    this.#isResting = false;
    this.connect();
  }

  /** Gives the connection up until `reconnect`: with nobody signed in it would hold a place that others may need. */
  rest() {
    clearTimeout(this.#timer);
    const old = this.#socket;
    this.#socket = null;
    this.#isResting = true;
    old?.close();
    this.#lose();
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Tries now instead of when the pause is over. */
  hurry() {
    if (!this.#socket && !this.#isResting) this.connect();
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @param {{change?: boolean, progress?: (value: any) => void, started?: (cancel: () => void) => void}} [how]
   *   change: it must not happen twice; started: gets what cancels it
   */
  call(method, params = {}, { change = false, progress, started } = {}) {
    return new Promise((resolve, reject) => {
      const meta = { ...(change && { idempotencyKey: randomKey() }), ...(progress && { progressToken: this.#lastID + 1 }) };
      const sent = Object.keys(meta).length ? { ...params, _meta: meta } : params;
      const id = this.#send({ method, params: sent, change, resolve, reject, progress });
      if (id) started?.(() => this.notify('$/cancelRequest', { id }));
    });
  }

  notify(method, params = {}) {
    if (this.isOpen) this.#socket.send(JSON.stringify({ jsonrpc: '2.0', method, params }));
  }

  /** Asks again about the changes whose answers were lost. Before windows are opened anew: their ids come again. */
  resume() {
    for (const request of this.#unsure.splice(0)) this.#send(request);
  }

  /** Gives those changes up: another person works here now. */
  forget() {
    for (const request of this.#unsure.splice(0)) request.reject(lost());
  }

  #send(request) {
    if (!this.isOpen) {
      request.reject(lost());
      return 0;
    }
    const id = ++this.#lastID;
    this.#pending.set(id, request);
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: request.method, params: request.params }));
    return id;
  }

  #take(message) {
    if (message.method === '$/progress') return this.#pending.get(message.params.token)?.progress?.(message.params.value);
    if (message.method) return this.onNotification(message.method, message.params ?? {});
    const request = this.#pending.get(message.id);
    if (!request) return;
    this.#pending.delete(message.id);
    if (message.error) request.reject(new RpcError(message.error));
    else request.resolve(message.result);
  }

  #lose() {
    const open = [...this.#pending.values()];
    this.#pending.clear();
    for (const request of open) {
      if (request.change) this.#unsure.push(request);
      else request.reject(lost());
    }
  }

  /** A quarter of a second, then twice as long each time, up to ten seconds. */
  #again() {
    this.onState('waiting');
    const pause = Math.min(10_000, 250 * 2 ** this.#attempt++);
    this.#timer = setTimeout(() => this.connect(), pause * (0.75 + Math.random() / 2));
  }
}

export const rpc = new Rpc();
addEventListener('online', () => rpc.hurry());
document.addEventListener('visibilitychange', () => document.hidden || rpc.hurry());
