/** A body shorter than this could stand in a frame by chance. */
const SHORTEST_TELLING_BODY = 5;

/** All frames that sockets of this test file received, and all bodies that it posted. */
const frames: string[] = [];
const bodies = new Set<string>();

export const recordFrame = (text: string): void => {
  frames.push(text);
};

export const recordBody = (body: unknown): void => {
  if (typeof body !== 'string' || body.trim().length < SHORTEST_TELLING_BODY) return;
  bodies.add(body.trim());
};

/** Throws if any frame ever carried a body that was posted. Every server of a test ends with this. */
export function requireNoLeak(): void {
  const all = frames.join('\n');
  const leaked = [...bodies].filter(
    (body) => all.includes(body) || all.includes(JSON.stringify(body).slice(1, -1)),
  );
  if (leaked.length > 0) throw new Error(`frames carried bodies: ${leaked.join(' | ')}`);
}

/** How much the search for leaks has to search, so that a test can show it is not empty. */
export const recorded = () => ({ frames: frames.length, bodies: bodies.size });

/** For clients under test: what they are given to speak with. */
export const recording = {
  WebSocket: class extends WebSocket {
    constructor(...address: ConstructorParameters<typeof WebSocket>) {
      super(...address);
      this.addEventListener('message', ({ data }) => recordFrame(String(data)));
    }
  },
  fetch: ((input, init) => {
    if (typeof init?.body === 'string') recordBody(JSON.parse(init.body).body);
    return fetch(input, init);
  }) satisfies typeof fetch as typeof fetch,
};
