import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Doorbell } from '../../src/client/index.ts';
import { PASSWORD } from '../seed/accounts.ts';
import { inventPeople } from '../seed/people.ts';
import { type Doorbell as Server, startDoorbell } from '../support/processes.ts';

const root = join(import.meta.dirname, '../..');
const SIZE = { users: 24, conversations: 60, messages: 2_500 };

export interface Stage extends AsyncDisposable {
  url: string;
  username: string;
  password: string;
  /** Somebody else. The first is an admin. */
  otherUsername: string;
  /** A room in which something has just been said, and a direct conversation with unread messages. */
  roomId: string;
  directId: string;
  /** A conversation with somebody who is blocked. */
  blockedDirectId: string;
}

/** A server with people who talk, over the store in `dir`. */
export async function setStage(dir: string): Promise<Stage> {
  const size = Object.entries(SIZE).flatMap(([name, value]) => [`--${name}`, String(value)]);
  await runScript(dir, 'seed', size);
  const server = await startDoorbell(dir, { WEB_DIR: join(root, '.web') });
  const url = `http://127.0.0.1:${server.port}`;
  const cast = await signInAll(url);
  const [hero, other] = cast;
  if (!hero?.me || !other?.me) throw new Error('nobody was seeded');
  const roomId = await talkInRoom(cast);
  const directId = await talkToEachOther(hero, cast.slice(1));
  const blockedDirectId = await blockOne(hero, cast[4]);
  await administer(dir, hero, other.me.username);
  return {
    url,
    username: hero.me.username,
    password: PASSWORD,
    otherUsername: other.me.username,
    roomId,
    directId,
    blockedDirectId,
    [Symbol.asyncDispose]: () => strike(server, cast),
  };
}

async function runScript(dir: string, name: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, `scripts/${name}.ts`), ...args], {
    cwd: dir,
    env: { PATH: process.env['PATH'], DATA_DIR: dir },
  });
}

async function administer(dir: string, hero: Doorbell, other: string): Promise<void> {
  await runScript(dir, 'create-admin', ['--username', hero.me?.username ?? '', '--promote']);
  await hero.admin.changeUser(other, { disabled: true });
  await hero.admin.changeUser(other, { disabled: false });
}

async function strike(server: Server, cast: readonly Doorbell[]): Promise<void> {
  for (const client of cast) client.close();
  await server[Symbol.asyncDispose]();
}

async function signInAll(url: string): Promise<Doorbell[]> {
  const clients: Doorbell[] = [];
  for (const { username } of inventPeople(1, SIZE.users).slice(0, 5)) {
    const client = new Doorbell({ url });
    await client.login(username, PASSWORD);
    await client.connect();
    clients.push(client);
  }
  return clients;
}

async function talkInRoom([hero, one, two, three]: readonly Doorbell[]): Promise<string> {
  if (!hero || !one || !two || !three) throw new Error('too few were seeded');
  const members = [one, two, three].map(({ me }) => me?.username ?? '');
  const topic = 'Every Thursday at seven, in the old tower';
  const { id } = await hero.createRoom({ title: 'Bell ringers', topic, visibility: 'public' });
  for (const username of members) await hero.addMember(id, username);
  await one.createRoom({ title: 'Book club', topic: 'One novel a month', visibility: 'public' });
  await two.createRoom({ title: 'Allotments', topic: 'Seeds, slugs, surplus courgettes' });
  await three.createRoom({ title: 'עברית קלה', topic: 'Practice together', visibility: 'public' });
  await one.post(id, 'Who has the key to the tower this week?');
  const question = await two.post(
    id,
    'I do. Shall I open at half past six, so that we can oil the tenor first?',
  );
  await two.post(id, 'It squeaks like anything, see https://example.org/ringing/tenor-bearings');
  await hero.post(id, 'Half past is fine. I will bring the oil.', { replyTo: question.id });
  await hero.markRead(id);
  await three.react(question.id, '👍');
  await hero.react(question.id, '👍');
  await one.react(question.id, '🎉');
  const mistake = await three.post(id, 'I cannot come');
  await three.remove(mistake.id);
  await three.post(
    id,
    'I will be a little late, start without me. Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft meets until seven.',
  );
  await one.post(id, '🔔🔔');
  const plan = await hero.post(
    id,
    'Plain Bob Minor to warm up, then the quarter peal.\nSix of us is enough.',
  );
  await hero.edit(
    plan.id,
    'Plain Bob Minor to warm up, then the quarter peal.\n\nFive of us is enough.',
  );
  return id;
}

async function talkToEachOther(hero: Doorbell, others: readonly Doorbell[]): Promise<string> {
  const [one, two] = others;
  if (!one || !two || !hero.me) throw new Error('too few were seeded');
  const quiet = await two.openDirect(hero.me.username);
  await two.post(quiet.id, 'Are you coming on Thursday?');
  const { id } = await one.openDirect(hero.me.username);
  await hero.markRead(id);
  await one.post(id, 'I have found the recipe that you asked for.');
  await one.post(
    id,
    'It is the one with caraway. Do you want me to copy it out, or shall I bring the book?',
  );
  await one.post(id, 'The book has notes by my grandmother, mind.');
  return id;
}

async function blockOne(hero: Doorbell, other: Doorbell | undefined): Promise<string> {
  if (!other?.me || !hero.me) throw new Error('too few were seeded');
  await other.account.changeProfile({ about: 'Selling bell ropes, cheap' });
  const { id } = await other.openDirect(hero.me.username);
  await other.post(id, 'Do you want to buy a rope?');
  await hero.api.block(other.me.username);
  return id;
}
