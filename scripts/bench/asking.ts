import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient } from './http-client.ts';
import { type Percentiles, percentilesOf } from './statistics.ts';
import { errorCounts, type Load } from './talk.ts';
import { measureWindow, type Used } from './window.ts';

/** A request without its credentials; with `json` a POST. */
export interface Question {
  path: string;
  json?: string;
}

export interface Asking extends Pick<Load, 'port' | 'warmUpSeconds' | 'seconds' | 'pids'> {
  /** Each has one request under way, and comes from the last question back to the first. */
  askers: readonly { token: string; questions: readonly Question[] }[];
}

export interface AskingFigures extends Used {
  perSecond: number;
  answered: Percentiles;
}

const PAUSE_AFTER_ERROR = 100;

/** A closed loop of requests that change nothing. */
export async function ask(load: Asking) {
  const { errors, countError } = errorCounts();
  const window = { isOpen: false };
  const times: number[] = [];
  let ended = false;

  async function askOn({ token, questions }: Asking['askers'][number]): Promise<void> {
    const client = new HttpClient(load.port);
    const texts = questions.map((question) => textOf(question, load.port, token));
    for (let turn = 0; !ended; turn += 1) {
      const start = performance.now();
      const { status } = await client.request(texts[turn % texts.length] ?? '');
      if (window.isOpen) times.push(performance.now() - start);
      if (status === 200) continue;
      countError(`answered ${status}`);
      await sleep(PAUSE_AFTER_ERROR);
    }
    client.close();
  }

  const loops = load.askers.map(askOn);
  const { seconds, ...used } = await measureWindow(load, window);
  ended = true;
  await Promise.all(loops);
  const figures: AskingFigures = {
    perSecond: times.length / seconds,
    answered: percentilesOf(times),
    ...used,
  };
  return { figures, errors };
}

function textOf({ path, json }: Question, port: number, token: string): string {
  const head = `host: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n`;
  if (json === undefined) return `GET ${path} HTTP/1.1\r\n${head}\r\n`;
  return (
    `POST ${path} HTTP/1.1\r\n${head}content-type: application/json\r\n` +
    `content-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`
  );
}
