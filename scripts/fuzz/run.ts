import { pick, randomOf } from '../seed/random.ts';
import { fetchDocument } from './api-document.ts';
import { Cast } from './cast.ts';
import { type Finding, Findings } from './findings.ts';
import { Lane } from './lane.ts';
import { Tally } from './tally.ts';
import { World } from './world.ts';

export interface FuzzOptions {
  url: string;
  /** Split over routes and commands. */
  cases: number;
  seed: number;
  /** Part of the name of a route or a command. */
  only?: string | undefined;
  lanes?: number;
  promote?: ((username: string) => Promise<void>) | undefined;
  onProgress?: ((cases: number) => void) | undefined;
}

export interface Verdict {
  findings: readonly Finding[];
  tally: Tally;
  /** How many routes and commands there were. */
  routes: number;
  commands: number;
}

/** Of answers, that may be a 503; more of them, and the run shows little. */
const MAX_UNAVAILABLE = 0.01;
/** After so many cases of a lane its actor is looked at. */
const CHECK_EVERY = 50;
/** One lane in so many is an admin's, where there is something for admins. */
const ADMIN_EVERY = 4;

/** Sends `cases` requests and frames, made from what the server says of itself, and checks all that comes back. */
export async function fuzz(options: FuzzOptions): Promise<Verdict> {
  const { url, cases, seed, only = '', lanes: count = 12, promote, onProgress } = options;
  const document = await fetchDocument(url);
  const isMeant = ({ name }: { name: string }) => name.includes(only);
  const routes = document.routes.filter(isMeant);
  const commands = document.commands.filter(isMeant);
  const kinds = [routes, commands].filter((kind) => kind.length > 0);
  if (kinds.length === 0) throw new Error(`no route or command has ${only} in its name`);

  const world = new World();
  const cast = new Cast({ url, world, promote });
  const [findings, tally] = [new Findings(), new Tally()];
  const parts = { url, seed, cast, oracle: { document, world }, findings, tally };
  const hasAdmins =
    promote !== undefined && document.routes.some(({ path }) => /\/admin\b/.test(path));

  let next = 0;
  async function work(lane: Lane): Promise<void> {
    for (let done = 1; next < cases; done += 1) {
      const number = next++;
      const random = randomOf('case', seed, number);
      if (kinds[number % kinds.length] === routes) await lane.call(pick(random, routes), number);
      else await lane.say(pick(random, commands), number);
      if (done % CHECK_EVERY === 0) await lane.check();
      onProgress?.(tally.cases);
    }
  }
  // One after another, so that a small world is the same each time.
  const lanes: Lane[] = [];
  for (let n = 0; n < count; n += 1) {
    lanes.push(new Lane(parts, await cast.newActor(hasAdmins && n % ADMIN_EVERY === 0)));
  }
  await Promise.all(lanes.map(work));
  for (const lane of lanes) lane.close();
  if (tally.unavailable > MAX_UNAVAILABLE * tally.cases) {
    const what = `503 was the answer ${tally.unavailable} times`;
    findings.add({ where: 'the server', what, number: cases, repeat: '' });
  }
  return { findings: findings.all, tally, routes: routes.length, commands: commands.length };
}
