// The thread of the one connection that writes; see writer.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { type Rows, type Statement, Statements } from './statements.ts';

/** Orders are answered one by one, in the order in which they come, and by the rows of their last statement. */
export type Order = { do: 'run'; statements: readonly Statement[]; place: Place } | { do: 'close' };

/** Where statements stand: one by itself, the first of a transaction, in one, or the COMMIT of one. */
export type Place = 'alone' | 'first' | 'within' | 'last';

export type Answer = { rows: Rows } | { failure: Failure };

/** What is left of an error that has crossed threads. */
export interface Failure {
  message: string;
  code?: string | undefined;
  errcode?: number | undefined;
}

const SQLITE_ERROR = 1;

const notBegun = (): Error =>
  Object.assign(new Error('no transaction is active'), { errcode: SQLITE_ERROR });

// Whoever reads first and then writes would fail at once when another process wrote in between, instead of waiting.
const BEGIN: Statement = { sql: 'begin immediate', parameters: [] };
const ROLLBACK: Statement = { sql: 'rollback', parameters: [] };

const file = workerData as string;
let connection: Statements | undefined;

parentPort?.on('message', (order: Order) => {
  if (order.do === 'run') {
    parentPort?.postMessage(answerTo(order));
    return;
  }
  connection?.close();
  parentPort?.close();
});

function answerTo({ statements, place }: Order & { do: 'run' }): Answer {
  try {
    connection ??= new Statements(file);
    return { rows: run(connection, statements, place) };
  } catch (error) {
    // What follows is of the next one.
    if (place === 'last' && connection?.isInTransaction) connection.run(ROLLBACK);
    const { message, code, errcode } = error as Failure;
    return { failure: { message, code, errcode } };
  }
}

function run(connection: Statements, statements: readonly Statement[], place: Place): Rows {
  if (place === 'first') connection.run(BEGIN);
  // What has been undone must not be followed by what is then stored by itself.
  else if (place !== 'alone' && !connection.isInTransaction) throw notBegun();
  let rows: Rows = { rows: [] };
  for (const statement of statements) rows = connection.run(statement);
  return rows;
}
