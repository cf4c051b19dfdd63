import { Worker } from 'node:worker_threads';
import type { Rows, Statement } from './statements.ts';
import type { Answer, Failure, Order, Place } from './thread.ts';

/** Megabytes of its heap for what is young; it keeps little. */
const YOUNG_GENERATION = 4;

/** One that may write, from `lock` to `unlock`. Others wait for it, in their order. */
export interface Writer {
  lock(): Promise<void>;
  unlock(): void;
  /** Resolves to the rows of the last. Throws what node:sqlite would have thrown for the first that failed. */
  run(statements: readonly Statement[], place: Place): Promise<Rows>;
  close(): Promise<void>;
}

/**
 * The one connection that writes, in a thread of its own: what it waits for, the disk above all, nobody else waits for.
 * The thread starts with the first statement; should it ever break, so does the process, which knows no more what is
 * stored.
 */
export function openWriter(file: string): Writer {
  let thread: Worker | undefined;
  let isLocked = false;
  const waiting: (() => void)[] = [];
  const asked: ((answer: Answer) => void)[] = [];

  function start(): Worker {
    const started = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData: file,
      // Not the hooks of what this process is run by.
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
    });
    started.on('message', (answer: Answer) => {
      asked.shift()?.(answer);
      // Nobody's process stays for a thread that has nothing to do.
      if (asked.length === 0) started.unref();
    });
    return started;
  }

  const tell = (order: Order): Worker => {
    thread ??= start();
    thread.ref();
    thread.postMessage(order);
    return thread;
  };

  return {
    lock: () => {
      if (isLocked) return new Promise((resolve) => waiting.push(resolve));
      isLocked = true;
      return Promise.resolve();
    },

    unlock() {
      const next = waiting.shift();
      if (next) next();
      else isLocked = false;
    },

    async run(statements, place) {
      const { promise, resolve } = Promise.withResolvers<Answer>();
      asked.push(resolve);
      tell({ do: 'run', statements: statements.map(cloneable), place });
      const answer = await promise;
      if ('rows' in answer) return answer.rows;
      throw errorOf(answer.failure);
    },

    async close() {
      if (!thread) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      thread.once('exit', () => resolve());
      tell({ do: 'close' });
      await promise;
    },
  };
}

const cloneable = ({ sql, parameters }: Statement): Statement => ({
  sql,
  parameters: parameters.map(apart),
});

/** A part of a buffer would take the whole of it along. */
const apart = (value: unknown): unknown =>
  value instanceof Uint8Array && value.byteLength < value.buffer.byteLength
    ? new Uint8Array(value)
    : value;

const errorOf = ({ message, ...numbers }: Failure): Error =>
  Object.assign(new Error(message), numbers);
