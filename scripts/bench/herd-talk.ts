import { setTimeout as sleep } from 'node:timers/promises';
import { TEXT } from './conversation.ts';
import type { Place } from './herd-set-up.ts';
import { type Answer, HttpClient } from './http-client.ts';

/** Milliseconds between two looks at what is due. */
const STEP = 5;

export interface Talk {
  /** Of each message that was acknowledged: its id, and when it was sent, in milliseconds since 1970. */
  posted: { id: string; at: number }[];
  /** Milliseconds from a post to its acknowledgement. */
  times: number[];
  refused: number;
  failed: number;
}

/** Posts so many a second into these conversations by turns, whether they are answered or not. Resolves when all are. */
export async function talkAtRate(
  port: number,
  places: readonly Place[],
  { rate, seconds }: { rate: number; seconds: number },
): Promise<Talk> {
  const http = new HttpClient(port);
  const talk: Talk = { posted: [], times: [], refused: 0, failed: 0 };
  const underWay: Promise<void>[] = [];
  const start = performance.now();
  while (performance.now() - start < seconds * 1_000) {
    const due = ((performance.now() - start) / 1_000) * rate;
    while (underWay.length < due) {
      const place = places[underWay.length % places.length];
      if (place) underWay.push(say(http, port, place, talk));
    }
    await sleep(STEP);
  }
  await Promise.all(underWay);
  http.close();
  return talk;
}

async function say(http: HttpClient, port: number, place: Place, talk: Talk): Promise<void> {
  const at = Date.now();
  const start = performance.now();
  const answer = await http
    .request(request(port, place))
    .catch((): Answer => ({ status: 0, body: '' }));
  if (answer.status === 201) {
    talk.posted.push({ id: JSON.parse(answer.body).id, at });
    talk.times.push(performance.now() - start);
  } else if (answer.status === 503) talk.refused += 1;
  else talk.failed += 1;
}

function request(port: number, { id, token }: Place): string {
  const json = JSON.stringify({ body: TEXT });
  return (
    `POST /api/v1/conversations/${id}/messages HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n` +
    `authorization: Bearer ${token}\r\ncontent-type: application/json\r\n` +
    `idempotency-key: ${crypto.randomUUID()}\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`
  );
}
