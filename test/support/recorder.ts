/** A body shorter than this could stand in a frame by chance. */
const SHORTEST_TELLING_BODY = 5;

/** All frames that sockets of this test file received, and all bodies that it posted. */
const frames: string[] = [];
const bodies = new Set<string>();

export const recordFrame = (text: string): void => {
  frames.push(text);
};

export const recordBody = (body: unknown): void => {
  if (typeof body === 'string' && body.trim().length >= SHORTEST_TELLING_BODY)
    bodies.add(body.trim());
};

export const recorded = () => ({ frames: frames.length, bodies: bodies.size });

/** Frames that carry a body that was posted: there must be none, ever. */
export function leakedFrames(): string[] {
  const all = frames.join('\n');
  return [...bodies].filter(
    (body) => all.includes(body) || all.includes(JSON.stringify(body).slice(1, -1)),
  );
}
