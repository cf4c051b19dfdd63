// The load generator, a process of its own: each message from the command is a load, answered with what came of it.
import { type Asking, ask } from './asking.ts';
import { type Flood, flood } from './flood.ts';
import { type Gathering, gatherInRooms } from './gathering.ts';
import { type Load, talk } from './talk.ts';

process.on('message', async (load: Load | Flood | Gathering | Asking) => {
  if ('rooms' in load) process.send?.(await gatherInRooms(load));
  else if ('askers' in load) process.send?.(await ask(load));
  else process.send?.('rate' in load ? await flood(load) : await talk(load));
});
