import { FrameSum, parseFrame } from './frame-sum.ts';
import type { Line, OpenLine } from './line.ts';
import { ABNORMAL_CLOSURE } from './socket.ts';

/** Milliseconds in which the page that has the socket shows that it lives. */
const PATIENCE = 3_000;

/** What the pages tell each other. */
type Word =
  | { kind: 'join'; from: string }
  /** The socket is being opened. */
  | { kind: 'opening' }
  /** From here on everything is passed on; `sum` is of what came before. */
  | { kind: 'joined'; to: string; ready: string; sum: number }
  | { kind: 'text'; text: string }
  | { kind: 'send'; text: string }
  | { kind: 'closed'; code: number };

/**
 * One line for all pages of a browser that share the name, which is to tell users and servers apart: the page that
 * holds the lock of that name opens it with `open`, and passes on what arrives. When that page goes the others' lines
 * close, and the first of them to connect again has the next one. Pages without locks, which browsers give to secure
 * origins alone, open a line each.
 */
export const sharedLine = (name: string, open: OpenLine): OpenLine => {
  const { locks } = globalThis.navigator ?? {};
  if (!locks || !globalThis.BroadcastChannel) return open;
  return (protocols, events) =>
    new SharedLine({ name, locks, open: (own) => open(protocols, own), ...events });
};

interface SharedLineOptions extends Events {
  name: string;
  locks: typeof navigator.locks;
  open: (events: Events) => Line;
}

type Events = Parameters<OpenLine>[1];

class SharedLine implements Line {
  readonly #options: SharedLineOptions;
  readonly #channel: BroadcastChannel;
  readonly #id = Math.random().toString(36).slice(2);
  readonly #waiting = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  #isEnded = false;
  /** The line itself, of the page that has it. */
  #own: Line | undefined;
  /** The frame with which it became live. */
  #ready: string | undefined;
  readonly #sum = new FrameSum();
  /** Of a page that follows: the sum before it joined. */
  #sumBefore: number | undefined;
  readonly #impatience: ReturnType<typeof setTimeout>;

  constructor(options: SharedLineOptions) {
    this.#options = options;
    this.#channel = new BroadcastChannel(options.name);
    this.#channel.addEventListener('message', ({ data }) => this.#hear(data));
    this.#request({ signal: this.#waiting.signal });
    this.#say({ kind: 'join', from: this.#id });
    this.#impatience = setTimeout(() => this.#takeOver(), PATIENCE);
  }

  send(text: string): void {
    if (this.#own) this.#own.send(text);
    else this.#say({ kind: 'send', text });
  }

  close(): void {
    this.#end(1000);
  }

  /** From a page that holds the lock and shows no life: it is frozen, or busy for seconds. */
  #takeOver(): void {
    this.#waiting.abort();
    this.#request({ steal: true });
  }

  #request(options: { signal: AbortSignal } | { steal: true }): void {
    this.#options.locks
      .request(this.#options.name, options, () => this.#lead())
      .catch(() => {
        // Unless it has only stopped waiting, another page has taken over from this one.
        if (!('signal' in options && options.signal.aborted)) this.#end(ABNORMAL_CLOSURE);
      });
  }

  /** Resolves when the line is over. */
  #lead(): Promise<void> | undefined {
    if (this.#isEnded) return undefined;
    // The page that had the line is gone, and what this one would open it with is out of date.
    if (this.#sumBefore !== undefined) return void this.#end(ABNORMAL_CLOSURE);
    clearTimeout(this.#impatience);
    this.#own = this.#options.open({
      onText: (text) => this.#passOn(text),
      onClosed: (code) => {
        this.#say({ kind: 'closed', code });
        this.#end(code);
      },
    });
    this.#say({ kind: 'opening' });
    return this.#ended.promise;
  }

  #passOn(text: string): void {
    const frame = parseFrame(text);
    this.#sum.take(text, frame);
    if (frame?.event === 'ready') this.#ready = text;
    this.#say({ kind: 'text', text });
    this.#options.onText(text);
  }

  #hear(word: Word): void {
    if (this.#isEnded) return;
    if (this.#own) this.#answer(this.#own, word);
    else this.#follow(word);
  }

  #answer(own: Line, word: Word): void {
    if (word.kind === 'send' && this.#ready) own.send(word.text);
    if (word.kind !== 'join') return;
    const { from: to } = word;
    if (this.#ready) this.#say({ kind: 'joined', to, ready: this.#ready, sum: this.#sum.value });
    else this.#say({ kind: 'opening' });
  }

  #follow(word: Word): void {
    if (word.kind === 'opening') clearTimeout(this.#impatience);
    else if (word.kind === 'closed') this.#end(word.code);
    else if (word.kind === 'joined' && word.to === this.#id) this.#join(word.ready, word.sum);
    else if (word.kind === 'text') this.#receive(word.text);
  }

  #join(ready: string, sum: number): void {
    clearTimeout(this.#impatience);
    this.#sumBefore = sum;
    this.#options.onText(ready);
  }

  #receive(text: string): void {
    const frame = parseFrame(text);
    if (frame?.event === 'ready') this.#join(text, 0);
    else if (this.#sumBefore === undefined) return;
    else if (frame?.event !== 'heartbeat' || frame.sum === undefined) this.#options.onText(text);
    else {
      const sum = (frame.sum - this.#sumBefore) >>> 0;
      this.#options.onText(JSON.stringify({ ...frame, sum }));
    }
  }

  #say(word: Word): void {
    if (!this.#isEnded) this.#channel.postMessage(word);
  }

  #end(code: number): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#impatience);
    this.#waiting.abort();
    this.#own?.close();
    this.#channel.close();
    this.#ended.resolve();
    this.#options.onClosed(code);
  }
}
