import { test } from 'tap';
import type { Doorbell, Message } from '../../src/client/index.ts';
import { startApp } from '../support/app.ts';
import { recordBody } from '../support/recorder.ts';
import { until } from '../support/until.ts';
import { bodiesOf, newClient, newDevice, newsOf, run, sequencesOf } from './support/client.ts';
import { random } from './support/random.ts';
import { NO_FAULTS, unreliableProxy } from './support/unreliable-proxy.ts';

/** What the client holds of its conversation against what the server has. */

async function compare(client: Doorbell, id: string) {
  while (client.hasOlder(id)) await client.loadOlder(id);
  const fresh: Message[] = [];
  for (let hasAfter = true; hasAfter; ) {
    const page = await client.api.listMessages(id, { after: fresh.length, limit: 100 });
    fresh.push(...page.messages);
    hasAfter = page.hasAfter;
  }
  return { held: client.messages(id), fresh };
}

for (const seed of run(1, 3)) {
  test(`with frames, answers and connections lost at random, all ends as if read afresh (seed ${seed})`, async (t) => {
    const app = await startApp(t);
    const chance = random(seed);
    const proxy = await unreliableProxy(t, app.url, chance);
    const clients = await Promise.all(['ana', 'ben'].map((name) => newClient(t, app.url, name)));
    const { id = '' } = (await clients[0]?.openDirect('ben')) ?? {};
    const devices = await Promise.all(
      ['ana', 'ben', 'ana'].map((name) =>
        newDevice(t, proxy.url, name, { timeoutMilliseconds: 2_000 }),
      ),
    );
    const news = devices.map(newsOf);
    await Promise.all(devices.map((device) => device.connect()));

    proxy.faults = {
      lostRequests: 10,
      lostAnswers: 10,
      lostFrames: 20,
      repeatedFrames: 20,
      delay: 50,
      answerDelay: 0,
    };
    const posts = run(1, 120).map((n) => `message ${n} of the storm`);
    for (const body of posts) recordBody(body);
    const posting = posts.map((body, n) => devices[n % 2]?.post(id, body));
    const cutting = setInterval(() => chance.percent(30) && proxy.cutSockets(), 100);
    const posted = await Promise.all(posting);
    clearInterval(cutting);
    proxy.faults = NO_FAULTS;
    proxy.cutSockets();

    for (const [index, device] of devices.entries()) {
      await until(() => device.state === 'live' && (news[index]?.length ?? 0) >= posts.length);
      const { held, fresh } = await compare(device, id);
      t.same(held, fresh);
      t.same(
        sequencesOf(news[index] ?? []),
        run(1, posts.length),
        'each message was news once, in order',
      );
    }
    t.same([...bodiesOf(posted as Message[])].sort(), [...posts].sort());
    t.same(new Set(posted.map((message) => message?.sequence)).size, posts.length);
  });
}
