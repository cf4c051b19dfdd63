// The thread of the one connection that writes; see writer.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { type Rows, type Statement, Statements } from './statements.ts';

/** Statements are answered one by one, in their order. */
export type Order = { do: 'run'; statement: Statement; place: Place } | { do: 'close' };

/** Where a statement stands: by itself, as the first of a transaction, in one, or as the COMMIT of one. */
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
    parentPort?.postMessage(answerTo(order.statement, order.place));
    return;
  }
  connection?.close();
  parentPort?.close();
});

function answerTo(statement: Statement, place: Place): Answer {
  try {
    connection ??= new Statements(file);
    return { rows: run(connection, statement, place) };
  } catch (error) {
    // What follows is of the next one.
    if (place === 'last' && connection?.isInTransaction) connection.run(ROLLBACK);
    const { message, code, errcode } = error as Failure;
    return { failure: { message, code, errcode } };
  }
}

function run(connection: Statements, statement: Statement, place: Place): Rows {
  if (place === 'first') connection.run(BEGIN);
  // What was sent along, and then could not begin or was undone, must not be stored by itself.
  else if (place !== 'alone' && !connection.isInTransaction) throw notBegun();
  return connection.run(statement);
}
