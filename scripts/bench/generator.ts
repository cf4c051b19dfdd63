// The load generator, a process of its own: each message from the command is a load, answered with what came of it.
import { type Flood, flood } from './flood.ts';
import { type Load, talk } from './talk.ts';

process.on('message', async (load: Load | Flood) => {
  process.send?.('rate' in load ? await flood(load) : await talk(load));
});
