import type { ApiDocument } from './api-document.ts';
import { type Oracle, parsed, TIME_LIMIT } from './check-answer.ts';
import { findForbidden } from './forbidden.ts';
import type { FuzzFrame } from './frame.ts';
import type { Reply } from './socket-lane.ts';
import type { Actor } from './world.ts';

const MAX_REF = 64;

/** All that is wrong with how a frame was answered. */
export function checkReply(
  frame: FuzzFrame,
  { answers, events, closedBy, took }: Reply,
  actor: Actor,
  { document, world }: Oracle,
): string[] {
  const all = [...answers, ...events].join('\n');
  return [
    ...checkClose(frame, closedBy, document),
    ...(closedBy === undefined && answers.length === 0 ? ['no answer'] : []),
    ...(answers.length > 1 ? ['more than one answer'] : []),
    ...(took > TIME_LIMIT ? [`slow: ${Math.round(took)} ms`] : []),
    ...answers.flatMap((text) => checkOne(frame, text, document)),
    ...events
      .filter((text) => !document.event.Check(parsed(text)))
      .map((text) => `a frame that is not documented: ${text.slice(0, 200)}`),
    ...findForbidden(all, { actor, fromAdminRoute: false }, world, false),
  ];
}

function checkClose(
  frame: FuzzFrame,
  closedBy: number | undefined,
  { closeCodes }: ApiDocument,
): string[] {
  const [expected] = frame.closes;
  if (closedBy === undefined) return expected === undefined ? [] : [`not closed by ${expected}`];
  const isKnown = closeCodes.has(closedBy) || frame.closes.includes(closedBy);
  return isKnown ? [] : [`closed by ${closedBy}, which is not documented`];
}

function checkOne(frame: FuzzFrame, text: string, document: ApiDocument): string[] {
  const answer = parsed(text) as { ref: unknown; status: number; code?: unknown } | undefined;
  if (!document.answer.Check(answer) || answer === undefined)
    return [`the answer is not what is documented: ${text.slice(0, 200)}`];
  const { ref, status, code } = answer;
  const expected = referenceOf(frame);
  return [
    ...(ref === expected ? [] : [`the reference is ${ref} in place of ${expected}`]),
    ...(status >= 500 && status !== 503 ? [`status ${status}: ${text.slice(0, 200)}`] : []),
    ...(status < 200 || (status >= 300 && status < 400) ? [`status ${status}`] : []),
    ...(status >= 400 && !document.problemCodes.has(code)
      ? [`the code is not documented: ${code}`]
      : []),
    ...(status < 300 && code !== undefined ? ['a code without a problem'] : []),
  ];
}

/** What an answer must refer to: null when the frame has no reference to echo. */
function referenceOf({ data, isBinary }: FuzzFrame): string | null {
  if (isBinary) return null;
  const frame = parsed(new TextDecoder('utf-8', { ignoreBOM: true }).decode(data));
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) return null;
  const { ref } = frame as { ref?: unknown };
  return typeof ref === 'string' && ref.length <= MAX_REF ? ref : null;
}
