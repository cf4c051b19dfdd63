import { test } from 'tap';
import type { Message, MessagePage } from '../../src/client/index.ts';
import { MessageRange } from '../../src/client/range.ts';
import { sequencesOf } from './support/client.ts';
import { messageOf } from './support/objects.ts';
import { type Random, random } from './support/random.ts';

const pageOf = (sequences: number[], hasBefore: boolean, hasAfter: boolean): MessagePage => ({
  messages: sequences.map((sequence) => messageOf(sequence)),
  hasBefore,
  hasAfter,
});

test('a message beyond a gap is kept but neither listed nor new until the gap is filled', async (t) => {
  const range = new MessageRange(3);
  t.same(range.receive([messageOf(6)]), []);
  t.same(range.list(), []);
  t.same(sequencesOf(range.early()), [6]);
  t.match({ through: range.through, highest: range.highest }, { through: 3, highest: 6 });
  t.same(sequencesOf(range.receive([messageOf(5), messageOf(4)])), [4, 5, 6]);
  t.same(sequencesOf(range.list()), [4, 5, 6]);
  t.same(range.early(), []);
  t.equal(range.through, 6);
});

test('what was received before is not new again, a later version of it is', async (t) => {
  const range = new MessageRange(0);
  t.same(sequencesOf(range.receive([messageOf(1, { version: 2 })])), [1]);
  t.same(range.receive([messageOf(1, { version: 2 })]), []);
  t.same(range.receive([messageOf(1, { version: 1 })]), []);
  t.same(range.receive([messageOf(1, { version: 3 })]), [messageOf(1, { version: 3 })]);
  t.same(range.list(), [messageOf(1, { version: 3 })]);
});

test('a page settles the sequences that it leaves out, as unreadable', async (t) => {
  const range = new MessageRange(2);
  range.exists(9);
  t.same(sequencesOf(range.cover(2, pageOf([4, 6], true, true), 9)), [4, 6]);
  t.equal(range.through, 6, 'more follows the page, so it says nothing beyond its last message');
  t.same(sequencesOf(range.cover(6, pageOf([7], true, false), 9)), [7]);
  t.equal(range.through, 9, 'nothing follows the page, so 8 and 9 cannot be read');
  t.equal(range.needs(8), true, 'an announcement of 8 would be news');
});

test('a page for a position that is not reached is of no use', async (t) => {
  const range = new MessageRange(2);
  t.same(range.cover(5, pageOf([6, 7], true, false), 7), []);
  t.equal(range.through, 2);
});

test('an announcement alone moves nothing: only what was read counts as existing', async (t) => {
  const range = new MessageRange(2);
  t.equal(range.needs(9_000), true);
  t.match({ through: range.through, highest: range.highest }, { through: 2, highest: 2 });
});

test('pages before the range lengthen it down to the first message', async (t) => {
  const range = new MessageRange(30);
  t.equal(range.hasOlder, true);
  range.prepend(31, pageOf([28, 29, 30], true, false));
  range.prepend(31, pageOf([28, 29, 30], true, false));
  t.match({ from: range.from, hasOlder: range.hasOlder }, { from: 28, hasOlder: true });
  range.prepend(28, pageOf([1, 2, 27], false, true));
  t.same(sequencesOf(range.list()), [1, 2, 27, 28, 29, 30]);
  t.equal(range.hasOlder, false);
  t.equal(new MessageRange(0).hasOlder, false, 'before the first message there is nothing');
});

test('a page tells which of its messages changed while it was on its way', async (t) => {
  const range = new MessageRange(30);
  t.equal(range.needsAgain(31), true);
  t.equal(range.needsAgain(28), false, 'nobody asked for it: whoever does gets it as it is then');
  const before = range.beginPage();
  for (const sequence of [5, 29, 30, 31, 40]) range.needsAgain(sequence);
  t.same(sequencesOf(range.prepend(before, pageOf([28, 29, 30], true, false)).changed), [29, 30]);
  range.endPage();
  t.equal(range.needsAgain(5), false);
  t.same(range.prepend(range.beginPage(), pageOf([5, 27], true, false)).changed, []);
  t.equal(range.needsAgain(5), true, 'it is held now');
});

test('a page that was asked for before some of it was cleared is taken without that', async (t) => {
  const range = new MessageRange(30);
  const before = range.beginPage();
  t.same(range.clear(20), { dropped: 0, added: [] });
  t.equal(range.hasOlder, true);
  t.same(
    sequencesOf(range.prepend(before, pageOf([16, 19, 22, 30], true, false)).messages),
    [22, 30],
  );
  t.match({ from: range.from, hasOlder: range.hasOlder }, { from: 22, hasOlder: false });
  range.clear(25);
  t.same(sequencesOf(range.list()), [30]);
  t.same(range.prepend(22, pageOf([10], true, false)).messages, [], 'that is not where it begins');
});

/** A conversation at the server: messages by sequence, some of which this user cannot read. */
class Conversation {
  readonly versions: number[] = [];
  readonly #chance: Random;

  constructor(chance: Random) {
    this.#chance = chance;
  }

  get lastSequence(): number {
    return this.versions.length;
  }

  post(): void {
    this.versions.push(this.#chance.percent(5) ? 0 : 1);
  }

  edit(sequence: number): void {
    if (this.versions[sequence - 1] !== 0)
      this.versions[sequence - 1] = (this.versions[sequence - 1] ?? 0) + 1;
  }

  read(sequence: number): Message[] {
    const version = this.versions[sequence - 1];
    return version ? [messageOf(sequence, { version })] : [];
  }

  readAll(from: number): Message[] {
    return this.versions.flatMap((_, index) => (index + 1 >= from ? this.read(index + 1) : []));
  }

  page(after: number, limit: number): MessagePage {
    const rest = this.readAll(after + 1);
    return { messages: rest.slice(0, limit), hasBefore: after > 0, hasAfter: rest.length > limit };
  }
}

/** A client that is told of everything late, twice, in any order or not at all. */
function simulate(seed: number) {
  const chance = random(seed);
  const server = new Conversation(chance);
  for (let n = chance.below(20); n > 0; n -= 1) server.post();
  const range = new MessageRange(server.lastSequence);
  const from = range.from;
  const news: Message[] = [];
  const passed: number[] = [range.through];
  const underWay: (() => Message[])[] = [];
  const take = (messages: Message[]): void => {
    news.push(...messages);
    passed.push(range.through);
  };
  const fetchOne = (): void => {
    const fetched = server.read(1 + chance.below(server.lastSequence));
    underWay.push(() => range.receive(fetched));
  };
  const fetchPage = (): void => {
    range.exists(server.lastSequence);
    const { through, highest } = range;
    const page = server.page(through, 1 + chance.below(5));
    underWay.push(() => range.cover(through, page, highest));
  };
  for (let step = 0; step < 300; step += 1) {
    if (chance.percent(30)) server.post();
    if (server.lastSequence > 0 && chance.percent(10))
      server.edit(1 + chance.below(server.lastSequence));
    if (server.lastSequence > 0 && chance.percent(40)) fetchOne();
    if (chance.percent(5)) fetchPage();
    const arrived = underWay.splice(chance.below(underWay.length), 1)[0];
    if (arrived && chance.percent(70)) take(arrived());
    if (arrived && chance.percent(20)) underWay.push(arrived);
  }
  // The sync: all that is missing, and all that changed.
  range.exists(server.lastSequence);
  while (range.highest > range.through)
    take(range.cover(range.through, server.page(range.through, 7), range.highest));
  take(range.receive(server.readAll(1)));
  return { range, server, news, passed, from };
}

test('whatever is lost, repeated or out of order, the range ends as if read afresh', async (t) => {
  for (let seed = 1; seed <= 500; seed += 1) {
    const { range, server, news, passed, from } = simulate(seed);
    const wanted = server.readAll(from);
    const isSame = JSON.stringify(range.list()) === JSON.stringify(wanted);
    const isOnce = new Set(news.map(({ id, version }) => `${id} ${version}`)).size === news.length;
    const firsts = sequencesOf(news).filter(
      (sequence, index, all) => all.indexOf(sequence) === index,
    );
    const isOrdered = firsts.every(
      (sequence, index) => index === 0 || sequence > (firsts[index - 1] ?? 0),
    );
    const isMonotone = passed.every((through, index) => through >= (passed[index - 1] ?? 0));
    const isAll = firsts.length === wanted.length;
    if (isSame && isOnce && isOrdered && isMonotone && isAll) continue;
    t.fail(`seed ${seed}: ${JSON.stringify({ isSame, isOnce, isOrdered, isMonotone, isAll })}`);
  }
  t.pass('500 runs');
});
