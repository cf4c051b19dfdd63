import type { OnText } from './bad-fetch.ts';
import { type Fate, FRAME_FAULTS, type Luck } from './luck.ts';

const ABNORMAL_CLOSURE = 1006;

type Address = ConstructorParameters<typeof WebSocket>;

/** The sockets of a network with this luck, as a class for a client that makes its sockets itself. */
export const badWebSocket = (luck: Luck, onText: OnText): typeof globalThis.WebSocket =>
  class extends BadSocket {
    constructor(...address: Address) {
      super(address, luck, onText);
    }
  };

/**
 * A WebSocket on which things go wrong once the server has said `ready`. The server sees a closing
 * handshake where the client sees a connection cut; what a server has to bear is the relay's business.
 */
class BadSocket extends WebSocket {
  readonly #luck: Luck;
  readonly #onText: OnText;
  /** Events of our own, among those of the real socket. */
  readonly #own = new WeakSet<Event>();
  #isReady = false;
  #isDeaf = false;
  #isOver = false;
  #overtaken: { text: string; timer: NodeJS.Timeout } | undefined;

  constructor(address: Address, luck: Luck, onText: OnText) {
    super(...address);
    this.#luck = luck;
    this.#onText = onText;
    // The first to listen: what is stopped here, nobody hears.
    this.addEventListener('message', (event) => this.#receive(event));
    for (const type of ['error', 'close'])
      this.addEventListener(type, (event) => this.#receiveEnd(event));
  }

  override send(data: Parameters<WebSocket['send']>[0]): void {
    if (!this.#isDeaf) super.send(data);
  }

  override close(code?: number, reason?: string): void {
    if (this.#isDeaf) this.#cut();
    else super.close(code, reason);
  }

  /** The client sees its connection lost, and hears nothing more. */
  #cut(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    super.close();
    queueMicrotask(() => this.#dispatch(new CloseEvent('close', { code: ABNORMAL_CLOSURE })));
  }

  #receive(event: MessageEvent): void {
    if (this.#own.has(event)) return;
    event.stopImmediatePropagation();
    const text = String(event.data);
    this.#onText(text, 'a frame', performance.now());
    if (this.#isDeaf || this.#isOver) return;
    if (this.#isReady) this.#meetFate(text, this.#luck.draw(FRAME_FAULTS));
    else this.#deliver(text);
    this.#isReady ||= isReadyFrame(text);
  }

  #receiveEnd(event: Event): void {
    if (this.#own.has(event)) return;
    if (this.#isDeaf || this.#isOver) event.stopImmediatePropagation();
    else this.#isOver = event.type === 'close';
  }

  #meetFate(text: string, fate: Fate): void {
    if (this.#luck.strikes('cutSockets', fate)) this.#cut();
    else if (this.#luck.strikes('deafSockets', fate)) this.#isDeaf = true;
    else if (!this.#luck.strikes('lostFrames', fate)) this.#pass(text, fate);
  }

  #pass(text: string, fate: Fate): void {
    const luck = this.#luck;
    if (luck.strikes('repeatedFrames', fate)) setTimeout(() => this.#deliver(text), fate.delay);
    if (!this.#overtaken && luck.strikes('overtakenFrames', fate)) this.#holdBack(text, fate.delay);
    else if (luck.strikes('lateFrames', fate)) setTimeout(() => this.#deliver(text), fate.delay);
    else this.#deliver(text);
  }

  #holdBack(text: string, milliseconds: number): void {
    const timer = setTimeout(() => this.#deliverOvertaken(), milliseconds);
    this.#overtaken = { text, timer };
  }

  #deliverOvertaken(): void {
    const overtaken = this.#overtaken;
    this.#overtaken = undefined;
    clearTimeout(overtaken?.timer);
    if (overtaken) this.#deliver(overtaken.text);
  }

  #deliver(text: string): void {
    if (this.#isDeaf || this.#isOver) return;
    this.#dispatch(new MessageEvent('message', { data: text }));
    this.#deliverOvertaken();
  }

  #dispatch(event: Event): void {
    this.#own.add(event);
    this.dispatchEvent(event);
  }
}

function isReadyFrame(text: string): boolean {
  try {
    return JSON.parse(text)?.event === 'ready';
  } catch {
    return false;
  }
}
